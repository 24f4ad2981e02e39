"""What shops say of parcels, many orders at once: the parcels, what is in them, and the shop's word as scans."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.db.rows import insert_rows
from portal.db.setup import connection
from portal.integrations.records import ParcelRecord
from portal.kernel.ids import new_id
from portal.tracking.applying import tell, write_states
from portal.tracking.content import SHOP
from portal.tracking.events import news_of
from portal.tracking.heard import HeardScan
from portal.tracking.histories import Told, keep_scans
from portal.tracking.numbers import carrier_of
from portal.tracking.refreshing import hold_pages
from portal.tracking.rules import ParcelStatus, tracking_key
from portal.tracking.strays import take_strays

NO_NEWS = frozenset({None, "unknown", "pending", "info_received"})
"""Words of a shop that say no more than that it packed the parcel."""
CHANGING = (
    *("position", "carrier", "tracking_number", "tracking_key", "tracking_url", "shipped_at", "cancelled", "location"),
    # Who is asked about it is decided anew (`polling`): carrier or number may be others now.
    "asked_of",
)
ASIDE = """
UPDATE parcels SET source_id = left(source_id, 120) || '~' || id, cancelled = true
WHERE merchant_id = $1 AND id = ANY($2::uuid[])
"""
DROPPED = """
UPDATE parcels SET cancelled = true
WHERE merchant_id = $1 AND order_id = ANY($2::uuid[]) AND NOT id = ANY($3::uuid[]) AND NOT cancelled
"""


@dataclass(frozen=True, slots=True)
class Shipped:
    """An order's parcels as its shop tells them. `lines`: the shop's ids of the order's lines to ours."""

    order_id: UUID
    records: Sequence[ParcelRecord]
    lines: Mapping[str, UUID]


@dataclass(frozen=True, slots=True)
class Placed:
    """One parcel's record, and where it goes."""

    parcel_id: UUID
    order_id: UUID
    position: int
    record: ParcelRecord
    lines: Mapping[str, UUID]


async def store_parcels(merchant_id: UUID, shipped: Sequence[Shipped], now: datetime) -> None:
    """Keep what shops say of their orders' parcels, inside the caller's transaction."""
    order_ids = [one.order_id for one in shipped]
    await hold_pages(merchant_id, order_ids)
    placed = await _placed(merchant_id, shipped)
    await insert_rows("parcels", [_row(merchant_id, one) for one in placed], CHANGING)
    await connection().execute_query(DROPPED, [merchant_id, order_ids, [one.parcel_id for one in placed]])
    if not placed:
        return
    await _store_contents(merchant_id, placed)
    handed_over = {one.parcel_id: one.record.shipped_at for one in placed}
    keys = {one.parcel_id: tracking_key(one.record.tracking_number) for one in placed}
    told = [Told(one.parcel_id, SHOP, scan) for one in placed for scan in _said_by_shop(one.record)]
    for parcel_id, source, scan in await take_strays(merchant_id, keys, handed_over):
        told.append(Told(parcel_id, source, scan))
    histories = await keep_scans(merchant_id, told, now, also=list(handed_over))
    states = {one: found.state(handed_over[one]) for one, found in histories.items()}
    await write_states(merchant_id, states)
    there = [one for one in placed if not one.record.cancelled]
    await tell(
        merchant_id,
        [news for one in there for news in news_of(one.order_id, {one.parcel_id: states[one.parcel_id]}, now)],
        now,
    )


async def _placed(merchant_id: UUID, shipped: Sequence[Shipped]) -> list[Placed]:
    """Each record with the parcel it is about: one that we know, or a new one."""
    _, rows = await connection().execute_query(
        "SELECT id, order_id, source_id, tracking_key FROM parcels "
        "WHERE merchant_id = $1 AND order_id = ANY($2::uuid[])",
        [merchant_id, [one.order_id for one in shipped]],
    )
    known = {(row["order_id"], row["source_id"]): row for row in rows}
    placed: dict[tuple[UUID, str], Placed] = {}
    aside = []
    for order in shipped:
        for position, record in enumerate(order.records, start=1):
            row = known.get((order.order_id, record.source_id))
            if row and row["tracking_key"] not in {"", tracking_key(record.tracking_number)}:
                # Another number is another parcel: what was heard of the old one must not be told of the new.
                aside.append(row["id"])
                row = None
            parcel_id = row["id"] if row else new_id()
            placed[order.order_id, record.source_id] = Placed(parcel_id, order.order_id, position, record, order.lines)
    if aside:
        await connection().execute_query(ASIDE, [merchant_id, aside])
    return list(placed.values())


def _row(merchant_id: UUID, one: Placed) -> dict[str, Any]:
    record = one.record
    return {
        "id": one.parcel_id,
        "merchant_id": merchant_id,
        "order_id": one.order_id,
        "source_id": record.source_id,
        "status": ParcelStatus.PENDING,
        "status_at": record.shipped_at,
        "position": one.position,
        "carrier": record.carrier or carrier_of(record.tracking_number),
        "tracking_number": record.tracking_number,
        "tracking_key": tracking_key(record.tracking_number),
        "tracking_url": record.tracking_url,
        "shipped_at": record.shipped_at,
        "cancelled": record.cancelled,
        "location": record.location[:64],
        "asked_of": None,
    }


async def _store_contents(merchant_id: UUID, placed: Sequence[Placed]) -> None:
    await connection().execute_query(
        "DELETE FROM parcel_lines WHERE merchant_id = $1 AND parcel_id = ANY($2::uuid[])",
        [merchant_id, [one.parcel_id for one in placed]],
    )
    await insert_rows("parcel_lines", [row for one in placed for row in _contents(merchant_id, one)])


def _contents(merchant_id: UUID, one: Placed) -> Iterator[dict[str, Any]]:
    for line, quantity in one.record.lines:
        ids = {"id": new_id(), "merchant_id": merchant_id, "parcel_id": one.parcel_id}
        yield {**ids, "line_id": one.lines[line], "quantity": quantity}


def _said_by_shop(record: ParcelRecord) -> list[HeardScan]:
    """The shop's word as scans: that it packed the parcel, and what it believes of it now."""
    number = record.tracking_number
    packed = HeardScan(number, ParcelStatus.INFO_RECEIVED, record.shipped_at, event_id="packed")
    if record.status in NO_NEWS:
        return [packed]
    status = ParcelStatus(record.status)
    # Without a time of its own the shop's word counts as of the handover, so that any carrier's scan is newer.
    at = record.delivered_at or record.shipped_at
    return [packed, HeardScan(number, status, at, event_id=f"said-{status}")]
