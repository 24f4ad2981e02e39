"""Verbs of the tracking room: parcels from the shop, scans from carriers, and the page row that follows both."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import orjson

from portal.db.setup import connection, transaction
from portal.integrations.records import ParcelRecord
from portal.kernel.ids import new_id
from portal.orders.images import list_image_urls
from portal.orders.models import Order
from portal.orders.queries import list_order_lines
from portal.tracking.applying import Known, apply_scans, tell, write_states
from portal.tracking.content import SHOP, build_content
from portal.tracking.events import news_of
from portal.tracking.heard import Heard, HeardScan, Outcome
from portal.tracking.histories import Told, keep_scans, list_histories
from portal.tracking.models import Parcel, ParcelLine, TrackingSource
from portal.tracking.rules import ParcelStatus, tracking_key
from portal.tracking.strays import keep_strays, take_strays

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


async def store_parcels(
    merchant_id: UUID,
    order_id: UUID,
    records: Sequence[ParcelRecord],
    lines: Mapping[str, UUID],
    now: datetime,
) -> None:
    """Keep what the shop says of an order's parcels, inside the caller's transaction. `lines`: the shop's ids to
    ours.
    """
    await _hold_page(merchant_id, order_id)
    handed_over: dict[UUID, datetime] = {}
    told: list[Told] = []
    keys: dict[UUID, str] = {}
    cancelled: set[UUID] = set()
    for position, record in enumerate(records, start=1):
        parcel = await _store_parcel(merchant_id, order_id, position, record)
        await _store_contents(merchant_id, parcel.id, record, lines)
        handed_over[parcel.id] = record.shipped_at
        if record.cancelled:
            cancelled.add(parcel.id)
        told += [Told(parcel.id, SHOP, scan) for scan in _said_by_shop(record)]
        keys[parcel.id] = tracking_key(record.tracking_number)
    named = [record.source_id for record in records]
    dropped = Parcel.filter(merchant_id=merchant_id, order_id=order_id).exclude(source_id__in=named)
    await dropped.update(cancelled=True)
    for parcel_id, source, scan in await take_strays(merchant_id, keys, handed_over):
        told.append(Told(parcel_id, source, scan))
    histories = await keep_scans(merchant_id, told, now, also=list(handed_over))
    states = {one: found.state(handed_over[one]) for one, found in histories.items()}
    await write_states(merchant_id, states)
    there = {one: state for one, state in states.items() if one not in cancelled}
    await tell(merchant_id, news_of(order_id, there, now), now)


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
    # Held before anything is read: what another changes meanwhile must not be overwritten by what was read before it.
    await _hold_page(merchant_id, order_id)
    order = await Order.get(merchant_id=merchant_id, id=order_id)
    lines = await list_order_lines(merchant_id, order_id)
    parcels = await Parcel.filter(merchant_id=merchant_id, order_id=order_id).order_by("position")
    ids = [parcel.id for parcel in parcels]
    content = build_content(
        order,
        lines,
        [parcel for parcel in parcels if not parcel.cancelled],
        await ParcelLine.filter(merchant_id=merchant_id, parcel_id__in=ids) if ids else [],
        [event for history in (await list_histories(merchant_id, ids)).values() for event in history.shown()],
        await list_image_urls(merchant_id, [line.sku for line in lines if line.sku]),
    )
    await connection().execute_query(
        "INSERT INTO order_pages (id, merchant_id, version, content) "
        "VALUES ($1, $2, 1, $3::jsonb || '{\"returns\": []}') "
        "ON CONFLICT (id) DO UPDATE SET version = order_pages.version + 1, content = order_pages.content || $3::jsonb",
        [order_id, merchant_id, orjson.dumps(content).decode()],
    )


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


async def _hold_page(merchant_id: UUID, order_id: UUID) -> None:
    """Whoever changes the parcels of an order holds its page first (see `applying`)."""
    await connection().execute_query(
        "SELECT 1 FROM order_pages WHERE id = $1 AND merchant_id = $2 FOR UPDATE", [order_id, merchant_id]
    )


async def _store_contents(merchant_id: UUID, parcel_id: UUID, record: ParcelRecord, lines: Mapping[str, UUID]) -> None:
    await ParcelLine.filter(merchant_id=merchant_id, parcel_id=parcel_id).delete()
    await ParcelLine.bulk_create(
        ParcelLine(id=new_id(), merchant_id=merchant_id, parcel_id=parcel_id, line_id=lines[line], quantity=quantity)
        for line, quantity in record.lines
    )


async def _store_parcel(merchant_id: UUID, order_id: UUID, position: int, record: ParcelRecord) -> Parcel:
    facts = {
        "position": position,
        "carrier": record.carrier,
        "tracking_number": record.tracking_number,
        "tracking_key": tracking_key(record.tracking_number),
        "tracking_url": record.tracking_url,
        "shipped_at": record.shipped_at,
        "cancelled": record.cancelled,
    }
    parcel = await Parcel.get_or_none(merchant_id=merchant_id, order_id=order_id, source_id=record.source_id)
    if parcel is not None and parcel.tracking_key not in {"", facts["tracking_key"]}:
        # Another number is another parcel: what was heard of the old one must not be told of the new.
        await _set_aside(merchant_id, parcel)
        parcel = None
    if parcel is None:
        first = {"status": ParcelStatus.PENDING, "status_at": record.shipped_at}
        return await Parcel.create(
            id=new_id(),
            merchant_id=merchant_id,
            order_id=order_id,
            source_id=record.source_id,
            **first,
            **facts,
        )
    await Parcel.filter(merchant_id=merchant_id, id=parcel.id).update(**facts)
    return parcel


async def _set_aside(merchant_id: UUID, parcel: Parcel) -> None:
    aside = f"{parcel.source_id[:120]}~{parcel.id}"
    await Parcel.filter(merchant_id=merchant_id, id=parcel.id).update(source_id=aside, cancelled=True)


def _said_by_shop(record: ParcelRecord) -> list[HeardScan]:
    """The shop's word as scans: that it packed the parcel, and what it believes of it now."""
    packed = HeardScan(
        record.tracking_number,
        ParcelStatus.INFO_RECEIVED,
        record.shipped_at,
        event_id="packed",
    )
    if record.status is None or record.status in {
        "unknown",
        "pending",
        "info_received",
    }:
        return [packed]
    # Without a time of its own the shop's word counts as of the handover, so that any carrier's scan is newer.
    at = record.delivered_at or record.shipped_at
    said = HeardScan(
        record.tracking_number,
        ParcelStatus(record.status),
        at,
        event_id=f"said-{record.status}",
    )
    return [packed, said]
