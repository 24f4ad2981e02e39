"""Why a page says what it says: each parcel's events in the order of their own time, and what each of them did."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from portal.db.setup import connection
from portal.orders.models import Order
from portal.orders.rules import number_key
from portal.tracking.heard import HeardScan
from portal.tracking.histories import list_histories, scan_of
from portal.tracking.models import Parcel
from portal.tracking.normalising import is_understood, said_by
from portal.tracking.numbers import fault_of
from portal.tracking.rules import Effect, ParcelState, ParcelStatus, fold_steps
from portal.tracking.strays import list_strays


@dataclass(frozen=True, slots=True)
class ExplainedScan:
    """One event: whose word it was, what we took it for, and what it did. `state` is the parcel's after it."""

    occurred_at: datetime
    received_at: datetime
    source: str
    code: str
    vendor_says: str
    status: str
    reason: str | None
    place: str
    effect: Effect
    state: ParcelState
    extra: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ExplainedParcel:
    """One parcel with its whole log. `strays` wait under its number but are not taken for being about it."""

    carrier: str
    number: str
    shipped_at: datetime
    cancelled: bool
    stored: ParcelState
    scans: tuple[ExplainedScan, ...]
    strays: tuple[tuple[str, HeardScan], ...]
    number_fault: str = ""
    """Why the number cannot be right, "" when it can."""
    asked_of: str = ""
    checked_at: datetime | None = None
    next_check_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class UnknownCode:
    """A code that no table of ours has: how often and when it came, and a parcel to look at."""

    source: str
    code: str
    taken_as: str
    count: int
    first_at: datetime
    last_at: datetime
    example: str
    said: str


async def explain_order(merchant_id: UUID, number: str) -> list[ExplainedParcel] | None:
    """Every parcel of the order with this number, in the shop's order; None when there is no such order."""
    order = await Order.filter(merchant_id=merchant_id, number_key=number_key(number)).order_by("-placed_at").first()
    if order is None:
        return None
    parcels = await Parcel.filter(merchant_id=merchant_id, order_id=order.id).order_by("position")
    histories = await list_histories(merchant_id, [parcel.id for parcel in parcels])
    return [await _explained(merchant_id, parcel, histories[parcel.id].rows) for parcel in parcels]


async def list_unknown_codes(merchant_id: UUID) -> list[UnknownCode]:
    """Codes that came and are in no table, the most frequent first."""
    rows = await connection().execute_query_dict(
        "SELECT e.source, e.code, e.status, count(*) AS count, min(e.received_at) AS first_at, "
        "max(e.received_at) AS last_at, max(p.tracking_number) AS example, max(e.extra ->> 'said') AS said "
        "FROM tracking_events e JOIN parcels p ON p.id = e.parcel_id WHERE e.merchant_id = $1 "
        "GROUP BY e.source, e.code, e.status ORDER BY count DESC, e.source, e.code",
        [merchant_id],
    )
    return [
        UnknownCode(
            row["source"],
            row["code"],
            row["status"],
            row["count"],
            row["first_at"],
            row["last_at"],
            row["example"],
            row["said"] or "",
        )
        for row in rows
        if not is_understood(row["source"], row["code"], row["status"])
    ]


async def _explained(merchant_id: UUID, parcel: Parcel, rows: list[Any]) -> ExplainedParcel:
    by_scan = {scan_of(row): row for row in rows}
    steps = fold_steps(by_scan, parcel.shipped_at)
    stored = ParcelState(
        ParcelStatus(parcel.status),
        parcel.status_at,
        parcel.reason,
        parcel.delivered_at,
        parcel.carrier_date,
        (parcel.carrier_window[0], parcel.carrier_window[1]) if parcel.carrier_window else None,
        parcel.previous_date,
    )
    return ExplainedParcel(
        parcel.carrier,
        parcel.tracking_number,
        parcel.shipped_at,
        parcel.cancelled,
        stored,
        tuple(_line(by_scan[step.scan], step.effect, step.state) for step in steps),
        tuple(await list_strays(merchant_id, [parcel.tracking_number])) if parcel.tracking_number else (),
        fault_of(parcel.tracking_number, parcel.carrier),
        parcel.asked_of or "",
        parcel.checked_at,
        parcel.next_check_at,
    )


def _line(row: Any, effect: Effect, state: ParcelState) -> ExplainedScan:
    extra = row["extra"]
    place = ", ".join(part for part in (row["city"], row["country"]) if part)
    return ExplainedScan(
        occurred_at=row["occurred_at"],
        received_at=row["received_at"],
        source=row["source"],
        code=row["code"],
        vendor_says=said_by(row["source"], row["code"]),
        status=row["status"],
        reason=row["reason"],
        place=place,
        effect=effect,
        state=state,
        extra=(orjson.loads(extra) if isinstance(extra, str) else extra) or {},
    )
