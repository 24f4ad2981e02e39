"""DHL's unified tracking API, asked through its twin: what is read of good answers, and what becomes of bad ones."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.integrations.carriers import LARGEST_ANSWER, MOST_SCANS, OTHERS, REFUSED, UNKNOWN, UNREADABLE
from portal.integrations.dhl.tracking import DhlTracking, read_answer
from portal.integrations.dhl.twin import Depot, create_app, event
from portal.integrations.dhl.vocabulary import DETAILS, MATTERS, STATUSES, code_of, meaning_of
from portal.integrations.ports import AdapterError
from portal.integrations.twins import Fault
from tests.factories.merchants import NOW

NUMBER = "00340434161094042557"
KEY = {"api_key": "k-0123456789", "api_url": "http://127.0.0.1:1"}


@pytest.fixture
def depot() -> Depot:
    return Depot(KEY["api_key"])


async def ask(depot: Depot, number: str = NUMBER, credentials: dict[str, Any] | None = None) -> Any:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(create_app(depot)), timeout=5) as client:
        return (await DhlTracking().track(client, credentials or KEY, [number], NOW))[0]


async def test_a_shipment_is_read_with_its_places_and_the_day_it_comes(depot: Depot) -> None:
    depot.put(
        NUMBER,
        event("2026-11-18T16:14:00", "pre-transit", "The shipment was prepared."),
        event("2026-11-18T19:30:00+01:00", "transit", "Processed in the parcel center.", "Leipzig"),
        event("2026-11-19T07:53:00", "transit", "The shipment has been loaded onto the delivery vehicle.", "Berlin"),
        estimatedTimeOfDelivery="2026-11-19T18:00:00+01:00",
    )
    found = await ask(depot)
    assert [scan.meaning.status for scan in found.scans] == ["info_received", "in_transit", "out_for_delivery"]
    # DHL leaves the zone out where it is the place's own.
    assert found.scans[0].occurred_at == datetime(2026, 11, 18, 15, 14, tzinfo=UTC)
    assert (found.scans[1].city, found.scans[1].country) == ("Leipzig", "DE")
    assert str(found.expected) == "2026-11-19"
    assert found.scans[2].extra["said"] == "The shipment has been loaded onto the delivery vehicle."


async def test_a_delivery_says_who_signed_and_where_the_proof_is(depot: Depot) -> None:
    events = [event("2026-11-19T11:00:00Z", "delivered", "The shipment has been successfully delivered")]
    depot.put(NUMBER, *events)
    before = await ask(depot)
    proof = {
        "timestamp": "2026-11-19T11:00:00Z",
        "signatureUrl": "https://webpod.dhl.com/signature.png",
        "documentUrl": "https://webpod.dhl.com/pod.pdf",
        "signed": {"@type": "Person", "givenName": "Jonas", "familyName": "Weber"},
    }
    depot.put(NUMBER, *events, details={"proofOfDelivery": proof})
    (scan,) = (await ask(depot)).scans
    assert scan.extra["signed_by"] == "Jonas Weber"
    assert (scan.extra["pod_url"], scan.extra["pod_kind"]) == ("https://webpod.dhl.com/signature.png", "signature")
    # A proof that came later is news: the same scan without it was kept already.
    assert scan.event_id != before.scans[0].event_id


@pytest.mark.parametrize(
    "url", ["http://webpod.dhl.com/x", "javascript:alert(1)", "https://x y", "", 7, "https://" + "a" * 2000]
)
async def test_a_proof_that_is_no_https_address_is_left_out(depot: Depot, url: Any) -> None:
    delivered = event("2026-11-19T11:00:00Z", "delivered", "Delivered")
    depot.put(NUMBER, delivered, details={"proofOfDelivery": {"signatureUrl": url}})
    assert "pod_url" not in (await ask(depot)).scans[0].extra


async def test_what_dhl_does_not_know_is_no_fault(depot: Depot) -> None:
    assert (await ask(depot)).problem == UNKNOWN


async def test_an_answer_about_another_parcel_is_not_taken(depot: Depot) -> None:
    depot.put("JJD000390007730129853", event("2026-11-19T11:00:00Z", "delivered", "Delivered"))
    depot.shipments[NUMBER] = depot.shipments["JJD000390007730129853"]
    assert (await ask(depot)).problem == OTHERS
    depot.shipments[NUMBER]["details"] = {"pieceIds": ["JD01", NUMBER]}
    assert (await ask(depot)).problem == ""


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault.OUTAGE, "outage"),
        (Fault.HTML, "outage"),
        (Fault.GARBAGE, "garbage"),
        (Fault.THROTTLED, "throttled"),
        (Fault.UNAUTHORISED, "unauthorised"),
    ],
)
async def test_a_bad_day_has_a_name(depot: Depot, fault: Fault, code: str) -> None:
    depot.faults = [fault]
    with pytest.raises(AdapterError) as caught:
        await ask(depot)
    assert caught.value.code == code
    assert caught.value.retry_after == (120 if fault is Fault.THROTTLED else None)


async def test_ten_megabytes_are_no_answer(depot: Depot) -> None:
    depot.put(NUMBER, event("2026-11-19T11:00:00Z", "transit", "x" * (10 * 1024 * 1024)))
    with pytest.raises(AdapterError) as caught:
        await ask(depot)
    assert caught.value.code == "too_large"
    assert LARGEST_ANSWER < 10 * 1024 * 1024


async def test_of_five_thousand_events_the_newest_are_kept(depot: Depot) -> None:
    start = NOW - timedelta(days=20)
    depot.put(
        NUMBER, *(event((start + timedelta(minutes=place)).isoformat(), "transit", "On") for place in range(5000))
    )
    found = await ask(depot)
    assert len(found.scans) == MOST_SCANS
    assert found.scans[-1].occurred_at == start + timedelta(minutes=4999)


async def test_events_without_a_time_do_not_take_the_others_with_them(depot: Depot) -> None:
    depot.put(NUMBER, event("2026-11-19T11:00:00Z", "transit", "On"), event("soon", "transit"), event("", "transit"))
    depot.shipments[NUMBER]["events"].append("not an event")
    found = await ask(depot)
    assert (len(found.scans), found.bad) == (1, 4)


@pytest.mark.parametrize(
    "payload", [None, [], 7, "text", {}, {"shipments": None}, {"shipments": [7, None]}, {"status": 404}]
)
def test_another_shape_is_told_from_a_shipment(payload: Any) -> None:
    assert read_answer(NUMBER, payload).problem in {UNREADABLE, UNKNOWN}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["shipments", "id", "events", "status", "timestamp", "details", "location"]), inner
            )
        ),
    )
)
def test_nothing_that_an_answer_holds_breaks_the_reading(payload: Any) -> None:
    assert read_answer(
        NUMBER, {"shipments": [{"id": NUMBER, "events": payload, "status": payload, "details": payload}]}
    )


def test_every_documented_status_code_has_a_meaning() -> None:
    assert set(STATUSES) == {"pre-transit", "transit", "delivered", "failure", "unknown"} == set(MATTERS)
    codes = [f"{status}/{name}" for status, names in MATTERS.items() for name in names]
    assert all(meaning_of(code) for code in [*STATUSES, *codes])
    assert [meaning_of(code) for code in ("", "/", "transit/", "transit/brand_new", "lost", "delivered/damaged")] == [
        None
    ] * 6
    assert set(DETAILS) == MATTERS["transit"] | MATTERS["delivered"]


@pytest.mark.parametrize(
    ("status_code", "said", "status", "reason"),
    [
        ("transit", "Arrived at DHL Sort Facility  LEIPZIG - GERMANY", "in_transit", None),
        ("transit", "OUT FOR DELIVERY", "out_for_delivery", None),
        ("transit", "Shipment picked up", "picked_up", None),
        ("transit", "The shipment is ready for pick-up at the PACKSTATION 145", "available_for_pickup", None),
        ("transit", "Clearance event", "delayed", "customs_delay"),
        ("transit", "Clearance processing complete at LEIPZIG", "in_transit", None),
        (
            "transit",
            "Customs clearance status updated. Further clearance documents required",
            "on_hold",
            "customs_documentation",
        ),
        ("transit", "Duties and taxes have been paid", "in_transit", None),
        ("transit", "The shipment is being returned to the sender", "returning", None),
        ("transit", "The shipment was returned to sender", "returned_to_sender", None),
        ("failure", "Delivery attempted; recipient not home", "attempt_failed", "consignee_not_available"),
        ("failure", "Recipient refused delivery", "exception", "consignee_refused"),
        ("failure", "The shipment was damaged and is sent back to the parcel center for repacking", "returning", None),
        ("failure", "Something else", "exception", None),
        ("delivered", "Delivered - Signed for by: DAMAGE CONTROL LTD, delayed", "delivered", None),
        ("delivered", "The shipment was delivered to a neighbour", "delivered", "left_with_neighbour"),
        ("delivered", "Delivered - Signed for by: NEIGHBOURHOOD STORE", "delivered", None),
        ("delivered", "Left at the agreed location", "delivered", "left_in_safe_place"),
        ("transit", "Will be delivered to the preferred location", "in_transit", None),
        ("delivered", "The return shipment has been delivered: returned to shipper", "returned_to_sender", None),
        ("pre-transit", "The shipment is delayed", "info_received", None),
        ("unknown", "", "unknown", None),
        ("brand-new", "Delivered", None, None),
    ],
)
def test_the_title_says_what_five_codes_cannot(
    status_code: str, said: str, status: str | None, reason: str | None
) -> None:
    meaning = meaning_of(code_of(status_code, said))
    assert (meaning.status if meaning else None, meaning.reason if meaning else None) == (status, reason)


@pytest.mark.parametrize(
    ("credentials", "lacks"),
    [
        ({"api_key": "k-0123456789"}, ""),
        ({}, '"api_key" is missing'),
        ({"api_key": 7}, '"api_key" is missing'),
        ({"api_key": "k-0123456789", "api_url": "http://dhl.example"}, '"api_url" has to begin with https://'),
        (KEY, ""),
    ],
)
def test_credentials_are_looked_at_before_they_are_used(credentials: dict[str, Any], lacks: str) -> None:
    assert DhlTracking().missing(credentials) == lacks


async def test_a_number_that_dhl_does_not_take_is_refused_alone(depot: Depot) -> None:
    def answer(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(400, json={"status": 400, "title": "Bad Request"})

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as client:
        (found,) = await DhlTracking().track(client, KEY, ["?"], NOW)
    assert (found.problem, found.scans) == (REFUSED, ())
