"""What holds for a whole return when its lines are decided one by one: the stricter wins, the shopper is told once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from portal.policies.rules import LineDecision
from portal.policies.windows import add, local_day


@dataclass(frozen=True, slots=True)
class ReturnTerms:
    """`approval` is auto only if every line is; `methods` and `outcomes` are those that every line offers.

    `destinations` by line id: more than one value means more than one parcel. `ship_within_days` is the shortest.
    """

    approval: str
    methods: tuple[str, ...]
    outcomes: tuple[str, ...]
    destinations: dict[str, str]
    ship_within_days: int


def combine(lines: Sequence[LineDecision]) -> ReturnTerms:
    """The terms of a return of these lines. Raises ValueError for no lines or a line that is not allowed."""
    if not lines or not all(line.allowed for line in lines):
        raise ValueError("a return has at least one line, and only lines that are allowed")
    terms = [line.terms for line in lines]
    return ReturnTerms(
        "auto" if all(each.approval == "auto" for each in terms) else "manual",
        tuple(method for method in terms[0].methods if all(method in each.methods for each in terms)),
        tuple(outcome for outcome in terms[0].outcomes if all(outcome in each.outcomes for each in terms)),
        {line.line_id: line.terms.destination for line in lines},
        min(each.ship_within_days for each in terms),
    )


def ship_by(now: datetime, time_zone: str, days: int) -> date:
    """The last day, inclusive, to hand the parcel over: `days` after today in the merchant's time zone."""
    return add(local_day(now, time_zone), days, "days")
