"""Verbs of the merchants room: set a merchant up, give out keys, count."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from portal.db.setup import connection, transaction
from portal.integrations.records import AddressRecord
from portal.kernel.hosts import host_name
from portal.kernel.ids import digest, new_id, new_token
from portal.kernel.refusal import Refusal
from portal.merchants.delivery import Lane, Location, places_out
from portal.merchants.models import ApiKey, Merchant, MerchantHost

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
"""What stands in addresses and in drop-off codes."""
SCOPES = frozenset({"read_orders", "read_returns", "write_returns", "read_requests", "write_requests"})


@dataclass(frozen=True, slots=True)
class MerchantInput:
    """What an operator says of a merchant. `hosts` are DNS names without port; the first is the canonical one."""

    slug: str
    name: str
    theme: str
    hosts: tuple[str, ...]
    locale: str
    locales: tuple[str, ...]
    currency: str
    country: str
    time_zone: str
    support_email: str
    return_address: AddressRecord
    return_carrier: str = ""
    processing_days: int = 1
    transit_days: tuple[int, int] = (2, 4)
    cutoff_hour: int = 14
    locations: tuple[Location, ...] = ()
    lanes: tuple[Lane, ...] = ()
    messages: Literal["all", "problems", "none"] = "all"
    """What shoppers hear of their parcels unless they choose; "none" where the shop sends its own messages."""


async def save_merchant(wanted: MerchantInput, now: datetime) -> UUID:
    """Create or change a merchant by its slug and give it exactly the hosts named.

    Raises Refusal("bad_slug"), ("bad_host") or ("host_taken").
    """
    if not SLUG.fullmatch(wanted.slug):
        raise Refusal("bad_slug", {"slug": wanted.slug})
    async with transaction():
        row = await Merchant.get_or_none(slug=wanted.slug)
        values = _columns(wanted, now)
        if row is None:
            row = await Merchant.create(id=new_id(), slug=wanted.slug, created_at=now, **values)
        else:
            await Merchant.filter(id=row.id).update(**values)
        await _set_hosts(row.id, wanted.hosts)
        return row.id


async def create_api_key(merchant_id: UUID, name: str, scopes: tuple[str, ...], now: datetime) -> str:
    """A new key of the admin API, shown this once: `dsk_…`. Raises Refusal("unknown_scope")."""
    unknown = set(scopes) - SCOPES
    if unknown or not scopes:
        raise Refusal(
            "unknown_scope",
            {"scopes": ", ".join(sorted(unknown)), "known": ", ".join(sorted(SCOPES))},
        )
    token = f"dsk_{new_token()}"
    await ApiKey.create(
        id=new_id(),
        merchant_id=merchant_id,
        name=name,
        prefix=token[:12],
        token_hash=digest(token),
        scopes=sorted(scopes),
        created_at=now,
    )
    return token


async def next_number(merchant_id: UUID, series: str, first: int = 1001) -> int:
    """The next number of a series, inside the caller's transaction: no gap after a commit, none given twice."""
    rows = await connection().execute_query_dict(
        "INSERT INTO counters (id, merchant_id, series, value) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (merchant_id, series) DO UPDATE SET value = counters.value + 1 RETURNING value",
        [new_id(), merchant_id, series, first],
    )
    return int(rows[0]["value"])


def _columns(wanted: MerchantInput, now: datetime) -> dict[str, Any]:
    return {
        "name": wanted.name,
        "theme": wanted.theme,
        "locale": wanted.locale,
        "locales": list(wanted.locales),
        "currency": wanted.currency,
        "country": wanted.country,
        "time_zone": wanted.time_zone,
        "support_email": wanted.support_email,
        "return_address": asdict(wanted.return_address),
        "return_carrier": wanted.return_carrier,
        "delivery": {
            "processing_days": wanted.processing_days,
            "transit_days": list(wanted.transit_days),
            "cutoff_hour": wanted.cutoff_hour,
            "messages": wanted.messages,
            **places_out(wanted.locations, wanted.lanes),
        },
        "updated_at": now,
    }


async def _set_hosts(merchant_id: UUID, hosts: tuple[str, ...]) -> None:
    for host in hosts:
        if host_name(host) != host:
            raise Refusal("bad_host", {"host": host})
        taken = await MerchantHost.get_or_none(host=host)
        if taken is not None and taken.merchant_id != merchant_id:
            raise Refusal("host_taken", {"host": host})
        if taken is None:
            await MerchantHost.create(id=new_id(), merchant_id=merchant_id, host=host)
    await MerchantHost.filter(merchant_id=merchant_id).exclude(host__in=hosts).delete()
