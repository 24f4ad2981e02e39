"""Verbs of the tracking room: parcels from the shop, scans from carriers, and the page row that follows both."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import orjson

from portal.db.setup import connection, transaction
from portal.integrations.records import ParcelRecord
from portal.kernel.ids import new_id
from portal.orders.images import list_image_urls
from portal.orders.models import Order
from portal.orders.queries import list_order_lines
from portal.tracking.content import SHOP, build_content
from portal.tracking.models import Parcel, ParcelLine, TrackingEvent, TrackingSource
from portal.tracking.rules import ParcelStatus, Scan, fold, tracking_key


@dataclass(frozen=True, slots=True)
class HeardScan:
    """One scan as a source reports it. `event_id` is the source's own id or "": then the facts tell repetitions
    apart.
    """

    tracking_number: str
    status: ParcelStatus
    occurred_at: datetime
    carrier: str = ""
    event_id: str = ""
    reason: str | None = None
    code: str = ""
    city: str = ""
    country: str = ""
    estimated_date: date | None = None
    estimated_window: tuple[str, str] | None = None

    def digest(self, source: str) -> bytes:
        """What makes it the same scan when it comes again."""
        facts = [self.event_id] if self.event_id else [self.status, self.occurred_at.isoformat(), self.code, self.city]
        return hashlib.sha256(orjson.dumps([source, *facts])).digest()


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of a delivery of scans: taken anew, known already, about a parcel that is nobody's here."""

    taken: int
    known: int
    strangers: int


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
    for position, record in enumerate(records, start=1):
        parcel = await _store_parcel(merchant_id, order_id, position, record)
        await ParcelLine.filter(merchant_id=merchant_id, parcel_id=parcel.id).delete()
        await ParcelLine.bulk_create(
            ParcelLine(
                id=new_id(),
                merchant_id=merchant_id,
                parcel_id=parcel.id,
                line_id=lines[line],
                quantity=quantity,
            )
            for line, quantity in record.lines
        )
        await _keep_scans(merchant_id, parcel.id, SHOP, _said_by_shop(record), now)
        await _fold_parcel(merchant_id, parcel.id, record.shipped_at)


async def record_scans(merchant_id: UUID, source: str, scans: Sequence[HeardScan], now: datetime) -> Heard:
    """Take scans from a carrier, in any order and however often; each order's page follows in the same transaction."""
    taken = strangers = 0
    for number, heard in _by_number(scans).items():
        async with transaction():
            parcels = (
                await Parcel.filter(merchant_id=merchant_id, tracking_key=number).order_by("id").select_for_update()
            )
            strangers += 0 if parcels else len(heard)
            for parcel in parcels:
                new = await _keep_scans(merchant_id, parcel.id, source, heard, now)
                taken += new
                if new:
                    await _fold_parcel(merchant_id, parcel.id, parcel.shipped_at)
                    await refresh_page(merchant_id, parcel.order_id)
    return Heard(taken, max(len(scans) - taken - strangers, 0), strangers)


async def refresh_page(merchant_id: UUID, order_id: UUID) -> None:
    """Write the order's page row anew, inside the caller's transaction; what the returns room wrote stays."""
    order = await Order.get(merchant_id=merchant_id, id=order_id)
    lines = await list_order_lines(merchant_id, order_id)
    parcels = await Parcel.filter(merchant_id=merchant_id, order_id=order_id).order_by("position")
    ids = [parcel.id for parcel in parcels]
    content = build_content(
        order,
        lines,
        [parcel for parcel in parcels if not parcel.cancelled],
        await ParcelLine.filter(merchant_id=merchant_id, parcel_id__in=ids) if ids else [],
        await TrackingEvent.filter(merchant_id=merchant_id, parcel_id__in=ids) if ids else [],
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
    await connection().execute_query(
        "UPDATE order_pages SET version = version + 1, content = jsonb_set(content, '{returns}', $3::jsonb) "
        "WHERE id = $1 AND merchant_id = $2",
        [order_id, merchant_id, orjson.dumps(returns).decode()],
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


async def _keep_scans(
    merchant_id: UUID,
    parcel_id: UUID,
    source: str,
    scans: Iterable[HeardScan],
    now: datetime,
) -> int:
    rows = [
        TrackingEvent(
            id=new_id(),
            merchant_id=merchant_id,
            parcel_id=parcel_id,
            digest=scan.digest(source),
            source=source,
            status=scan.status,
            reason=scan.reason,
            code=scan.code,
            city=scan.city,
            country=scan.country,
            occurred_at=scan.occurred_at,
            received_at=now,
            estimated_date=scan.estimated_date,
            estimated_window=list(scan.estimated_window) if scan.estimated_window else None,
        )
        for scan in scans
    ]
    known = await TrackingEvent.filter(merchant_id=merchant_id, parcel_id=parcel_id).values_list("digest", flat=True)
    seen = {bytes(digest) for digest in known}  # type: ignore[arg-type]  # one column, flat
    new = {bytes(row.digest): row for row in rows if bytes(row.digest) not in seen}
    if new:
        await TrackingEvent.bulk_create(list(new.values()), ignore_conflicts=True)
    return len(new)


async def _fold_parcel(merchant_id: UUID, parcel_id: UUID, shipped_at: datetime) -> None:
    events = await TrackingEvent.filter(merchant_id=merchant_id, parcel_id=parcel_id)
    state = fold((_scan(event) for event in events), shipped_at)
    await Parcel.filter(merchant_id=merchant_id, id=parcel_id).update(
        status=state.status,
        status_at=state.status_at,
        reason=state.reason,
        delivered_at=state.delivered_at,
        carrier_date=state.carrier_date,
        carrier_window=list(state.carrier_window) if state.carrier_window else None,
        previous_date=state.previous_date,
    )


def _scan(event: TrackingEvent) -> Scan:
    window = tuple(event.estimated_window) if event.estimated_window else None
    return Scan(
        ParcelStatus(event.status),
        event.occurred_at,
        bytes(event.digest),
        event.reason,
        event.estimated_date,
        window,
    )


def _by_number(scans: Sequence[HeardScan]) -> dict[str, list[HeardScan]]:
    grouped: dict[str, list[HeardScan]] = {}
    for scan in scans:
        grouped.setdefault(tracking_key(scan.tracking_number), []).append(scan)
    return grouped
