"""Parcel statuses and the fold that makes one state of every event ever heard, in whatever order they came."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class ParcelStatus(StrEnum):
    """The canonical statuses: a superset that every carrier's and aggregator's vocabulary maps into without loss."""

    UNKNOWN = "unknown"
    PENDING = "pending"
    INFO_RECEIVED = "info_received"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    AVAILABLE_FOR_PICKUP = "available_for_pickup"
    ATTEMPT_FAILED = "attempt_failed"
    DELAYED = "delayed"
    ON_HOLD = "on_hold"
    EXCEPTION = "exception"
    RETURNING = "returning"
    RETURNED_TO_SENDER = "returned_to_sender"
    LOST = "lost"
    DAMAGED = "damaged"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


BEFORE_THE_ROAD = frozenset({ParcelStatus.UNKNOWN, ParcelStatus.PENDING, ParcelStatus.INFO_RECEIVED})
"""Data about a parcel, not movement: sent late, they never take a moving parcel back."""

AFTER_DELIVERY = frozenset(
    {
        ParcelStatus.DELIVERED,
        ParcelStatus.RETURNING,
        ParcelStatus.RETURNED_TO_SENDER,
        ParcelStatus.DAMAGED,
    }
)
"""What may still happen to a delivered parcel; a stray later scan ("in transit") does not undo a delivery."""

TROUBLE = frozenset(
    {
        ParcelStatus.ATTEMPT_FAILED,
        ParcelStatus.DELAYED,
        ParcelStatus.ON_HOLD,
        ParcelStatus.EXCEPTION,
        ParcelStatus.RETURNING,
        ParcelStatus.RETURNED_TO_SENDER,
        ParcelStatus.LOST,
        ParcelStatus.DAMAGED,
        ParcelStatus.EXPIRED,
    }
)
ENDED = frozenset(
    {
        ParcelStatus.DELIVERED,
        ParcelStatus.RETURNED_TO_SENDER,
        ParcelStatus.LOST,
        ParcelStatus.DAMAGED,
        ParcelStatus.CANCELLED,
        ParcelStatus.EXPIRED,
    }
)


@dataclass(frozen=True, slots=True)
class Scan:
    """One event as the fold needs it. `digest` breaks ties, so that equal times fold alike in any order of arrival."""

    status: ParcelStatus
    occurred_at: datetime
    digest: bytes
    reason: str | None = None
    estimated_date: date | None = None
    estimated_window: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ParcelState:
    """Where a parcel is. `previous_date` is the carrier's promise before it moved, None while it never did."""

    status: ParcelStatus
    status_at: datetime
    reason: str | None = None
    delivered_at: datetime | None = None
    carrier_date: date | None = None
    carrier_window: tuple[str, str] | None = None
    previous_date: date | None = None


def fold(scans: Iterable[Scan], shipped_at: datetime) -> ParcelState:
    """The state after all scans, by event time. Any order of arrival and any repetition gives the same state."""
    state = ParcelState(ParcelStatus.PENDING, shipped_at)
    for scan in sorted(set(scans), key=lambda scan: (scan.occurred_at, scan.digest)):
        state = _after(state, scan)
    return state


def _after(state: ParcelState, scan: Scan) -> ParcelState:
    promise = scan.estimated_date or state.carrier_date
    moved = state.carrier_date is not None and promise != state.carrier_date
    window = scan.estimated_window if scan.estimated_date else state.carrier_window
    moves = _moves(state.status, scan.status)
    return ParcelState(
        status=scan.status if moves else state.status,
        status_at=scan.occurred_at if moves else state.status_at,
        reason=scan.reason if moves else state.reason,
        delivered_at=scan.occurred_at if moves and scan.status is ParcelStatus.DELIVERED else state.delivered_at,
        carrier_date=promise,
        carrier_window=window,
        previous_date=state.carrier_date if moved else state.previous_date,
    )


def _moves(now: ParcelStatus, then: ParcelStatus) -> bool:
    if now is ParcelStatus.DELIVERED:
        return then in AFTER_DELIVERY and then is not ParcelStatus.DELIVERED
    if then in BEFORE_THE_ROAD:
        return now in BEFORE_THE_ROAD and then is not ParcelStatus.UNKNOWN
    return True


def tracking_key(number: str) -> str:
    """A tracking number without spaces, dashes and case."""
    return "".join(character for character in number.upper() if character.isalnum())[:128]
