"""Merchants for tests, and the moment at which tests live."""

from datetime import UTC, datetime
from uuid import uuid4

from portal.integrations.records import AddressRecord
from portal.merchants.queries import MerchantFacts, get_merchant
from portal.merchants.service import MerchantInput, save_merchant

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
"""The moment at which tests live, unless they name another."""


async def make_merchant(**changes: object) -> MerchantFacts:
    """A merchant that nobody else knows; `changes` are fields of MerchantInput."""
    slug = f"m{uuid4().hex[:12]}"
    values: dict[str, object] = {
        "slug": slug,
        "name": "Fernweh",
        "theme": "fernweh",
        "hosts": (f"{slug}.localhost",),
        "locale": "en",
        "locales": ("en", "de", "es", "ar", "en-XA"),
        "currency": "EUR",
        "country": "DE",
        "time_zone": "Europe/Berlin",
        "support_email": "help@fernweh.example",
        "return_address": AddressRecord(
            name="Fernweh Retouren",
            line1="Gutenbergstraße 12",
            city="Erfurt",
            postal_code="99084",
            country="DE",
        ),
        "return_carrier": "DHL",
        **changes,
    }
    merchant_id = await save_merchant(MerchantInput(**values), NOW)  # type: ignore[arg-type]  # fields by name
    return await get_merchant(merchant_id)
