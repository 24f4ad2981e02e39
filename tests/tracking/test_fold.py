"""One state from every event, whatever their order and however often they come."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from portal.tracking.rules import ParcelStatus, Scan, fold

SHIPPED = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


def scan(status: str, hours: float, **facts: Any) -> Scan:
    return Scan(ParcelStatus(status), SHIPPED + timedelta(hours=hours), f"{status}{hours}".encode(), **facts)


def test_no_event_is_a_parcel_being_packed() -> None:
    assert fold([], SHIPPED).status is ParcelStatus.PENDING


def test_a_late_in_transit_does_not_undo_a_delivery() -> None:
    state = fold([scan("delivered", 40), scan("in_transit", 20)], SHIPPED)
    assert (state.status, state.delivered_at) == (
        ParcelStatus.DELIVERED,
        SHIPPED + timedelta(hours=40),
    )


def test_a_stray_scan_after_delivery_does_not_undo_it() -> None:
    assert fold([scan("delivered", 40), scan("in_transit", 50)], SHIPPED).status is ParcelStatus.DELIVERED


def test_a_delivered_parcel_may_still_come_back() -> None:
    state = fold(
        [scan("delivered", 40), scan("returning", 90), scan("returned_to_sender", 99)],
        SHIPPED,
    )
    assert state.status is ParcelStatus.RETURNED_TO_SENDER


def test_label_data_sent_late_does_not_take_a_moving_parcel_back() -> None:
    assert fold([scan("in_transit", 5), scan("info_received", 8)], SHIPPED).status is ParcelStatus.IN_TRANSIT


def test_an_unknown_word_changes_nothing() -> None:
    assert fold([scan("out_for_delivery", 5), scan("unknown", 8)], SHIPPED).status is ParcelStatus.OUT_FOR_DELIVERY


def test_a_lost_parcel_that_is_found_moves_again() -> None:
    assert fold([scan("lost", 100), scan("in_transit", 200)], SHIPPED).status is ParcelStatus.IN_TRANSIT


def test_a_moved_date_remembers_the_promise_before() -> None:
    first = scan("in_transit", 5, estimated_date=date(2026, 11, 21))
    second = scan("delayed", 9, reason="weather_delay", estimated_date=date(2026, 11, 23))
    state = fold([second, first], SHIPPED)
    assert (state.carrier_date, state.previous_date) == (
        date(2026, 11, 23),
        date(2026, 11, 21),
    )
    assert state.reason == "weather_delay"


SCANS = st.builds(
    Scan,
    status=st.sampled_from(ParcelStatus),
    occurred_at=st.integers(0, 30).map(lambda hours: SHIPPED + timedelta(hours=hours)),
    digest=st.binary(min_size=4, max_size=4),
    reason=st.none() | st.just("weather_delay"),
    estimated_date=st.none() | st.dates(date(2026, 11, 20), date(2026, 11, 25)),
)


@given(st.lists(SCANS, max_size=12, unique_by=lambda scan: scan.digest), st.randoms())
def test_any_order_and_any_repetition_give_one_state(scans: list[Scan], random: Random) -> None:
    shuffled = scans * 2
    random.shuffle(shuffled)
    assert fold(shuffled, SHIPPED) == fold(scans, SHIPPED)


def test_a_delivery_on_the_way_back_is_the_senders() -> None:
    state = fold(
        [scan("delivered", 40), scan("returning", 60), scan("in_transit", 70), scan("delivered", 700)], SHIPPED
    )
    assert (state.status, state.delivered_at) == (ParcelStatus.RETURNING, SHIPPED + timedelta(hours=40))


def test_of_words_for_one_moment_the_one_further_along_counts() -> None:
    words = [scan("available_for_pickup", 0), scan("in_transit", 0), scan("info_received", 0)]
    assert fold(words, SHIPPED).status is ParcelStatus.AVAILABLE_FOR_PICKUP
