"""Orders come in once, whatever their number of deliveries."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from portal.intake.service import record_order
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.orders.queries import find_order_by_contact, list_order_lines
from portal.tracking.queries import find_page
from tests.factories.merchants import NOW
from tests.factories.records import delivered_parcel, line_record, order_record


async def test_a_new_order_has_its_lines_parcels_and_page(
    merchant: MerchantFacts,
) -> None:
    record = order_record(lines=(line_record(), line_record("l2", title="Beanie", quantity=2)))
    assert await record_order(merchant.id, record, NOW) == "created"
    order = await Order.get(merchant_id=merchant.id, source_id=record.source_id)
    page = await find_page(merchant.id, order.id)
    assert page is not None
    assert [line["title"] for line in page.content["lines"]] == [
        "Ridge shell jacket",
        "Beanie",
    ]
    assert page.content["parcels"][0]["status"] == "info_received"


async def test_the_same_order_twice_changes_nothing(merchant: MerchantFacts) -> None:
    record = order_record()
    await record_order(merchant.id, record, NOW)
    order = await Order.get(merchant_id=merchant.id, source_id=record.source_id)
    before = await find_page(merchant.id, order.id)
    assert await record_order(merchant.id, record, NOW + timedelta(days=1)) == "unchanged"
    assert await find_page(merchant.id, order.id) == before


async def test_a_newer_word_updates_and_an_older_one_does_not(
    merchant: MerchantFacts,
) -> None:
    record = order_record()
    await record_order(merchant.id, record, NOW)
    newer = replace(
        record,
        parcels=(delivered_parcel(source_id="p1"),),
        updated_at=record.updated_at + timedelta(hours=1),
    )
    assert await record_order(merchant.id, newer, NOW) == "updated"
    assert await record_order(merchant.id, replace(record, note="late"), NOW) == "outdated"
    order = await Order.get(merchant_id=merchant.id, source_id=record.source_id)
    page = await find_page(merchant.id, order.id)
    assert page is not None
    assert [parcel["status"] for parcel in page.content["parcels"]] == ["delivered"]


async def test_fifty_deliveries_at_once_make_one_order(merchant: MerchantFacts) -> None:
    record = order_record()
    outcomes = await asyncio.gather(*(record_order(merchant.id, record, NOW) for _ in range(50)))
    assert sorted(set(outcomes)) == ["created", "unchanged"]
    assert outcomes.count("created") == 1


async def test_lookup_tolerates_how_people_type(merchant: MerchantFacts, other_merchant: MerchantFacts) -> None:
    record = order_record()
    await record_order(merchant.id, record, NOW)
    order = await Order.get(merchant_id=merchant.id, source_id=record.source_id)
    typed = f"  # {record.number.lower().lstrip('#')} "
    assert await find_order_by_contact(merchant.id, typed, " JONAS@example.com") == order.id
    assert await find_order_by_contact(merchant.id, typed, "101 19") == order.id
    assert await find_order_by_contact(merchant.id, typed, "99999") is None
    assert await find_order_by_contact(merchant.id, typed, "") is None
    assert await find_order_by_contact(other_merchant.id, typed, "10119") is None
    assert await list_order_lines(other_merchant.id, order.id) == []


async def test_a_corrected_number_is_another_parcel(merchant: MerchantFacts) -> None:
    record = order_record(parcels=(delivered_parcel(tracking_number="JD000000000000000001"),))
    await record_order(merchant.id, record, NOW)
    corrected = replace(record.parcels[0], tracking_number="JD000000000000000002", status=None, delivered_at=None)
    newer = replace(record, parcels=(corrected,), updated_at=record.updated_at + timedelta(hours=1))
    await record_order(merchant.id, newer, NOW)
    order = await Order.get(merchant_id=merchant.id, source_id=record.source_id)
    page = await find_page(merchant.id, order.id)
    assert page is not None
    assert [(parcel["number"][-1], parcel["status"]) for parcel in page.content["parcels"]] == [("2", "info_received")]


async def test_a_parcel_that_the_shop_no_longer_names_is_gone_from_the_page(merchant: MerchantFacts) -> None:
    record = order_record(parcels=(delivered_parcel(), delivered_parcel(source_id="p2")))
    await record_order(merchant.id, record, NOW)
    newer = replace(record, parcels=record.parcels[:1], updated_at=record.updated_at + timedelta(hours=1))
    await record_order(merchant.id, newer, NOW)
    order = await Order.get(merchant_id=merchant.id, source_id=record.source_id)
    page = await find_page(merchant.id, order.id)
    assert page is not None
    assert len(page.content["parcels"]) == 1
