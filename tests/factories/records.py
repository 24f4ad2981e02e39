"""Order records as an adapter would hand them over."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from portal.integrations.records import (
    AddressRecord,
    CustomerRecord,
    LineRecord,
    OrderRecord,
    ParcelRecord,
)
from portal.kernel.money import Money
from tests.factories.merchants import NOW


def line_record(source_id: str = "l1", **changes: Any) -> LineRecord:
    """A jacket at 189.00, tax inside."""
    values: dict[str, Any] = {
        "source_id": source_id,
        "title": "Ridge shell jacket",
        "variant": "Moss / M",
        "sku": "FW-JKT-01",
        "quantity": 1,
        "unit_price": Money(18900, "EUR"),
        **changes,
    }
    return LineRecord(**values)


def parcel_record(source_id: str = "p1", **changes: Any) -> ParcelRecord:
    """A parcel that left two days ago with one jacket."""
    values: dict[str, Any] = {
        "source_id": source_id,
        "carrier": "DHL",
        "tracking_number": f"JD{uuid4().int % 10**18:018d}",
        "shipped_at": NOW - timedelta(days=2),
        "lines": (("l1", 1),),
        **changes,
    }
    return ParcelRecord(**values)


def delivered_parcel(days_ago: float = 1, source_id: str = "p1", **changes: Any) -> ParcelRecord:
    """A parcel that arrived."""
    at = NOW - timedelta(days=days_ago)
    return parcel_record(
        source_id,
        status="delivered",
        delivered_at=at,
        **{"shipped_at": at - timedelta(days=2), **changes},
    )


def order_record(**changes: Any) -> OrderRecord:
    """An order of one jacket, paid by card, on its way to Berlin."""
    lines = changes.pop("lines", (line_record(),))
    currency = lines[0].unit_price.currency if lines else "EUR"
    address = AddressRecord(
        name="Jonas Weber",
        line1="Torstr. 1",
        city="Berlin",
        postal_code="10119",
        country="DE",
    )
    values: dict[str, Any] = {
        "source": "shopify",
        "source_id": uuid4().hex,
        "number": f"#FW-{uuid4().int % 10**8}",
        "placed_at": NOW - timedelta(days=4),
        "updated_at": NOW - timedelta(days=2),
        "currency": currency,
        "shop_currency": currency,
        "taxes_included": True,
        "total": Money(sum(line.unit_price.minor * line.quantity for line in lines), currency),
        "customer": CustomerRecord(email="jonas@example.com", name="Jonas Weber"),
        "lines": lines,
        "shipping_address": address,
        "parcels": (parcel_record(),),
        **changes,
    }
    return OrderRecord(**values)
