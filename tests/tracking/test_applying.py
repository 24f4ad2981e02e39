"""Scans into parcels: in any order, number and company, before or after the parcel, one page comes out."""

import asyncio
import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.db.setup import transaction
from portal.intake.service import record_order
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.tracking.content import SCANS_SHOWN
from portal.tracking.models import Parcel, StrayScan, TrackingEvent
from portal.tracking.queries import find_page
from portal.tracking.rules import ParcelStatus
from portal.tracking.service import HeardScan, record_scans, refresh_page
from tests.factories.merchants import NOW, make_merchant
from tests.factories.records import line_record, order_record, parcel_record

HANDED_OVER = NOW - timedelta(days=2)
FIRST, SECOND, THIRD = "AAA111222333", "BBB111222333", "CCC111222333"


def scan(number: str, status: str, hours: float, **facts: Any) -> HeardScan:
    return HeardScan(number, ParcelStatus(status), HANDED_OVER + timedelta(hours=hours), **facts)


async def make_order(merchant_id: UUID, *numbers: str, **changes: Any) -> Order:
    parcels = tuple(parcel_record(f"p{place}", tracking_number=number) for place, number in enumerate(numbers, start=1))
    record = order_record(parcels=parcels, lines=(line_record(quantity=9),), **changes)
    await record_order(merchant_id, record, NOW)
    return await Order.get(merchant_id=merchant_id, source_id=record.source_id)


async def shown(merchant_id: UUID, order: Order) -> list[dict[str, Any]]:
    """The parcels on the order's page, without the ids that differ between merchants."""
    page = await find_page(merchant_id, order.id)
    assert page is not None
    return [{**parcel, "id": "", "lines": list(parcel["lines"].values())} for parcel in page.content["parcels"]]


WAY = [
    scan(FIRST, "picked_up", 1, city="Leipzig"),
    scan(FIRST, "in_transit", 9, event_id="a"),
    scan(FIRST, "delivered", 34, event_id="b"),
]


async def test_a_page_changed_by_a_scan_is_the_page_written_anew(merchant: MerchantFacts) -> None:
    order = await make_order(merchant.id, FIRST, SECOND)
    await record_scans(merchant.id, "demo", [*WAY, scan(SECOND, "delayed", 4, reason="weather_delay")], NOW)
    changed = await find_page(merchant.id, order.id)
    async with transaction():
        await refresh_page(merchant.id, order.id)
    anew = await find_page(merchant.id, order.id)
    assert changed
    assert anew
    assert changed.content == anew.content


async def test_one_delivery_moves_many_parcels_of_many_orders(merchant: MerchantFacts) -> None:
    numbers = [f"MANY{place:08}" for place in range(12)]
    orders = [await make_order(merchant.id, number) for number in numbers]
    heard = await record_scans(merchant.id, "demo", [scan(number, "in_transit", 5) for number in numbers], NOW)
    assert (heard.taken, heard.known, heard.strangers) == (12, 0, 0)
    assert {(await shown(merchant.id, order))[0]["status"] for order in orders} == {"in_transit"}


async def test_scans_before_their_parcel_wait_for_it(merchant: MerchantFacts, other_merchant: MerchantFacts) -> None:
    heard = await record_scans(merchant.id, "demo", WAY, NOW)
    early = await make_order(merchant.id, FIRST)
    late = await make_order(other_merchant.id, FIRST)
    await record_scans(other_merchant.id, "demo", WAY, NOW)
    assert heard.strangers == 3
    assert await shown(merchant.id, early) == await shown(other_merchant.id, late)
    assert await StrayScan.filter(merchant_id=merchant.id).count() == 0


async def test_a_stray_waits_once_and_not_for_ever(merchant: MerchantFacts) -> None:
    await record_scans(merchant.id, "demo", WAY * 3, NOW)
    await record_scans(merchant.id, "demo", WAY, NOW)
    assert await StrayScan.filter(merchant_id=merchant.id).count() == 3
    await record_scans(merchant.id, "demo", [scan(SECOND, "delivered", 3)], NOW + timedelta(days=31))
    assert await StrayScan.filter(merchant_id=merchant.id).count() <= 2


async def test_a_number_that_is_used_again_does_not_deliver_the_new_parcel(merchant: MerchantFacts) -> None:
    await record_scans(merchant.id, "demo", [scan(FIRST, "delivered", -24 * 300)], NOW)
    order = await make_order(merchant.id, FIRST)
    heard = await record_scans(
        merchant.id, "demo", [scan(FIRST, "delivered", -24 * 301), scan(FIRST, "picked_up", 2)], NOW
    )
    assert (heard.taken, heard.strangers) == (1, 1)
    assert (await shown(merchant.id, order))[0]["status"] == "picked_up"


@pytest.mark.parametrize("order_of_arrival", ["between", "before", "after"])
async def test_two_parcels_with_one_number_are_told_the_same(merchant: MerchantFacts, order_of_arrival: str) -> None:
    if order_of_arrival == "before":
        await record_scans(merchant.id, "demo", WAY, NOW)
    first = await make_order(merchant.id, FIRST)
    if order_of_arrival == "between":
        await record_scans(merchant.id, "demo", WAY, NOW)
    second = await make_order(merchant.id, FIRST)
    if order_of_arrival == "after":
        await record_scans(merchant.id, "demo", WAY, NOW)
    assert await shown(merchant.id, first) == await shown(merchant.id, second)
    assert (await shown(merchant.id, second))[0]["status"] == "delivered"


async def test_a_number_of_dashes_is_not_the_number_of_parcels_without_one(merchant: MerchantFacts) -> None:
    order = await make_order(merchant.id, "")
    heard = await record_scans(merchant.id, "demo", [scan("-----", "delivered", 3)], NOW)
    assert heard.taken == 0
    assert (await shown(merchant.id, order))[0]["status"] == "info_received"


async def test_five_thousand_events_leave_a_small_page(merchant: MerchantFacts) -> None:
    order = await make_order(merchant.id, FIRST)
    flood = [scan(FIRST, "in_transit", place / 150, event_id=str(place), city="Leipzig") for place in range(5000)]
    random.Random(5).shuffle(flood)
    heard = await record_scans(merchant.id, "demo", flood, NOW)
    parcel = (await shown(merchant.id, order))[0]
    assert (heard.taken, len(parcel["scans"])) == (5000, SCANS_SHOWN)
    assert parcel["status_at"] == (HANDED_OVER + timedelta(hours=4999 / 150)).isoformat()


async def test_deliveries_at_once_lose_no_parcel_from_the_page(merchant: MerchantFacts) -> None:
    order = await make_order(merchant.id, FIRST, SECOND, THIRD)
    deliveries = [
        scan(number, "in_transit", 5 + hour, event_id=str(hour))
        for number in (FIRST, SECOND, THIRD)
        for hour in range(5)
    ]
    random.Random(1).shuffle(deliveries)
    await asyncio.gather(*(record_scans(merchant.id, "demo", [one], NOW) for one in deliveries))
    parcels = await shown(merchant.id, order)
    assert [parcel["status"] for parcel in parcels] == ["in_transit"] * 3
    assert [len(parcel["scans"]) for parcel in parcels] == [6] * 3


async def test_an_order_and_its_scans_at_once_never_miss_each_other(merchant: MerchantFacts) -> None:
    numbers = [f"RACE{place:08}" for place in range(10)]
    orders, *_ = await asyncio.gather(
        asyncio.gather(*(make_order(merchant.id, number) for number in numbers)),
        *(record_scans(merchant.id, "demo", [scan(number, "in_transit", 5)], NOW) for number in numbers),
    )
    assert [(await shown(merchant.id, order))[0]["status"] for order in orders] == ["in_transit"] * 10


async def test_news_that_changes_nothing_does_not_wake_open_pages(merchant: MerchantFacts) -> None:
    order = await make_order(merchant.id, FIRST)
    await record_scans(merchant.id, "demo", WAY, NOW)
    before = await find_page(merchant.id, order.id)
    await record_scans(merchant.id, "demo", WAY, NOW)
    after = await find_page(merchant.id, order.id)
    assert before
    assert after
    assert before.version == after.version


STREAM = st.lists(
    st.builds(
        scan,
        number=st.sampled_from([FIRST, SECOND, THIRD]),
        status=st.sampled_from(ParcelStatus),
        hours=st.integers(0, 40),
        code=st.sampled_from(["", "x", "y"]),
        city=st.sampled_from(["", "Leipzig"]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stream=STREAM, seed=st.randoms(use_true_random=False), parcels_first=st.booleans())
async def test_any_permutation_repetition_and_split_give_one_page(
    open_database: None, stream: list[HeardScan], seed: random.Random, parcels_first: bool
) -> None:
    ours, theirs = await make_merchant(), await make_merchant()
    plain = await make_order(ours.id, FIRST, SECOND, THIRD)
    await record_scans(ours.id, "demo", stream, NOW)
    mixed = stream * 3
    seed.shuffle(mixed)
    cut = seed.randint(0, len(mixed))
    other = await make_order(theirs.id, FIRST, SECOND, THIRD) if parcels_first else None
    await record_scans(theirs.id, "demo", mixed[:cut], NOW)
    other = other or await make_order(theirs.id, FIRST, SECOND, THIRD)
    for one in mixed[cut:]:
        await record_scans(theirs.id, "demo", [one], NOW)
    assert await shown(ours.id, plain) == await shown(theirs.id, other)
    counts = [await TrackingEvent.filter(merchant_id=each.id).count() for each in (ours, theirs)]
    assert counts[0] == counts[1]
    states = [
        await Parcel.filter(merchant_id=each.id)
        .order_by("position")
        .values_list("status", "status_at", "reason", "delivered_at")
        for each in (ours, theirs)
    ]
    assert states[0] == states[1]
