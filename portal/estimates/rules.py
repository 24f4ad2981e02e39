"""The estimated delivery: the carrier's date if there is one, else calculated from processing and transit days.

Processing counts business days at the origin, transit business days at the destination. Pure: `now` is an argument.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

from portal.estimates.calendars import add_business_days, next_business_day
from portal.kernel.words import N_, Words

zone = cache(ZoneInfo)
MOST_DAYS = 365


@dataclass(frozen=True, slots=True)
class EstimateFacts:
    """What an estimate rests on. Moments are aware; days and `cutoff_hour` (0-24) are in `time_zone`, the merchant's.

    `processing_days` and `transit_days` (shortest, longest) are business days. `carrier_window` is (first, last) day.
    Raises ValueError for days below 0 or above 365, a window that ends before it begins, or a naive moment.
    """

    placed_at: datetime
    processing_days: int
    transit_days: tuple[int, int]
    cutoff_hour: int
    origin_country: str
    destination_country: str
    time_zone: str
    destination_region: str | None = None
    shipped_at: datetime | None = None
    carrier_date: date | None = None
    carrier_window: tuple[date, date] | None = None

    def __post_init__(self) -> None:
        shortest, longest = self.transit_days
        if not 0 <= shortest <= longest <= MOST_DAYS or not 0 <= self.processing_days <= MOST_DAYS:
            raise ValueError("processing and transit take 0 to 365 days, the shortest first")
        if self.carrier_window is not None and self.carrier_window[0] > self.carrier_window[1]:
            raise ValueError("the carrier's window ends before it begins")
        if self.placed_at.tzinfo is None or (self.shipped_at is not None and self.shipped_at.tzinfo is None):
            raise ValueError("a moment needs its time zone")


@dataclass(frozen=True, slots=True)
class Estimate:
    """Between `first` and `last`, both inclusive; the same day when it is one date. `late`: `last` has passed.

    `why` says in a sentence where the estimate comes from.
    """

    first: date
    last: date
    source: Literal["carrier", "calculated"]
    why: Words
    late: bool

    @property
    def is_range(self) -> bool:
        """Whether it is more than one day."""
        return self.first != self.last


def estimate(facts: EstimateFacts, now: datetime) -> Estimate:
    """When the parcel arrives. One that has not left counts from today at the earliest, one that has from its day.

    Raises ValueError for a naive `now`.
    """
    if now.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    today = now.astimezone(zone(facts.time_zone)).date()
    if facts.carrier_date is not None or facts.carrier_window is not None:
        first, last = (
            (facts.carrier_date,) * 2 if facts.carrier_date is not None else facts.carrier_window or (today, today)
        )
        assert first is not None
        assert last is not None
        return Estimate(first, last, "carrier", Words(N_("The carrier gave this date.")), last < today)
    ships = ship_day(facts, now)
    first, last = (_arrival(facts, ships, days) for days in facts.transit_days)
    return Estimate(first, last, "calculated", _why(facts, ships), last < today)


def ship_day(facts: EstimateFacts, now: datetime) -> date:
    """The day the parcel left, or the day it leaves: orders after the cut-off count from the next business day."""
    if facts.shipped_at is not None:
        return facts.shipped_at.astimezone(zone(facts.time_zone)).date()
    planned = add_business_days(_work_begins(facts, facts.placed_at), facts.processing_days, facts.origin_country)
    return max(planned, _work_begins(facts, now))


def _work_begins(facts: EstimateFacts, moment: datetime) -> date:
    local = moment.astimezone(zone(facts.time_zone))
    day = local.date() if local.hour < facts.cutoff_hour else local.date() + timedelta(days=1)
    return next_business_day(day, facts.origin_country)


def _arrival(facts: EstimateFacts, ships: date, days: int) -> date:
    return add_business_days(ships, days, facts.destination_country, facts.destination_region or "")


def _why(facts: EstimateFacts, ships: date) -> Words:
    if facts.shipped_at is not None:
        return Words(
            N_("It left on %(day)s. We count business days, without weekends and public holidays."), {"day": ships}
        )
    return Words(
        N_("It should leave by %(day)s. We count business days, without weekends and public holidays."), {"day": ships}
    )
