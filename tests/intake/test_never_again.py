"""What comes after a person was forgotten, or a shop erased, does not bring anybody back."""

import asyncio
import contextvars
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson

from portal.db.setup import connection, transaction
from portal.intake.connections import connect_shop
from portal.intake.erasing import erase_shop
from portal.intake.fetched import FETCHED
from portal.intake.fetching import fetch_and_keep
from portal.intake.models import InboxMessage, PrivacyRequest, ShopConnection
from portal.intake.redacting import redact_order
from portal.intake.service import record_order
from portal.integrations.bigcommerce import twin
from portal.integrations.shopify.mapping import order_record
from portal.kernel.ids import new_id
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.tracking.forgetting import forget_person
from portal.tracking.models import DeliveryProof, Parcel, StrayScan, TrackingEvent
from portal.tracking.payloads import read_delivery
from portal.tracking.pod import publish_wanted
from portal.tracking.refreshing import hold_pages
from portal.tracking.service import record_scans
from tests.factories.bigcommerce import STORE, TOKEN, bigcommerce_order, shelf_of
from tests.factories.merchants import NOW
from tests.factories.records import order_record as own_record
from tests.factories.records import parcel_record
from tests.intake.shop_streams import ORDER, SHOP, apply_all, hook, packed, told
from tests.intake.shop_twins import connect_twin, reading
from tests.intake.test_applying import keep
from tests.intake.test_privacy import redact, rows_with
from tests.tracking.test_turns import WAITING

NUMBER = "00340434161094042557"
PLACED = "2026-11-10T10:00:00+01:00"


async def forgotten(merchant: MerchantFacts) -> None:
    await keep(merchant, hook("orders/create", told(PLACED)))
    await keep(merchant, hook("customers/redact", redact()))
    await apply_all(merchant.id)


async def carried(merchant: MerchantFacts) -> Order:
    record = own_record(parcels=(parcel_record(tracking_number=NUMBER),))
    await record_order(merchant.id, record, NOW)
    return await Order.get(merchant_id=merchant.id, source_id=record.source_id)


async def redacted(merchant: MerchantFacts, order: Order) -> None:
    async with transaction():
        await redact_order(merchant.id, order, NOW)


async def signed(merchant: MerchantFacts, event_id: str, **changes: Any) -> None:
    scan = {
        "tracking_number": NUMBER, "status": "delivered", "occurred_at": NOW.isoformat(), "id": event_id,
        "signed_by": "Jonas Winter", "pod_url": "https://pod.example/1.jpg", **changes,
    }  # fmt: skip
    scans, refused = read_delivery("demo", orjson.dumps({"events": [scan]}), NOW)
    assert refused == []
    await record_scans(merchant.id, "demo", scans, NOW)


async def test_later_deliveries_of_a_forgotten_order_are_kept_without_a_word(merchant: MerchantFacts) -> None:
    await forgotten(merchant)
    await keep(merchant, hook("orders/updated", told("2026-12-24T10:00:00+01:00")))
    await keep(merchant, hook("fulfillments/create", packed(destination={"name": "Jonas Winter"})))
    assert await apply_all(merchant.id) == ["noted", "noted"]
    assert [await rows_with(text, merchant) for text in ("Winter", "jonas@example.net")] == [[], []]


async def test_what_is_fetched_of_a_forgotten_order_is_not_kept(merchant: MerchantFacts) -> None:
    shelf = shelf_of(bigcommerce_order(101, NOW - timedelta(minutes=10)))
    await connect_twin(merchant, "bigcommerce", STORE, access_token=TOKEN)
    shop = await ShopConnection.get(merchant_id=merchant.id)
    async with reading(twin.create_app(shelf), shelf) as reader:
        assert await fetch_and_keep(reader.client, shop, "101", NOW)
        await apply_all(merchant.id)
        await redacted(merchant, await Order.get(merchant_id=merchant.id))
        assert await fetch_and_keep(reader.client, shop, "101", NOW)
    kept = await InboxMessage.get(merchant_id=merchant.id, topic=FETCHED)
    assert bytes(kept.body) == b"{}"
    assert await apply_all(merchant.id) == ["noted"]


async def test_who_signed_a_forgotten_parcel_later_is_not_kept_nor_pictured(merchant: MerchantFacts) -> None:
    order = await carried(merchant)
    await redacted(merchant, order)
    await signed(merchant, "late")
    event = await TrackingEvent.get(merchant_id=merchant.id, source="demo")
    assert (event.status, event.extra) == ("delivered", None)
    assert (await Parcel.get(merchant_id=merchant.id)).status == "delivered"


async def test_a_picture_named_before_the_redaction_is_not_asked_for_after_it(merchant: MerchantFacts) -> None:
    order = await carried(merchant)
    await signed(merchant, "early")
    await redacted(merchant, order)
    await publish_wanted(NOW)
    assert not await DeliveryProof.exists(merchant_id=merchant.id)


async def test_scans_that_fit_no_parcel_go_with_the_person(merchant: MerchantFacts) -> None:
    order = await carried(merchant)
    await signed(merchant, "long ago", occurred_at=(NOW - timedelta(days=400)).isoformat())
    assert await StrayScan.filter(merchant_id=merchant.id).count() == 1
    async with transaction():
        await forget_person(merchant.id, order.id)
    assert await StrayScan.filter(merchant_id=merchant.id).count() == 0


async def test_an_earlier_request_of_the_same_customer_no_longer_names_them(merchant: MerchantFacts) -> None:
    await keep(merchant, hook("customers/data_request", {**redact(), "orders_requested": [ORDER]}))
    await forgotten(merchant)
    request = await PrivacyRequest.get(merchant_id=merchant.id, kind="data_request")
    assert (request.customer_id, request.order_ids, request.done_at) == ("", [], None)
    assert await rows_with("jonas@example.net", merchant) == []


async def test_what_was_under_way_when_a_shop_was_erased_ends_with_it(merchant: MerchantFacts) -> None:
    await connect_shop(merchant.id, "shopify", SHOP, "s" * 20, {"access_token": "x"}, NOW)
    request = await PrivacyRequest.create(
        id=new_id(), merchant_id=merchant.id, message_id=new_id(), kind="shop_redact", platform="shopify", shop=SHOP,
        order_ids=[], received_at=NOW, due_at=NOW,
    )  # fmt: skip
    await erase_shop(merchant.id, request.id, 0, NOW)
    await keep(merchant, hook("orders/create", told(PLACED)))
    assert await apply_all(merchant.id) == ["refused"]
    assert not await Order.exists(merchant_id=merchant.id)
    assert await rows_with("jonas@example.net", merchant) == []
    await connect_shop(merchant.id, "shopify", SHOP, "s" * 20, {}, NOW)
    await keep(merchant, hook("orders/create", told(PLACED)))
    assert await apply_all(merchant.id) == ["applied"]


async def test_a_reading_under_way_keeps_nothing_of_a_closed_shop(merchant: MerchantFacts) -> None:
    shelf = shelf_of(bigcommerce_order(101, NOW - timedelta(minutes=10)))
    await connect_twin(merchant, "bigcommerce", STORE, access_token=TOKEN)
    shop = await ShopConnection.get(merchant_id=merchant.id)
    await ShopConnection.filter(merchant_id=merchant.id).update(state="closed")
    async with reading(twin.create_app(shelf), shelf) as reader:
        await fetch_and_keep(reader.client, shop, "101", NOW)
    assert not await InboxMessage.exists(merchant_id=merchant.id)


async def test_a_redaction_holds_the_page_before_the_order(merchant: MerchantFacts) -> None:
    await record_order(merchant.id, order_record(told(PLACED)), NOW)
    order = await Order.get(merchant_id=merchant.id)
    newer = replace(order_record(told("2026-11-11T10:00:00+01:00")), note="changed")
    outside = contextvars.copy_context()
    async with transaction():
        await hold_pages(merchant.id, [order.id])
        redaction = asyncio.create_task(redacted(merchant, order), context=outside)
        async with asyncio.timeout(20):
            while not (await connection().execute_query_dict(WAITING))[0]["n"]:
                await asyncio.sleep(0.01)
        # The redaction waits and holds nothing that this needs.
        assert await record_order(merchant.id, newer, NOW) == "updated"
    await redaction
    assert (await Order.get(merchant_id=merchant.id)).email_key == ""
