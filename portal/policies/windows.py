"""Days of a return window in the merchant's time zone. Only dates are compared: no clock change moves a deadline."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from portal.policies.facts import OrderFacts, SentUnits
from portal.policies.settings import Unit, Window

zone = cache(ZoneInfo)


def local_day(moment: datetime, time_zone: str) -> date:
    """The calendar day of an aware moment in a time zone. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(zone(time_zone)).date()


def add(day: date, length: int, unit: Unit) -> date:
    """`day` + length. Months and years keep the day of the month, or take the month's last day when it has none.

    The end of the calendar is the latest answer.
    """
    if unit in ("days", "weeks"):
        try:
            return day + timedelta(days=length * (7 if unit == "weeks" else 1))
        except OverflowError:
            return date.max
    months = day.month - 1 + length * (12 if unit == "years" else 1)
    year, month = day.year + months // 12, months % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1])) if year <= date.max.year else date.max


@dataclass(frozen=True, slots=True)
class Span:
    """Units of one parcel against a window. `arrived` units are in the shopper's hands, as far as we know.

    `last_day` is None without an end (or when the start is not known yet).
    """

    quantity: int
    arrived: bool
    open: bool
    last_day: date | None


def arrival_day(units: SentUnits, window: Window, time_zone: str) -> date | None:
    """The day the units arrived: by the carrier's word, else shipment + buffer; None while known to be moving."""
    if units.delivered_at is not None:
        return local_day(units.delivered_at, time_zone)
    if units.on_the_way:
        return None
    return add(local_day(units.shipped_at, time_zone), window.transit_buffer_days, "days")


def start_day(units: SentUnits, order: OrderFacts, window: Window) -> date | None:
    """Day 0 of the window for units of one parcel; None when it has not begun."""
    if window.start == "order":
        return local_day(order.placed_at, order.time_zone)
    if window.start == "shipment":
        return local_day(units.shipped_at, order.time_zone)
    return arrival_day(units, window, order.time_zone)


def span(units: SentUnits, order: OrderFacts, window: Window, today: date) -> Span:
    """Whether units of one parcel can be returned `today` (a day in the merchant's time zone)."""
    arrival = arrival_day(units, window, order.time_zone)
    arrived = arrival is not None and arrival <= today
    start = start_day(units, order, window)
    last_day = None
    if window.kind == "limited" and start is not None and window.length is not None and window.unit is not None:
        last_day = add(start, window.length, window.unit)
    in_time = window.kind != "none" and (last_day is None or today <= last_day)
    return Span(units.quantity, arrived, arrived and in_time, last_day)


def days_since_start(lines: tuple[SentUnits, ...], order: OrderFacts, window: Window, today: date) -> int | None:
    """Whole days since the latest start among units that arrived (the shopper's best case); None before that."""
    arrived = [units for units in lines if span(units, order, window, today).arrived]
    starts = [start for units in arrived if (start := start_day(units, order, window)) is not None]
    return (today - max(starts)).days if starts else None
