"""Two sources that report one parcel: the page tells each happening once."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from portal.intake.service import record_order
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.tracking.heard import HeardScan
from portal.tracking.models import TrackingEvent
from portal.tracking.queries import find_page
from portal.tracking.repeats import without_echoes
from portal.tracking.rules import ParcelStatus
from portal.tracking.service import record_scans
from tests.factories.merchants import NOW
from tests.factories.records import order_record, parcel_record

NUMBER = "00340434161094042557"
START = NOW - timedelta(days=2)


def row(source: str, status: str, minutes: float, city: str = "", reason: str | None = None) -> dict[str, Any]:
    return {
        "source": source,
        "status": status,
        "reason": reason,
        "city": city,
        "occurred_at": START + timedelta(minutes=minutes),
        "digest": f"{source}{status}{minutes}{city}".encode(),
    }


def told(*rows: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What stays, whatever the order they came in."""
    found = {
        tuple(sorted((one["source"], one["status"], one["city"]) for one in without_echoes(order)))
        for order in permutations(rows)
    }
    assert len(found) == 1
    return list(found.pop())


def test_the_same_scan_from_two_sources_is_told_once() -> None:
    assert told(row("easypost", "delivered", 0, "Berlin"), row("dhl", "delivered", 0.5)) == [
        ("easypost", "delivered", "Berlin")
    ]


def test_a_poorer_word_at_the_same_moment_is_the_same_scan() -> None:
    rows = [row("dhl", "in_transit", 0, "Berlin"), row("easypost", "out_for_delivery", 0)]
    assert told(*rows) == [("easypost", "out_for_delivery", "")]


@pytest.mark.parametrize(
    "second",
    [
        row("dhl", "in_transit", 0, "Leipzig"),
        row("dhl", "in_transit", 30, "Berlin"),
        row("easypost", "in_transit", 3, "Berlin"),
        row("dhl", "delayed", 0, "Berlin"),
    ],
)
def test_what_happens_elsewhere_or_later_is_told_too(second: dict[str, Any]) -> None:
    assert len(told(row("easypost", "in_transit", 0, "Berlin"), second)) == 2 - (second["status"] == "delayed")


def test_two_scans_of_one_hour_stay_two_when_both_sources_tell_both() -> None:
    rows = [row(source, "in_transit", minutes, "Berlin") for source in ("dhl", "ups") for minutes in (0, 4)]
    assert len(told(*rows)) == 2


def test_a_delivery_whose_proof_came_later_is_one_delivery() -> None:
    later = {**row("dhl", "delivered", 0, "Berlin"), "digest": b"with its proof"}
    assert len(without_echoes([row("dhl", "delivered", 0, "Berlin"), later])) == 1


async def test_a_page_heard_from_a_webhook_and_by_asking_tells_each_scan_once(merchant: MerchantFacts) -> None:
    record = order_record(parcels=(parcel_record(tracking_number=NUMBER),))
    await record_order(merchant.id, record, NOW)
    way = [("picked_up", 60), ("in_transit", 400), ("out_for_delivery", 1900), ("delivered", 2100)]
    for source, seconds in (("easypost", 0), ("dhl", 20)):
        scans = [
            HeardScan(NUMBER, ParcelStatus(status), START + timedelta(minutes=minutes, seconds=seconds), code=source)
            for status, minutes in way
        ]
        await record_scans(merchant.id, source, scans, NOW)
    order = await Order.get(merchant_id=merchant.id, source_id=record.source_id)
    page = await find_page(merchant.id, order.id)
    assert page
    said = [scan[0] for scan in page.content["parcels"][0]["scans"]]
    assert [status for status in said if status != "info_received"] == [status for status, _ in reversed(way)]
    assert await TrackingEvent.filter(merchant_id=merchant.id, source__in=["easypost", "dhl"]).count() == 8
