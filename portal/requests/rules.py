"""What a shopper may ask for, when, and why not yet or no longer; states of a request. Pure: `now` is an argument."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from portal.kernel.refusal import Refusal
from portal.tracking.rules import ParcelStatus


class Kind(StrEnum):
    """What is asked for. The first four are wishes for the way of a parcel, the others report a problem."""

    ADDRESS_CORRECTION = "address_correction"
    REDELIVERY = "redelivery"
    PICKUP_POINT = "pickup_point"
    NEIGHBOUR_OR_SAFE_PLACE = "neighbour_or_safe_place"
    NOT_RECEIVED = "not_received"
    LATE = "late"
    LOST = "lost"
    DAMAGED = "damaged"
    MISSING_ITEM = "missing_item"
    WRONG_ITEM = "wrong_item"
    OTHER = "other"


WISHES = (Kind.ADDRESS_CORRECTION, Kind.REDELIVERY, Kind.PICKUP_POINT, Kind.NEIGHBOUR_OR_SAFE_PLACE)
PROBLEMS = tuple(kind for kind in Kind if kind not in WISHES)
NAMES_LINES = frozenset({Kind.DAMAGED, Kind.MISSING_ITEM, Kind.WRONG_ITEM})
"""Problems with single items: the shopper says which and how many."""


class RequestState(StrEnum):
    """What became of a request."""

    OPEN = "open"
    DONE = "done"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


ANSWERS = frozenset({RequestState.DONE, RequestState.DECLINED})


class Reach(StrEnum):
    """Who can still do it: the shop before the handover, the carrier if it can, the shop when it sends again."""

    SHOP = "shop"
    CARRIER = "carrier"
    AGAIN = "again"


TEXT_LIMIT = 1000
PLACE_LIMIT = 200

AFTER_DELIVERY = timedelta(days=1)
"""What was "delivered" and is not there mostly turns up within a day: with a neighbour, in the garage, next morning."""
REPORT = timedelta(days=30)
"""How long after the delivery something may be reported here; later, people write."""
SILENCE = timedelta(days=3)
"""Without a scan for so long, a parcel may be called late even before its day."""
LOST_AFTER = {True: timedelta(days=7), False: timedelta(days=14)}
"""Without a scan for so long it may be reported as lost: within a country, and across a border."""

BEFORE = frozenset({ParcelStatus.PENDING, ParcelStatus.INFO_RECEIVED})
"""The shop still has the parcel."""
MOVING = frozenset({ParcelStatus.UNKNOWN, ParcelStatus.PICKED_UP, ParcelStatus.IN_TRANSIT})
HELD_UP = frozenset({ParcelStatus.DELAYED, ParcelStatus.EXCEPTION, ParcelStatus.ON_HOLD, ParcelStatus.ATTEMPT_FAILED})
NOT_TRIED = MOVING | {ParcelStatus.OUT_FOR_DELIVERY, ParcelStatus.DELAYED, ParcelStatus.EXCEPTION}
AUTHORITY = frozenset({"regulatory_hold", "security_issue"})
"""Reasons beside those of customs for which no wish moves a parcel."""
GONE = {
    ParcelStatus.DELIVERED: "delivered",
    ParcelStatus.LOST: "parcel_lost",
    ParcelStatus.DAMAGED: "parcel_damaged",
    ParcelStatus.EXPIRED: "no_news",
    ParcelStatus.CANCELLED: "parcel_cancelled",
}
"""Why nothing can be wished for any more."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a parcel stands, or an order of which nothing was sent yet (then `status` is None).

    `due` is the last day of the promised time, None when none may be promised, `overdue` whether it is over where the
    shop is; `open` is what was asked already and waits: kind to number.
    """

    status: ParcelStatus | None
    reason: str | None = None
    heard_at: datetime | None = None
    delivered_at: datetime | None = None
    due: date | None = None
    overdue: bool = False
    domestic: bool = True
    open: dict[str, str] = field(default_factory=dict)
    stopped: str = ""
    """Why nothing can be asked for at all: order_cancelled, in_store; else ""."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One kind now: either `reach` says who can do it, or `refusal` says why not."""

    kind: Kind
    reach: Reach | None = None
    refusal: Refusal | None = None

    @property
    def allowed(self) -> bool:
        """Whether it can be asked for now."""
        return self.refusal is None


class RequestRefused(Exception):
    """What was asked for is not possible now; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


class ReachChanged(Exception):
    """Somebody else than was shown would have to do it now: show that before anything is sent."""


def offers(standing: Standing, now: datetime, kinds: Iterable[Kind] = Kind) -> tuple[Offer, ...]:
    """Every kind with its answer, in the order in which people look for them."""
    return tuple(offer(kind, standing, now) for kind in kinds)


def offer(kind: Kind, standing: Standing, now: datetime) -> Offer:
    """Whether one kind can be asked for now, and if not, why."""
    refusal = _stopped(kind, standing) or _waiting(kind, standing)
    if refusal is None:
        refusal = _wish(kind, standing) if kind in WISHES else _problem(kind, standing, now)
    return Offer(kind, None, refusal) if refusal else Offer(kind, _reach(kind, standing))


def may_ask(standing: Standing, now: datetime, kinds: Collection[Kind]) -> bool:
    """Whether one of these can be asked for now."""
    return any(offer(kind, standing, now).allowed for kind in kinds)


def _stopped(kind: Kind, standing: Standing) -> Refusal | None:
    if standing.stopped:
        return Refusal(standing.stopped)
    if standing.status is None and kind is not Kind.ADDRESS_CORRECTION:
        return Refusal("not_sent_yet")
    return None


def _waiting(kind: Kind, standing: Standing) -> Refusal | None:
    """What was asked already; a carrier can follow one wish at a time."""
    if kind in standing.open:
        return Refusal("already_open", {"number": standing.open[kind]})
    other = next((standing.open[wish] for wish in WISHES if wish in standing.open), None)
    return Refusal("other_wish_open", {"number": other}) if other and kind in WISHES else None


def _reach(kind: Kind, standing: Standing) -> Reach:
    if kind not in WISHES or standing.status is None or standing.status in BEFORE:
        return Reach.SHOP
    if standing.status in {ParcelStatus.RETURNING, ParcelStatus.RETURNED_TO_SENDER}:
        return Reach.AGAIN
    return Reach.CARRIER


def _wish(kind: Kind, standing: Standing) -> Refusal | None:
    status = standing.status
    if status is None:
        return None
    if status in GONE:
        return Refusal(GONE[status], {"at": standing.delivered_at} if status is ParcelStatus.DELIVERED else {})
    if kind is Kind.ADDRESS_CORRECTION:
        return _until_the_van(status, ParcelStatus.RETURNING, ParcelStatus.RETURNED_TO_SENDER)
    if status is ParcelStatus.RETURNING:
        return Refusal("coming_back")
    if kind is Kind.REDELIVERY:
        return _redelivery(status, standing.reason or "")
    if status is ParcelStatus.RETURNED_TO_SENDER:
        return Refusal("back_with_us")
    return _until_the_van(status)


def _until_the_van(status: ParcelStatus, *also: ParcelStatus) -> Refusal | None:
    """Until the courier has it in the van; and again when that did not work."""
    if status is ParcelStatus.OUT_FOR_DELIVERY:
        return Refusal("out_for_delivery")
    if status is ParcelStatus.AVAILABLE_FOR_PICKUP:
        return Refusal("at_pickup_point")
    return None if status in BEFORE | MOVING | HELD_UP | set(also) else Refusal("not_possible")


def _redelivery(status: ParcelStatus, reason: str) -> Refusal | None:
    if status in BEFORE:
        return Refusal("not_sent_yet")
    if status in NOT_TRIED:
        return Refusal("not_tried_yet")
    if reason in AUTHORITY or reason.startswith("customs_"):
        return Refusal("held_by_authority")
    return None


def _problem(kind: Kind, standing: Standing, now: datetime) -> Refusal | None:
    if kind is Kind.OTHER:
        return None
    if kind in {Kind.LATE, Kind.LOST}:
        return _missing(kind, standing, now)
    return _arrived(kind, standing, now)


def _arrived(kind: Kind, standing: Standing, now: datetime) -> Refusal | None:
    """Problems with what was delivered: from then on (what is not there a day later), for a month."""
    if kind is Kind.DAMAGED and standing.status is ParcelStatus.DAMAGED:
        return None
    if standing.status is not ParcelStatus.DELIVERED or standing.delivered_at is None:
        return Refusal("not_called_delivered" if kind is Kind.NOT_RECEIVED else "not_arrived_yet")
    since = standing.delivered_at
    if kind is Kind.NOT_RECEIVED and now < since + AFTER_DELIVERY:
        return Refusal("wait_a_day", {"from": since + AFTER_DELIVERY})
    return Refusal("report_over", {"until": since + REPORT}) if now > since + REPORT else None


def _missing(kind: Kind, standing: Standing, now: datetime) -> Refusal | None:
    """Problems with what does not come."""
    status = standing.status
    if status is ParcelStatus.DELIVERED:
        return Refusal("delivered", {"at": standing.delivered_at})
    if status in {ParcelStatus.RETURNING, ParcelStatus.RETURNED_TO_SENDER}:
        return Refusal("coming_back" if status is ParcelStatus.RETURNING else "back_with_us")
    if status is ParcelStatus.AVAILABLE_FOR_PICKUP:
        return Refusal("at_pickup_point")
    if status is ParcelStatus.CANCELLED:
        return Refusal("parcel_cancelled")
    if status in {ParcelStatus.LOST, ParcelStatus.EXPIRED}:
        return None if kind is Kind.LOST else Refusal("parcel_lost" if status is ParcelStatus.LOST else "no_news")
    if status is ParcelStatus.DAMAGED:
        return Refusal("parcel_damaged")
    return _late(standing, now) if kind is Kind.LATE else _lost(standing, now)


def _late(standing: Standing, now: datetime) -> Refusal | None:
    if standing.status is ParcelStatus.DELAYED or standing.overdue:
        return None
    quiet_from = (standing.heard_at or now) + SILENCE
    if now >= quiet_from:
        return None
    if standing.due is None or quiet_from.date() <= standing.due:
        return Refusal("not_late_yet", {"from": quiet_from})
    return Refusal("not_due_yet", {"day": standing.due})


def _lost(standing: Standing, now: datetime) -> Refusal | None:
    wait = LOST_AFTER[standing.domestic]
    ready = (standing.heard_at or now) + wait
    return Refusal("not_lost_yet", {"from": ready, "days": wait.days}) if now < ready else None
