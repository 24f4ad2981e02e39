"""When carriers are asked again: each rule by its own moment."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.ids import new_id
from portal.tracking.polling_rules import (
    BESIDE_A_SOURCE,
    LOOK_BACK,
    NEVER_HEARD_OF,
    Watched,
    account_wait,
    allowance,
    first_check,
    next_check,
    share_of,
    spread,
)
from portal.tracking.rules import ENDED, ParcelStatus

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
MIDDLE = UUID(int=0)
HOUR = timedelta(hours=1)


def watched(status: str = "in_transit", hours_still: float = 6, **facts: Any) -> Watched:
    values: dict[str, Any] = {
        "parcel_id": uuid4(),
        "status": ParcelStatus(status),
        "status_at": NOON - hours_still * HOUR,
        "shipped_at": NOON - timedelta(days=2),
        "zone": BERLIN,
        **facts,
    }
    return Watched(**values)


def wait(one: Watched, now: datetime = NOON) -> timedelta:
    found = next_check(one, now)
    assert found is not None
    return found - now


@pytest.mark.parametrize(
    ("facts", "least", "most"),
    [
        ({"status": "out_for_delivery", "hours_still": 3}, 20, 30),
        ({"status": "out_for_delivery", "hours_still": 30}, 150, 210),
        ({"status": "in_transit", "hours_still": 6}, 210, 270),
        ({"status": "in_transit", "hours_still": 80}, 420, 540),
        ({"status": "in_transit", "hours_still": 24 * 9}, 1290, 1590),
        ({"status": "in_transit", "expected": date(2026, 11, 20)}, 80, 100),
        ({"status": "in_transit", "expected": date(2026, 11, 21)}, 210, 270),
        ({"status": "info_received", "hours_still": 47}, 420, 540),
        ({"status": "info_received", "shipped_at": NOON - HOUR}, 160, 200),
        ({"status": "available_for_pickup"}, 420, 540),
        ({"status": "lost", "hours_still": 48}, 1290, 1590),
        ({"failures": 1}, 420, 540),
        ({"failures": 40}, 1290, 1590),
    ],
)
def test_it_is_asked_about_as_often_as_something_may_happen(facts: dict[str, Any], least: int, most: int) -> None:
    minutes = wait(watched(**facts)) / timedelta(minutes=1)
    assert least <= minutes <= most


@pytest.mark.parametrize(
    "facts",
    [
        {"status": "cancelled"},
        {"status": "expired"},
        {"status": "returned_to_sender"},
        {"status": "delivered", "delivered_at": NOON - LOOK_BACK},
        {"status": "delivered", "delivered_at": NOON - HOUR, "heard_at": NOON - HOUR},
        {"status": "in_transit", "hours_still": 24 * 31, "shipped_at": NOON - timedelta(days=40)},
        {"status": "in_transit", "shipped_at": NOON - timedelta(days=61)},
        {"status": "pending", "failures": NEVER_HEARD_OF, "shipped_at": NOON - timedelta(days=8)},
    ],
)
def test_what_is_over_is_never_asked_about_again(facts: dict[str, Any]) -> None:
    one = watched(**facts)
    assert (first_check(one, NOON), next_check(one, NOON)) == (None, None)


def test_a_parcel_that_was_just_handed_over_may_be_unknown_for_a_while() -> None:
    assert wait(watched("pending", failures=NEVER_HEARD_OF, shipped_at=NOON - 30 * HOUR)) < 4 * HOUR
    assert wait(watched("pending", failures=3, shipped_at=NOON - 50 * HOUR)) > 20 * HOUR


def test_a_delivery_is_looked_at_once_more() -> None:
    one = watched("delivered", delivered_at=NOON - HOUR)
    again = next_check(one, NOON)
    assert again
    assert again == NOON - HOUR + LOOK_BACK
    assert next_check(one, again) is None


def test_nobody_asks_at_night_about_a_courier() -> None:
    evening = datetime(2026, 11, 20, 19, 50, tzinfo=UTC)  # 20:50 in Berlin
    found = next_check(watched("out_for_delivery", status_at=evening - HOUR), evening)
    assert found is not None
    there = found.astimezone(BERLIN)
    assert (there.day, there.hour) == (21, 7)
    assert wait(watched("out_for_delivery", zone=ZoneInfo("America/New_York"), status_at=evening), evening) < HOUR


def test_a_parcel_that_somebody_reports_is_asked_about_far_less() -> None:
    reported = watched("out_for_delivery", heard_at=NOON - HOUR)
    assert wait(reported) >= 0.9 * BESIDE_A_SOURCE
    assert wait(watched("out_for_delivery", heard_at=NOON - timedelta(days=4))) < HOUR


def test_a_small_account_is_dealt_out_over_its_parcels() -> None:
    share = share_of(1000, 250)
    assert share == timedelta(days=4)
    assert wait(watched(share=share)) > timedelta(days=3)
    assert wait(watched("out_for_delivery", share=share)) < timedelta(days=1.2)


def test_a_thousand_parcels_of_one_moment_are_not_due_in_one_second() -> None:
    moments = [first_check(watched(parcel_id=new_id(), shipped_at=NOON), NOON) for _ in range(1000)]
    seconds = [int((moment - NOON) / timedelta(seconds=1)) for moment in moments if moment]
    assert max(seconds.count(second) for second in set(seconds)) < 12
    assert min(seconds) >= 3600
    assert max(seconds) - min(seconds) > 3000


def test_the_spread_is_a_parcels_own() -> None:
    one = uuid4()
    assert spread(one) == spread(one)
    assert 0 <= spread(one) < 1


@pytest.mark.parametrize(
    ("failures", "retry_after", "seconds"),
    [(1, None, 60), (1, 300, 300), (3, None, 480), (9, None, 21600), (60, None, 21600), (2, 1, 240)],
)
def test_an_account_is_left_alone_longer_each_time(failures: int, retry_after: float | None, seconds: int) -> None:
    assert account_wait(failures, retry_after) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("hour", "used", "left"), [(0, 0, 11), (0, 11, 0), (12, 0, 136), (12, 140, 0), (23, 0, 250), (23, 250, 0)]
)
def test_a_days_calls_are_spread_over_the_day(hour: int, used: int, left: int) -> None:
    assert allowance(250, used, datetime(2026, 11, 20, hour, tzinfo=UTC)) == left


@given(
    st.sampled_from(ParcelStatus),
    st.integers(0, 24 * 70),
    st.integers(0, 24 * 70),
    st.integers(0, 100),
    st.none() | st.integers(0, 200),
    st.integers(0, 48),
)
def test_whatever_the_facts_the_next_moment_is_ahead_and_not_for_ever(
    status: ParcelStatus, still: int, shipped: int, failures: int, heard: int | None, share: int
) -> None:
    one = watched(
        status, still, shipped_at=NOON - shipped * HOUR, failures=failures, share=share * HOUR,
        heard_at=None if heard is None else NOON - heard * HOUR,
    )  # fmt: skip
    found = next_check(one, NOON)
    assert found is None or NOON + timedelta(minutes=5) < found < NOON + timedelta(days=4)
    assert found is not None or status in ENDED or max(still, shipped, failures) >= NEVER_HEARD_OF
