"""Reads of the merchants room."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.integrations.records import AddressRecord
from portal.kernel.ids import digest
from portal.merchants.delivery import Delivery, delivery_in
from portal.merchants.models import ApiKey, Merchant, MerchantHost


@dataclass(frozen=True)
class MerchantFacts:
    """A merchant as other rooms need it; frozen, safe to keep for a while."""

    id: UUID
    slug: str
    name: str
    theme: str
    locale: str
    locales: tuple[str, ...]
    currency: str
    country: str
    time_zone: str
    support_email: str
    return_address: AddressRecord
    return_carrier: str
    delivery: Delivery
    messages: str = "all"
    """What a shopper hears who has not chosen: "all", "problems", or "none" where the shop sends its own messages."""

    @property
    def zone(self) -> ZoneInfo:
        """The merchant's time zone."""
        return ZoneInfo(self.time_zone)


async def find_merchant_by_slug(slug: str) -> MerchantFacts | None:
    """The merchant of this slug."""
    row = await Merchant.get_or_none(slug=slug)
    return _facts(row) if row else None


async def find_merchant_by_host(host: str) -> MerchantFacts | None:
    """The merchant that answers on this host name (lower case, no port)."""
    row = await MerchantHost.get_or_none(host=host).select_related("merchant")
    return _facts(row.merchant) if row else None


async def get_merchant(merchant_id: UUID) -> MerchantFacts:
    """The merchant of this id. Raises DoesNotExist."""
    return _facts(await Merchant.get(id=merchant_id))


async def list_merchant_ids() -> list[UUID]:
    """Every merchant of the installation, for what is done to each of them."""
    found = await Merchant.all().order_by("id").values_list("id", flat=True)
    return list(found)  # type: ignore[arg-type]  # one column, as asked for


async def find_canonical_host(merchant_id: UUID) -> str:
    """The name that links to this merchant carry: the first it was given, or "" when it has none."""
    row = await MerchantHost.filter(merchant_id=merchant_id).order_by("id").first()
    return row.host if row else ""


async def find_api_key(token: str, now: datetime) -> ApiKey | None:
    """The live key that this token is, with its use noted (once a minute at most), or None."""
    key = await ApiKey.get_or_none(token_hash=digest(token), revoked_at=None)
    if key is not None and (key.last_used_at is None or (now - key.last_used_at).total_seconds() > 60):
        await ApiKey.filter(merchant_id=key.merchant_id, id=key.id).update(last_used_at=now)
    return key


def _facts(row: Merchant) -> MerchantFacts:
    return MerchantFacts(
        id=row.id,
        slug=row.slug,
        name=row.name,
        theme=row.theme,
        locale=row.locale,
        locales=tuple(row.locales),
        currency=row.currency,
        country=row.country,
        time_zone=row.time_zone,
        support_email=row.support_email,
        return_address=AddressRecord(**row.return_address),
        return_carrier=row.return_carrier,
        delivery=delivery_in(row.delivery, row.country, row.time_zone),
        messages=row.delivery.get("messages", "all"),
    )
