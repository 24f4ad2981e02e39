"""UPS's Track API, asked through its twin: tokens, what is read of good answers, and what becomes of bad ones."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.integrations.carriers import MOST_SCANS, OTHERS, REFUSED, UNKNOWN, UNREADABLE
from portal.integrations.ports import AdapterError
from portal.integrations.twins import Fault
from portal.integrations.ups import vocabulary
from portal.integrations.ups.exceptions import EXCEPTIONS, SAID
from portal.integrations.ups.tracking import UpsTracking, read_answer
from portal.integrations.ups.twin import Hub, activity, create_app
from portal.integrations.ups.vocabulary import coarse_meaning_of, code_of, meaning_of
from tests.factories.merchants import NOW

NUMBER = "1Z5R89390357567127"
CLIENT = {"client_id": "client-1", "client_secret": "secret-1", "api_url": "http://127.0.0.1:1"}


@pytest.fixture
def hub() -> Hub:
    return Hub(CLIENT["client_id"], CLIENT["client_secret"])


def client_of(hub: Hub) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(create_app(hub)), timeout=5)


async def ask(hub: Hub, number: str = NUMBER, ups: UpsTracking | None = None, now: datetime = NOW) -> Any:
    async with client_of(hub) as client:
        return (await (ups or UpsTracking()).track(client, CLIENT, [number], now))[0]


async def test_a_package_is_read_with_its_places_and_the_day_it_comes(hub: Hub) -> None:
    hub.put(
        NUMBER,
        activity("20261119", "131500", "I", "OT", "021", "Wayne"),
        activity("20261118", "74700", "I", "DP", "005", "Louisville"),
        activity("20261117", "230000", "M", "MP", "003"),
        deliveryDate=[{"type": "SDD", "date": "20261118"}, {"type": "RDD", "date": "20261119"}],
    )
    found = await ask(hub)
    assert [scan.meaning.status for scan in found.scans] == ["info_received", "in_transit", "out_for_delivery"]
    # UPS leaves leading zeros of hours out.
    assert found.scans[1].occurred_at == datetime(2026, 11, 18, 7, 47, tzinfo=UTC)
    assert (found.scans[2].city, found.scans[2].country, found.scans[2].code) == ("Wayne", "US", "I/OT/21")
    assert str(found.expected) == "2026-11-19"


async def test_a_delivery_says_who_received_it_and_where(hub: Hub) -> None:
    handed = {"location": "Front Door", "receivedBy": "WEBER", "signature": {"image": "R0lGODlh"}}
    hub.put(NUMBER, activity("20261119", "160000", "D", "FS", "011", "Wayne"), deliveryInformation=handed)
    (scan,) = (await ask(hub)).scans
    assert (scan.meaning.status, scan.extra["signed_by"], scan.extra["left_at"]) == ("delivered", "WEBER", "Front Door")
    assert "R0lGODlh" not in str(scan.extra)


async def test_a_local_time_is_read_by_the_clock_of_its_place(hub: Hub) -> None:
    there = {"address": {"city": "Köln", "countryCode": "DE"}}
    status = {"type": "I", "code": "AR"}
    hub.put(
        NUMBER,
        {"date": "20261118", "time": "090000", "location": there, "status": status},
        {"date": "20261118", "time": "080000", "gmtOffset": "-05:00", "status": status},
        {"date": "20261118", "time": "070000", "gmtDate": "20261118", "gmtTime": "12:30:00", "status": status},
    )
    assert [scan.occurred_at.hour for scan in (await ask(hub)).scans] == [8, 12, 13]


async def test_a_token_is_kept_until_it_ends(hub: Hub) -> None:
    ups = UpsTracking()
    hub.put(NUMBER, activity("20261119", "160000", "I", "AR"))
    for hours in (0, 1, 3):
        await ask(hub, ups=ups, now=NOW + timedelta(hours=hours))
    assert hub.tokens_made == 1
    await ask(hub, ups=ups, now=NOW + timedelta(hours=4))
    assert hub.tokens_made == 2


async def test_a_token_that_ends_midway_is_made_anew_once(hub: Hub) -> None:
    ups = UpsTracking()
    hub.put(NUMBER, activity("20261119", "160000", "I", "AR"))
    await ask(hub, ups=ups)
    hub.tokens.clear()
    assert len((await ask(hub, ups=ups)).scans) == 1
    assert hub.tokens_made == 2
    hub.faults = [Fault.UNAUTHORISED, Fault.UNAUTHORISED]
    with pytest.raises(AdapterError) as caught:
        await ask(hub, ups=ups)
    assert (caught.value.code, caught.value.permanent) == ("unauthorised", True)


async def test_a_wrong_secret_is_said_at_once(hub: Hub) -> None:
    hub.client_secret = "another"
    with pytest.raises(AdapterError) as caught:
        await ask(hub)
    assert (caught.value.code, hub.asked) == ("unauthorised", [])


async def test_what_ups_does_not_know_or_take_is_told_apart(hub: Hub) -> None:
    assert (await ask(hub)).problem == UNKNOWN
    assert (await ask(hub, "1Z5")).problem == REFUSED


async def test_an_answer_about_another_package_is_not_taken(hub: Hub) -> None:
    hub.put("1ZOTHER", activity("20261119", "160000", "D", "FS"))
    hub.packages[NUMBER] = hub.packages["1ZOTHER"]
    assert (await ask(hub)).problem == OTHERS
    hub.packages[NUMBER]["alternateTrackingNumber"] = [{"number": NUMBER, "type": "USPS_PIC"}]
    assert (await ask(hub)).problem == ""


@pytest.mark.parametrize(
    ("fault", "code", "wait"),
    [
        (Fault.OUTAGE, "outage", None),
        (Fault.HTML, "garbage", None),
        (Fault.GARBAGE, "garbage", None),
        (Fault.THROTTLED, "throttled", 90),
    ],
)
async def test_a_bad_day_has_a_name(hub: Hub, fault: Fault, code: str, wait: float | None) -> None:
    hub.faults = [fault]
    with pytest.raises(AdapterError) as caught:
        await ask(hub)
    assert (caught.value.code, caught.value.retry_after) == (code, wait)


async def test_of_five_thousand_activities_the_newest_are_kept(hub: Hub) -> None:
    start = NOW - timedelta(days=5)
    times = [start + timedelta(minutes=place) for place in range(5000)]
    hub.put(NUMBER, *(activity(f"{at:%Y%m%d}", f"{at:%H%M%S}", "I", "AR") for at in reversed(times)))
    found = await ask(hub)
    assert (len(found.scans), found.scans[-1].occurred_at) == (MOST_SCANS, times[-1])


async def test_ten_megabytes_are_no_answer(hub: Hub) -> None:
    hub.put(NUMBER, note="x" * (10 * 1024 * 1024))
    with pytest.raises(AdapterError) as caught:
        await ask(hub)
    assert caught.value.code == "too_large"


async def test_activities_without_a_time_do_not_take_the_others_with_them(hub: Hub) -> None:
    hub.put(NUMBER, activity("20261119", "160000", "I", "AR"), activity("never", "160000", "I", "AR"), {}, {"date": 7})
    found = await ask(hub)
    assert (len(found.scans), found.bad) == (1, 3)


@pytest.mark.parametrize("payload", [None, [], 7, "text", {}, {"trackResponse": None}, {"response": {"errors": []}}])
def test_another_shape_is_unreadable(payload: Any) -> None:
    assert read_answer(NUMBER, payload).problem == UNREADABLE


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["activity", "status", "date", "type", "location", "address", "gmtOffset"]), inner
            )
        ),
    )
)
def test_nothing_that_an_answer_holds_breaks_the_reading(payload: Any) -> None:
    package = {"trackingNumber": NUMBER, "activity": payload, "deliveryDate": payload, "deliveryInformation": payload}
    assert read_answer(NUMBER, {"trackResponse": {"shipment": [{"package": [package, payload]}, payload]}})


# How many UPS lists, written down apart from our tables so that a code taken out of one is noticed.
LISTED = {"EXCEPTIONS": 687, "DELIVERIES": 151 + 2, "MOVEMENTS": 38, "MANIFEST": 4, "UPDATES": 3, "STATUS_CODES": 160}


@pytest.mark.parametrize("table", LISTED)
def test_no_listed_code_is_lost_or_said_twice(table: str) -> None:
    assert len(getattr(vocabulary, table)) == LISTED[table]
    assert len(EXCEPTIONS) == sum(len(codes.split()) for _, codes in SAID)


@pytest.mark.parametrize(
    ("words", "status", "reason"),
    [
        (("D", "FS", "011"), "delivered", None),
        (("D", "2Q", "161"), "available_for_pickup", None),
        (("D", "B0", ""), "returned_to_sender", None),
        (("D", "UJ", "046"), "delivered", None),
        (("I", "OT", "021"), "out_for_delivery", None),
        (("I", "AR", "012"), "delayed", "customs_delay"),
        (("I", "DP", "010"), "in_transit", None),
        (("M", "DP", "003"), "info_received", None),
        (("M", "VP", "007"), "cancelled", None),
        (("X", "48", "022"), "attempt_failed", "consignee_not_available"),
        (("X", "7W", "052"), "delayed", "weather_delay"),
        (("X", "29", "058"), "on_hold", "customs_documentation"),
        (("X", "TK", "046"), "delayed", None),
        (("X", "A8", "050"), "exception", "consignee_incorrect_address"),
        (("X", "", ""), "exception", None),
        (("P", "OR", ""), "picked_up", None),
    ],
)
def test_the_finest_word_decides(words: tuple[str, str, str], status: str, reason: str | None) -> None:
    meaning = meaning_of(code_of(*words))
    assert meaning is not None
    assert (meaning.status, meaning.reason) == (status, reason)


def test_a_word_that_nobody_lists_leaves_what_the_others_say() -> None:
    assert meaning_of(code_of("I", "??", "021")) is None
    assert coarse_meaning_of("I", "??", "021").status == "out_for_delivery"
    assert coarse_meaning_of("D", "??", "999").status == "delivered"
    assert coarse_meaning_of("??", "??", "").status == "unknown"
