"""The last day counts in full, in the merchant's time zone, whatever the clocks do."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.kernel.money import Money
from portal.policies.documents import read_document
from portal.policies.facts import LineFacts, OrderFacts, ReturnFacts, SentUnits
from portal.policies.rules import LineDecision, Policy, decide
from portal.policies.windows import add, local_day


def decided(
    window: dict, now: datetime, zone: str = "Europe/Berlin", placed: datetime | None = None, **line: object
) -> LineDecision:
    document = {
        "name": "Test",
        "defaults": {
            "eligible": {"allowed": True},
            "window": window,
            "approval": "auto",
            "outcomes": ["refund"],
            "methods": ["prepaid_label"],
            "restocking_fee": {},
            "return_shipping": {},
            "destination": "default",
            "ship_within_days": 14,
        },
    }
    facts = {"quantity": 1, "price": Money(1000, "EUR"), "unit_paid": Money(1000, "EUR")} | line
    order = OrderFacts(placed or datetime(2026, 1, 1, tzinfo=UTC), Money(1000, "EUR"), zone)
    lines = (LineFacts("1", **facts),)  # pyright: ignore[reportArgumentType] - mixed facts
    return decide(Policy(read_document(document)), ReturnFacts(order, lines), now).lines[0]


def at(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


DAYS_30 = {"length": 30, "unit": "days"}


@pytest.mark.parametrize(
    ("zone", "delivered", "last_day"),
    [
        pytest.param("Europe/Berlin", "2026-09-25T23:30", "2026-10-25", id="clocks go back on the last day"),
        pytest.param("Europe/Berlin", "2026-02-27T00:10", "2026-03-29", id="clocks go forward on the last day"),
        pytest.param("Europe/Berlin", "2026-03-29T03:30", "2026-04-28", id="delivered on a day with 23 hours"),
        pytest.param("America/New_York", "2026-10-02T21:00", "2026-11-01", id="New York's clocks go back"),
        pytest.param("America/New_York", "2026-02-06T12:00", "2026-03-08", id="New York's clocks go forward"),
        pytest.param("Asia/Kolkata", "2026-05-01T00:00", "2026-05-31", id="no clock change at all"),
    ],
)
def test_the_last_day_ends_at_midnight_of_the_merchant(zone: str, delivered: str, last_day: str) -> None:
    sent = (SentUnits(1, at("2026-01-20T12:00", zone), at(delivered, zone)),)
    on_time = decided(DAYS_30, at(f"{last_day}T23:59:59", zone), zone, sent=sent)
    assert (on_time.allowed, on_time.until) == (True, date.fromisoformat(last_day))
    next_day = add(date.fromisoformat(last_day), 1, "days").isoformat()
    late = decided(DAYS_30, at(f"{next_day}T00:00:00", zone), zone, sent=sent)
    assert [(r.code, dict(r.params)) for r in late.refusals] == [
        ("window_over", {"last_day": date.fromisoformat(last_day)})
    ]


def test_the_day_of_delivery_is_the_merchants_not_utc() -> None:
    delivered = datetime(2026, 6, 1, 23, 30, tzinfo=UTC)
    assert local_day(delivered, "Europe/Berlin") == date(2026, 6, 2)
    assert local_day(delivered, "America/New_York") == date(2026, 6, 1)


@pytest.mark.parametrize(
    ("day", "length", "unit", "end"),
    [
        ("2026-01-31", 1, "months", "2026-02-28"),
        ("2028-01-31", 1, "months", "2028-02-29"),
        ("2028-02-29", 1, "years", "2029-02-28"),
        ("2026-11-30", 3, "months", "2027-02-28"),
        ("2026-12-31", 2, "weeks", "2027-01-14"),
        ("2026-12-02", 30, "days", "2027-01-01"),
        ("9999-12-31", 1, "days", "9999-12-31"),
        ("9999-12-31", 1, "months", "9999-12-31"),
    ],
)
def test_lengths_follow_the_calendar(day: str, length: int, unit: str, end: str) -> None:
    assert add(date.fromisoformat(day), length, unit) == date.fromisoformat(end)  # pyright: ignore[reportArgumentType] - a unit


@settings(deadline=None)
@given(
    st.dates(date(1990, 1, 1), date(2100, 1, 1)),
    st.integers(1, 500),
    st.sampled_from(["days", "weeks", "months", "years"]),
)
def test_a_longer_window_never_ends_earlier(day: date, length: int, unit: str) -> None:
    assert day < add(day, length, unit) <= add(day, length + 1, unit)  # pyright: ignore[reportArgumentType] - a unit


def test_without_a_delivery_date_the_shipment_date_and_a_buffer_stand_in() -> None:
    sent = (SentUnits(1, datetime(2026, 5, 1, 12, tzinfo=UTC)),)
    window = DAYS_30 | {"transit_buffer_days": 7}
    assert decided(window, datetime(2026, 5, 7, 12, tzinfo=UTC), sent=sent).refusals[0].code == "not_delivered_yet"
    arrived = decided(window, datetime(2026, 5, 8, 12, tzinfo=UTC), sent=sent)
    assert (arrived.allowed, arrived.until) == (True, date(2026, 6, 7))


def test_a_parcel_known_to_be_on_its_way_has_not_arrived_after_any_buffer() -> None:
    sent = (SentUnits(1, datetime(2026, 5, 1, 12, tzinfo=UTC), on_the_way=True),)
    decision = decided(DAYS_30, datetime(2026, 8, 1, tzinfo=UTC), sent=sent)
    assert [(r.code, dict(r.params)) for r in decision.refusals] == [("not_delivered_yet", DAYS_30)]


@pytest.mark.parametrize(
    ("start", "until"), [("order", "2026-05-31"), ("shipment", "2026-06-02"), ("delivery", "2026-06-04")]
)
def test_the_window_starts_where_the_policy_says(start: str, until: str) -> None:
    placed = datetime(2026, 5, 1, 12, tzinfo=UTC)
    sent = (SentUnits(1, datetime(2026, 5, 3, 12, tzinfo=UTC), datetime(2026, 5, 5, 12, tzinfo=UTC)),)
    decision = decided(DAYS_30 | {"start": start}, datetime(2026, 5, 20, tzinfo=UTC), placed=placed, sent=sent)
    assert decision.until == date.fromisoformat(until)


def test_a_window_from_the_order_date_can_end_before_delivery() -> None:
    sent = (SentUnits(1, datetime(2026, 5, 3, 12, tzinfo=UTC), on_the_way=True),)
    window = DAYS_30 | {"start": "order"}
    waiting = decided(window, datetime(2026, 1, 20, tzinfo=UTC), sent=sent)
    assert waiting.refusals[0].params == {"last_day": date(2026, 1, 31)}
    assert decided(window, datetime(2026, 5, 20, tzinfo=UTC), sent=sent).refusals[0].code == "window_over"


def test_an_unlimited_window_has_no_last_day() -> None:
    sent = (SentUnits(1, datetime(2020, 5, 3, tzinfo=UTC), datetime(2020, 5, 5, tzinfo=UTC)),)
    decision = decided({"kind": "unlimited"}, datetime(2026, 5, 20, tzinfo=UTC), sent=sent)
    assert (decision.allowed, decision.until) == (True, None)


def test_no_window_is_no_return() -> None:
    sent = (SentUnits(1, datetime(2026, 5, 3, tzinfo=UTC), datetime(2026, 5, 5, tzinfo=UTC)),)
    decision = decided({"kind": "none"}, datetime(2026, 5, 6, tzinfo=UTC), sent=sent)
    assert [refusal.code for refusal in decision.refusals] == ["no_returns"]


def test_only_units_that_arrived_in_time_can_be_asked_for() -> None:
    may = [datetime(2026, 5, day, 12, tzinfo=UTC) for day in range(1, 32)]
    sent = (SentUnits(1, may[0], may[2]), SentUnits(2, may[3], may[9]), SentUnits(4, may[29], on_the_way=True))
    early = decided(DAYS_30, datetime(2026, 6, 1, tzinfo=UTC), quantity=7, sent=sent)
    assert (early.max_quantity, early.until) == (3, date(2026, 6, 2))
    later = decided(DAYS_30, datetime(2026, 6, 4, tzinfo=UTC), quantity=7, sent=sent)
    assert (later.max_quantity, later.until) == (2, date(2026, 6, 9))
    returned = decided(DAYS_30, datetime(2026, 6, 4, tzinfo=UTC), quantity=7, returned_quantity=2, sent=sent)
    assert returned.max_quantity == 1


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        decided(DAYS_30, datetime(2026, 5, 6))
