"""Verbs of the tracking room: scans from carriers, and the page row that follows them."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import orjson

from portal.db.setup import connection, transaction
from portal.kernel.ids import new_id
from portal.tracking.applying import Known, apply_scans
from portal.tracking.heard import Heard, HeardScan, Outcome
from portal.tracking.models import TrackingSource
from portal.tracking.refreshing import refresh_pages
from portal.tracking.rules import tracking_key
from portal.tracking.strays import keep_strays

AT_ONCE = 500
"""Scans applied in one transaction."""
TRIES = 3
"""Rounds for scans whose parcel appears while they are being kept as strays."""


async def ensure_source(merchant_id: UUID, name: str, now: datetime) -> str:
    """The secret that a source of tracking events signs with; made at the first call."""
    row, _ = await TrackingSource.get_or_create(
        {"id": new_id(), "secret": secrets.token_urlsafe(32), "created_at": now},
        merchant_id=merchant_id,
        name=name,
    )
    return row.secret


async def record_scans(merchant_id: UUID, source: str, scans: Sequence[HeardScan], now: datetime) -> Heard:
    """Take scans from a carrier, in any order and however often; each order's page follows in the same transaction.

    Scans that fit no parcel are kept for it: an order may come after its first scan.
    """
    return Heard.of(await settle_scans(merchant_id, source, scans, now))


async def settle_scans(merchant_id: UUID, source: str, scans: Sequence[HeardScan], now: datetime) -> list[Outcome]:
    """The same; says what became of each scan, in the order given."""
    new: set[Known] = set()
    strangers: set[int] = set()
    for start in range(0, len(scans), AT_ONCE):
        waiting: Sequence[HeardScan] = scans[start : start + AT_ONCE]
        for _ in range(TRIES):
            async with transaction():
                taken, left = await apply_scans(merchant_id, source, waiting, now)
            new |= taken
            # A parcel that appeared meanwhile gets its scans in the next round; the others wait for theirs.
            waiting = await keep_strays(merchant_id, source, left, now) if left else []
            strangers |= {id(scan) for scan in left} - {id(scan) for scan in waiting}
            if not waiting:
                break
    return [_outcome(source, scan, new, strangers) for scan in scans]


def _outcome(source: str, scan: HeardScan, new: set[Known], strangers: set[int]) -> Outcome:
    if id(scan) in strangers:
        return Outcome.STRANGER
    known = (tracking_key(scan.tracking_number), scan.digest(source))
    if known not in new:
        return Outcome.KNOWN
    new.discard(known)
    return Outcome.TAKEN


async def refresh_page(merchant_id: UUID, order_id: UUID) -> None:
    """Write the order's page row anew, inside the caller's transaction; what the rooms above wrote stays."""
    await refresh_pages(merchant_id, [order_id])


async def set_page_returns(merchant_id: UUID, order_id: UUID, returns: list[dict[str, object]]) -> None:
    """Let the returns room say which returns the order has, inside its transaction."""
    await _set_part(merchant_id, order_id, "returns", returns)


async def set_page_requests(merchant_id: UUID, order_id: UUID, requests: list[dict[str, object]]) -> None:
    """Let the requests room say what was asked of the team, inside its transaction; pages without any lack the part."""
    await _set_part(merchant_id, order_id, "requests", requests)


async def _set_part(merchant_id: UUID, order_id: UUID, part: str, entries: list[dict[str, object]]) -> None:
    await connection().execute_query(
        "UPDATE order_pages SET version = version + 1, content = jsonb_set(content, ARRAY[$4::text], $3::jsonb) "
        "WHERE id = $1 AND merchant_id = $2",
        [order_id, merchant_id, orjson.dumps(entries).decode(), part],
    )
