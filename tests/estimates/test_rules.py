"""Estimated delivery: the carrier's word first, business days of both ends, cut-off in the merchant's time."""

import dataclasses
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.estimates.calendars import add_business_days, is_business_day, public_holidays
from portal.estimates.rules import EstimateFacts, estimate


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)


def facts(placed: str = "2026-11-16T10:00", **more: Any) -> EstimateFacts:
    given_facts = {
        "processing_days": 1,
        "transit_days": (2, 3),
        "cutoff_hour": 14,
        "origin_country": "DE",
        "destination_country": "DE",
    }
    return EstimateFacts(berlin(placed), time_zone="Europe/Berlin", **(given_facts | more))


def days(of: EstimateFacts, now: datetime | None = None) -> tuple[str, str]:
    result = estimate(of, now or of.placed_at)
    return result.first.isoformat(), result.last.isoformat()


def test_the_carriers_date_wins() -> None:
    result = estimate(
        facts(carrier_date=date(2026, 11, 19), carrier_window=(date(2026, 11, 1), date(2026, 11, 2))),
        berlin("2026-11-17"),
    )
    assert (result.first, result.last, result.source) == (date(2026, 11, 19), date(2026, 11, 19), "carrier")
    assert not result.is_range


def test_the_carriers_window_is_a_range() -> None:
    result = estimate(facts(carrier_window=(date(2026, 11, 19), date(2026, 11, 21))), berlin("2026-11-22T09:00"))
    assert (result.is_range, result.late, result.source) == (True, True, "carrier")


def test_an_order_in_the_morning_leaves_the_next_day() -> None:
    assert days(facts("2026-11-16T13:59")) == ("2026-11-19", "2026-11-20")


def test_an_order_after_the_cut_off_loses_a_day() -> None:
    assert days(facts("2026-11-16T14:00")) == ("2026-11-20", "2026-11-23")


def test_the_cut_off_is_in_the_merchants_time_zone() -> None:
    noon_utc = datetime(2026, 11, 16, 13, 30, tzinfo=UTC)
    in_berlin = dataclasses.replace(facts(), placed_at=noon_utc)
    in_new_york = dataclasses.replace(in_berlin, time_zone="America/New_York")
    assert days(in_berlin, noon_utc) == ("2026-11-20", "2026-11-23")
    assert days(in_new_york, noon_utc) == ("2026-11-19", "2026-11-20")


def test_weekends_are_left_out() -> None:
    assert days(facts("2026-11-20T10:00")) == ("2026-11-25", "2026-11-26")
    assert days(facts("2026-11-21T10:00")) == ("2026-11-26", "2026-11-27")


def test_nothing_moves_at_christmas() -> None:
    left = facts("2026-12-21T10:00", shipped_at=berlin("2026-12-23T16:00"))
    assert days(left) == ("2026-12-28", "2026-12-29")
    assert days(facts("2026-12-30T15:00")) == ("2027-01-06", "2027-01-07")


def test_each_end_keeps_its_own_holidays() -> None:
    thanksgiving = {"shipped_at": berlin("2026-11-25T10:00"), "transit_days": (1, 1)}
    assert days(facts("2026-11-24T10:00", **thanksgiving)) == ("2026-11-26", "2026-11-26")
    assert days(facts("2026-11-24T10:00", destination_country="US", **thanksgiving)) == ("2026-11-27", "2026-11-27")


def test_a_region_keeps_holidays_that_its_country_does_not() -> None:
    epiphany = {"shipped_at": berlin("2027-01-05T10:00"), "transit_days": (1, 1)}
    assert days(facts(destination_region="BY", **epiphany)) == ("2027-01-07", "2027-01-07")
    assert days(facts(destination_region="BE", **epiphany)) == ("2027-01-06", "2027-01-06")
    assert days(facts(destination_region="Atlantis", **epiphany)) == ("2027-01-06", "2027-01-06")


def test_a_parcel_that_has_not_left_is_never_promised_for_the_past() -> None:
    waiting = facts("2026-11-02T10:00")
    result = estimate(waiting, berlin("2026-11-16T10:00"))
    assert (result.first, result.late) == (date(2026, 11, 18), False)


def test_a_parcel_that_left_and_did_not_come_is_late() -> None:
    result = estimate(facts("2026-11-02T10:00", shipped_at=berlin("2026-11-03T10:00")), berlin("2026-11-16T10:00"))
    assert (result.last, result.late) == (date(2026, 11, 6), True)


def test_the_last_day_itself_is_not_late() -> None:
    left = facts("2026-11-02T10:00", shipped_at=berlin("2026-11-03T10:00"))
    assert not estimate(left, berlin("2026-11-06T23:59")).late
    assert estimate(left, berlin("2026-11-07T00:00")).late


def test_the_reason_names_the_day_it_left() -> None:
    why = estimate(facts(shipped_at=berlin("2026-11-17T10:00")), berlin("2026-11-17T11:00")).why
    assert (
        why.message % dict(why.params)
        == "It left on 2026-11-17. We count business days, without weekends and public holidays."
    )


@pytest.mark.parametrize(
    ("country", "friday", "sunday"), [("DE", True, False), ("SA", False, True), ("XX", True, False)]
)
def test_weekends_differ_and_unknown_countries_have_no_holidays(country: str, friday: bool, sunday: bool) -> None:
    assert is_business_day(date(2026, 11, 20), country) is friday
    assert is_business_day(date(2026, 11, 22), country) is sunday


def test_a_calendar_is_read_once() -> None:
    assert public_holidays("DE", "BY", 2026) is public_holidays("DE", "BY", 2026)


@pytest.mark.parametrize(
    "wrong",
    [
        {"processing_days": -1},
        {"transit_days": (3, 2)},
        {"transit_days": (0, 10**9)},
        {"carrier_window": (date(2026, 11, 2), date(2026, 11, 1))},
        {"shipped_at": datetime(2026, 11, 2)},
    ],
)
def test_facts_that_cannot_be_are_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match=r"days|window|time zone"):
        facts(**wrong)


@settings(deadline=None)
@given(
    st.dates(date(2024, 1, 1), date(2028, 1, 1)), st.integers(0, 15), st.sampled_from(["DE", "US", "SA", "JP", "XX"])
)
def test_deliveries_fall_on_business_days_and_more_days_are_later(day: date, count: int, country: str) -> None:
    arrival = add_business_days(day, count, country)
    assert is_business_day(arrival, country)
    assert day <= arrival < add_business_days(day, count + 1, country)
