"""Parcel statuses and the fold that makes one state of every event ever heard, in whatever order they came."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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


_PLACES = {status: place for place, status in enumerate(ParcelStatus)}


def furthest(status: str) -> int:
    """How far along a status is, for telling events of one moment in the order in which they can have happened."""
    return _PLACES[ParcelStatus(status)]


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

MOVEMENT = frozenset(
    {
        ParcelStatus.PICKED_UP,
        ParcelStatus.IN_TRANSIT,
        ParcelStatus.OUT_FOR_DELIVERY,
        ParcelStatus.AVAILABLE_FOR_PICKUP,
        ParcelStatus.DELIVERED,
    }
)
WAY_BACK = {
    ParcelStatus.RETURNING: MOVEMENT,
    ParcelStatus.RETURNED_TO_SENDER: MOVEMENT,
}
"""Movement on the way back to the sender: it must not read as if the parcel were coming after all, and a delivery
there is one to the sender: it must not open a window for returns.
"""

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


FAR = {status: far for far, status in enumerate(ParcelStatus)}
"""How far along a status is: of scans at one moment (a shop that gives no times) the one further along counts."""


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


class Effect(StrEnum):
    """What one scan did to its parcel's state, and if nothing, why."""

    MOVED = "moved"
    NOT_UNDERSTOOD = "not_understood"
    ONLY_DATA = "only_data"
    DELIVERED_STAYS = "delivered_stays"
    ON_ITS_WAY_BACK = "on_its_way_back"


@dataclass(frozen=True, slots=True)
class Step:
    """One scan, what it did, and the state after it."""

    scan: Scan
    effect: Effect
    state: ParcelState


def fold(scans: Iterable[Scan], shipped_at: datetime) -> ParcelState:
    """The state after all scans, by event time. Any order of arrival and any repetition gives the same state."""
    state = ParcelState(ParcelStatus.PENDING, shipped_at)
    for step in fold_steps(scans, shipped_at):
        state = step.state
    return state


def fold_steps(scans: Iterable[Scan], shipped_at: datetime) -> Iterator[Step]:
    """The same, scan by scan: what each did, so that "why does the page say that" has an answer."""
    state = ParcelState(ParcelStatus.PENDING, shipped_at)
    # One digest is one scan, however often it came.
    once = {scan.digest: scan for scan in scans}.values()
    for scan in sorted(once, key=lambda scan: (scan.occurred_at, FAR[scan.status], scan.digest)):
        effect = effect_of(scan.status, state.status)
        state = _after(state, scan, moves=effect is Effect.MOVED)
        yield Step(scan, effect, state)


def effect_of(then: ParcelStatus, now: ParcelStatus) -> Effect:
    """What a scan does to a parcel that is in state `now`."""
    if then is ParcelStatus.UNKNOWN:
        return Effect.NOT_UNDERSTOOD
    if now is ParcelStatus.DELIVERED and (then not in AFTER_DELIVERY or then is ParcelStatus.DELIVERED):
        return Effect.DELIVERED_STAYS
    if then in BEFORE_THE_ROAD and now not in BEFORE_THE_ROAD:
        return Effect.ONLY_DATA
    if then in WAY_BACK.get(now, ()):
        return Effect.ON_ITS_WAY_BACK
    return Effect.MOVED


def _after(state: ParcelState, scan: Scan, *, moves: bool) -> ParcelState:
    if not moves and scan.estimated_date is None:
        return state
    delivered = moves and scan.status is ParcelStatus.DELIVERED
    promise = scan.estimated_date or state.carrier_date
    promised_anew = state.carrier_date is not None and promise != state.carrier_date
    return ParcelState(
        status=scan.status if moves else state.status,
        status_at=scan.occurred_at if moves else state.status_at,
        reason=scan.reason if moves else state.reason,
        delivered_at=state.delivered_at or (scan.occurred_at if delivered else None),
        carrier_date=promise,
        carrier_window=scan.estimated_window if scan.estimated_date else state.carrier_window,
        previous_date=state.carrier_date if promised_anew else state.previous_date,
    )


FUTURE = timedelta(hours=24)
"""A carrier's clock may be in another zone; a scan further ahead than a day is a mistake."""
BEFORE_HANDOVER = timedelta(days=30)
AFTER_HANDOVER = timedelta(days=180)


def belongs(occurred_at: datetime, shipped_at: datetime) -> bool:
    """Whether a scan can be about a parcel handed over then. Carriers use numbers again after some months, so the
    number alone does not say which of two parcels is meant.
    """
    return shipped_at - BEFORE_HANDOVER <= occurred_at <= shipped_at + AFTER_HANDOVER


def tracking_key(number: str) -> str:
    """A tracking number without spaces, dashes and case."""
    plain = number.upper()
    return (plain if plain.isalnum() else "".join(character for character in plain if character.isalnum()))[:128]
