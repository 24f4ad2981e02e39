"""What the tracking room tells others: that a parcel has reached a milestone; and what it owes itself: questions.

Told in the transaction that changes the parcel, when its state after all that was heard is another milestone than
before, and a young one: a history that is read in tells nobody anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from portal.tracking.rules import ParcelState, ParcelStatus


class Milestone(StrEnum):
    """What of a parcel's way a shopper may want to hear of."""

    ON_ITS_WAY = "on_its_way"
    OUT_FOR_DELIVERY = "out_for_delivery"
    READY_TO_COLLECT = "ready_to_collect"
    MISSED = "missed"
    DELAYED = "delayed"
    HELD_UP = "held_up"
    SILENT = "silent"
    DELIVERED = "delivered"
    COMING_BACK = "coming_back"
    BACK = "back"
    LOST = "lost"
    DAMAGED = "damaged"


MILESTONES = {
    ParcelStatus.PICKED_UP: Milestone.ON_ITS_WAY,
    ParcelStatus.IN_TRANSIT: Milestone.ON_ITS_WAY,
    ParcelStatus.OUT_FOR_DELIVERY: Milestone.OUT_FOR_DELIVERY,
    ParcelStatus.AVAILABLE_FOR_PICKUP: Milestone.READY_TO_COLLECT,
    ParcelStatus.ATTEMPT_FAILED: Milestone.MISSED,
    ParcelStatus.DELAYED: Milestone.DELAYED,
    ParcelStatus.ON_HOLD: Milestone.HELD_UP,
    ParcelStatus.EXCEPTION: Milestone.HELD_UP,
    ParcelStatus.EXPIRED: Milestone.SILENT,
    ParcelStatus.DELIVERED: Milestone.DELIVERED,
    ParcelStatus.RETURNING: Milestone.COMING_BACK,
    ParcelStatus.RETURNED_TO_SENDER: Milestone.BACK,
    ParcelStatus.LOST: Milestone.LOST,
    ParcelStatus.DAMAGED: Milestone.DAMAGED,
}
BY_REASON = frozenset({Milestone.DELAYED, Milestone.HELD_UP})
"""Another reason is other news."""
BY_DAY = frozenset({Milestone.OUT_FOR_DELIVERY, Milestone.MISSED})
"""May happen again on another day, and is news again then."""
FRESH = timedelta(hours=48)
"""Older than this, by the carrier's time, nothing is told any more."""


@dataclass(frozen=True, slots=True)
class ParcelMoved:
    """A parcel reached a milestone. `at` is the moment that the carrier names, `key` what makes it the same news."""

    topic: ClassVar[str] = "parcel.moved"
    order_id: UUID
    parcel_id: UUID
    milestone: Milestone
    status: ParcelStatus
    reason: str | None
    at: datetime
    key: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a parcel is, as far as milestones go."""

    status: ParcelStatus
    reason: str | None
    at: datetime

    @property
    def key(self) -> str:
        """Alike for the same news, "" for what is none. Built of what the carrier said, never of when it was heard."""
        milestone = MILESTONES.get(self.status)
        if milestone is None:
            return ""
        more = [self.reason or ""] if milestone in BY_REASON else []
        more += [self.at.astimezone(UTC).date().isoformat()] if milestone in BY_DAY else []
        return ":".join([milestone, *more])


def is_news(status: ParcelStatus, at: datetime, now: datetime) -> bool:
    """Whether a state is a milestone at all, and young enough to be told."""
    return status in MILESTONES and at > now - FRESH


def moved(
    order_id: UUID, parcel_id: UUID, before: Standing | None, after: Standing, now: datetime
) -> list[ParcelMoved]:
    """The news of a change, if it is any. `before` is None when it is not known."""
    if not is_news(after.status, after.at, now) or (before is not None and before.key == after.key):
        return []
    milestone = MILESTONES[after.status]
    return [ParcelMoved(order_id, parcel_id, milestone, after.status, after.reason, after.at, after.key)]


def news_of(order_id: UUID, states: Mapping[UUID, ParcelState], now: datetime) -> list[ParcelMoved]:
    """The news of parcels whose states before are not known: what was told already is not told again (`key`)."""
    return [
        one
        for parcel_id, state in states.items()
        for one in moved(order_id, parcel_id, None, Standing(state.status, state.reason, state.status_at), now)
    ]


@dataclass(frozen=True, slots=True)
class ChecksDue:
    """Parcels that a carrier has to be asked about. What was checked after `asked_at` is done already."""

    topic: ClassVar[str] = "tracking.checks_due"
    account_id: UUID
    parcel_ids: tuple[UUID, ...]
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class ScansKept:
    """Sources have delivered scans to a merchant, and they wait to be applied."""

    topic: ClassVar[str] = "tracking.scans_kept"


@dataclass(frozen=True, slots=True)
class PictureWanted:
    """A carrier has named a picture of a delivery."""

    parcel_id: UUID
    topic: ClassVar[str] = "tracking.picture_wanted"
