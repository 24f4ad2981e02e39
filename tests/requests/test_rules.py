"""What can be asked for when, over every status of a parcel, and why not."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.requests.rules import PROBLEMS, WISHES, Kind, Offer, Reach, Standing, may_ask, offer, offers
from portal.requests.words import refusal_words
from portal.tracking.rules import ParcelStatus as S
from tests.factories.merchants import NOW

YES, CARRIER, AGAIN = "shop", "carrier", "again"
TABLE: dict[S | None, tuple[str, str, str, str]] = {
    # status: address, redelivery, pick-up point, neighbour or safe place
    None: (YES, "not_sent_yet", "not_sent_yet", "not_sent_yet"),
    S.PENDING: (YES, "not_sent_yet", YES, YES),
    S.INFO_RECEIVED: (YES, "not_sent_yet", YES, YES),
    S.UNKNOWN: (CARRIER, "not_tried_yet", CARRIER, CARRIER),
    S.PICKED_UP: (CARRIER, "not_tried_yet", CARRIER, CARRIER),
    S.IN_TRANSIT: (CARRIER, "not_tried_yet", CARRIER, CARRIER),
    S.DELAYED: (CARRIER, "not_tried_yet", CARRIER, CARRIER),
    S.EXCEPTION: (CARRIER, "not_tried_yet", CARRIER, CARRIER),
    S.ON_HOLD: (CARRIER, CARRIER, CARRIER, CARRIER),
    S.ATTEMPT_FAILED: (CARRIER, CARRIER, CARRIER, CARRIER),
    S.OUT_FOR_DELIVERY: ("out_for_delivery", "not_tried_yet", "out_for_delivery", "out_for_delivery"),
    S.AVAILABLE_FOR_PICKUP: ("at_pickup_point", CARRIER, "at_pickup_point", "at_pickup_point"),
    S.RETURNING: (AGAIN, "coming_back", "coming_back", "coming_back"),
    S.RETURNED_TO_SENDER: (AGAIN, AGAIN, "back_with_us", "back_with_us"),
    S.DELIVERED: ("delivered", "delivered", "delivered", "delivered"),
    S.LOST: ("parcel_lost", "parcel_lost", "parcel_lost", "parcel_lost"),
    S.DAMAGED: ("parcel_damaged", "parcel_damaged", "parcel_damaged", "parcel_damaged"),
    S.EXPIRED: ("no_news", "no_news", "no_news", "no_news"),
    S.CANCELLED: ("parcel_cancelled", "parcel_cancelled", "parcel_cancelled", "parcel_cancelled"),
}
FRESH = NOW - timedelta(hours=5)


def standing(status: S | None, **changes: object) -> Standing:
    """A parcel heard of this morning, due tomorrow, delivered this morning if it was."""
    known = Standing(
        status,
        heard_at=FRESH,
        due=date(2026, 11, 21),
        delivered_at=FRESH if status is S.DELIVERED else None,
    )
    return replace(known, **changes)


def said(one: Offer) -> str:
    return one.refusal.code if one.refusal else str(one.reach)


def test_the_table_knows_every_status() -> None:
    assert {status for status in TABLE if status} == set(S)


@pytest.mark.parametrize("status", TABLE, ids=str)
def test_wishes_follow_the_parcel(status: S | None) -> None:
    assert tuple(said(offer(kind, standing(status), NOW)) for kind in WISHES) == TABLE[status]


@pytest.mark.parametrize("status", [None, *S], ids=str)
def test_every_answer_has_its_words_or_somebody_who_does_it(status: S | None) -> None:
    for one in offers(standing(status), NOW):
        assert one.allowed == (one.reach is not None)
        if one.refusal:
            assert refusal_words(one.refusal).message


@pytest.mark.parametrize("status", list(S), ids=str)
def test_a_message_to_the_team_is_always_possible_once_there_is_a_parcel(status: S) -> None:
    assert offer(Kind.OTHER, standing(status), NOW).reach is Reach.SHOP


@pytest.mark.parametrize("stopped", ["order_cancelled", "in_store"])
def test_a_cancelled_or_taken_along_order_takes_nothing(stopped: str) -> None:
    assert {said(one) for one in offers(standing(S.IN_TRANSIT, stopped=stopped), NOW)} == {stopped}
    assert not may_ask(standing(None, stopped=stopped), NOW, list(Kind))


@pytest.mark.parametrize(
    ("reason", "answer"),
    [("customs_inspection", "held_by_authority"), ("regulatory_hold", "held_by_authority"), ("weather_delay", CARRIER)],
)
def test_what_an_authority_holds_cannot_be_delivered_again(reason: str, answer: str) -> None:
    assert said(offer(Kind.REDELIVERY, standing(S.ON_HOLD, reason=reason), NOW)) == answer


@pytest.mark.parametrize(
    ("hours", "answer"),
    [(0, "wait_a_day"), (23.9, "wait_a_day"), (24, YES), (24 * 30, YES), (24 * 30 + 0.1, "report_over")],
)
def test_not_received_waits_a_day_and_ends_after_thirty(hours: float, answer: str) -> None:
    delivered = standing(S.DELIVERED, delivered_at=NOW - timedelta(hours=hours))
    assert said(offer(Kind.NOT_RECEIVED, delivered, NOW)) == answer


def test_waiting_a_day_says_from_when() -> None:
    refusal = offer(Kind.NOT_RECEIVED, standing(S.DELIVERED), NOW).refusal
    assert refusal is not None
    assert refusal.params == {"from": FRESH + timedelta(days=1)}


@pytest.mark.parametrize("kind", [Kind.DAMAGED, Kind.MISSING_ITEM, Kind.WRONG_ITEM])
@pytest.mark.parametrize(
    ("days", "answer"), [(None, "not_arrived_yet"), (0, YES), (30, YES), (30.01, "report_over"), (400, "report_over")]
)
def test_problems_with_items_begin_with_the_delivery_and_end_a_month_later(
    kind: Kind, days: float | None, answer: str
) -> None:
    known = standing(S.IN_TRANSIT) if days is None else standing(S.DELIVERED, delivered_at=NOW - timedelta(days=days))
    assert said(offer(kind, known, NOW)) == answer


def test_damage_on_the_way_can_be_reported_at_once() -> None:
    assert offer(Kind.DAMAGED, standing(S.DAMAGED), NOW).allowed
    assert said(offer(Kind.MISSING_ITEM, standing(S.DAMAGED), NOW)) == "not_arrived_yet"


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({}, "not_due_yet"),
        ({"due": date(2026, 11, 30)}, "not_late_yet"),
        ({"due": None}, "not_late_yet"),
        ({"overdue": True}, YES),
        ({"status": S.DELAYED}, YES),
        ({"heard_at": NOW - timedelta(days=3)}, YES),
        ({"status": S.DELIVERED, "delivered_at": FRESH}, "delivered"),
        ({"status": S.RETURNING}, "coming_back"),
        ({"status": S.RETURNED_TO_SENDER}, "back_with_us"),
        ({"status": S.AVAILABLE_FOR_PICKUP}, "at_pickup_point"),
        ({"status": S.LOST}, "parcel_lost"),
        ({"status": S.EXPIRED}, "no_news"),
        ({"status": S.DAMAGED}, "parcel_damaged"),
        ({"status": S.CANCELLED}, "parcel_cancelled"),
    ],
)
def test_late_is_what_is_over_its_day_or_silent(changes: dict[str, object], answer: str) -> None:
    assert said(offer(Kind.LATE, replace(standing(S.IN_TRANSIT), **changes), NOW)) == answer


@pytest.mark.parametrize(
    ("domestic", "days", "answer"),
    [(True, 6.9, "not_lost_yet"), (True, 7, YES), (False, 13.9, "not_lost_yet"), (False, 14, YES)],
)
def test_lost_is_what_is_silent_for_a_week_or_two_across_a_border(domestic: bool, days: float, answer: str) -> None:
    silent = standing(S.IN_TRANSIT, heard_at=NOW - timedelta(days=days), domestic=domestic)
    assert said(offer(Kind.LOST, silent, NOW)) == answer


@pytest.mark.parametrize("status", [S.LOST, S.EXPIRED])
def test_what_the_carrier_calls_lost_needs_no_waiting(status: S) -> None:
    assert offer(Kind.LOST, standing(status), NOW).allowed


def test_not_lost_yet_says_from_when() -> None:
    refusal = offer(Kind.LOST, standing(S.IN_TRANSIT), NOW).refusal
    assert refusal is not None
    assert refusal.params == {"from": FRESH + timedelta(days=7), "days": 7}


def test_one_wish_at_a_time_and_each_problem_once() -> None:
    known = standing(S.ATTEMPT_FAILED, open={"redelivery": "A-1001", "other": "A-1002"})
    assert said(offer(Kind.REDELIVERY, known, NOW)) == "already_open"
    assert {said(offer(kind, known, NOW)) for kind in WISHES if kind is not Kind.REDELIVERY} == {"other_wish_open"}
    assert said(offer(Kind.OTHER, known, NOW)) == "already_open"
    assert PROBLEMS[0] is Kind.NOT_RECEIVED
