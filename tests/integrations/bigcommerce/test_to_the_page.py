"""From a BigCommerce store's API to the order's page: readings, announcements, and what happens to an order later."""

from datetime import timedelta
from email.utils import format_datetime
from typing import Any

from portal.demo.bigcommerce_orders import NEW, STORE, bigcommerce_orders, sent
from portal.intake.fetching import fetch_named
from portal.intake.inbox import keep_delivery
from portal.intake.models import InboxMessage
from portal.integrations.bigcommerce.twin import Window, announcement, create_app
from portal.integrations.bigcommerce.webhooks import read_delivery
from portal.integrations.twins import Fault
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.tracking.queries import find_page
from tests.factories.bigcommerce import TOKEN, refund, shelf_of
from tests.factories.merchants import NOW
from tests.intake.shop_streams import SECRET, apply_all
from tests.intake.shop_twins import connect_twin, reading

MINUTE = timedelta(minutes=1)


async def connect(merchant: MerchantFacts) -> None:
    await connect_twin(merchant, "bigcommerce", STORE, access_token=TOKEN)


async def page(merchant: MerchantFacts, order_id: str) -> dict[str, Any]:
    order = await Order.get(merchant_id=merchant.id, source="bigcommerce", source_id=order_id)
    found = await find_page(merchant.id, order.id)
    assert found is not None
    return found.content


async def test_every_order_of_the_demo_comes_through_an_outage_of_four_hours(other_merchant: MerchantFacts) -> None:
    await connect(other_merchant)
    shelf = shelf_of(*bigcommerce_orders(NOW).values())
    async with reading(create_app(shelf), shelf) as reader:
        for _ in range(6):
            shelf.faults = [Fault.OUTAGE]
            assert (await reader.read(other_merchant)).trouble
            reader.now += 40 * MINUTE
        shelf.put(NEW, sent(shelf.orders[NEW], NOW + 100 * MINUTE))
        # The window that the outage broke off ends where it began; the next one brings what happened meanwhile.
        for _ in range(2):
            assert (await reader.read(other_merchant)).finished
            reader.now += MINUTE
    assert {row.source_id for row in await Order.filter(merchant_id=other_merchant.id)} == set(shelf.orders)
    assert not await InboxMessage.filter(merchant_id=other_merchant.id).exclude(state="applied").exists()
    assert len((await page(other_merchant, NEW))["parcels"]) == 1


async def test_a_store_that_throttles_is_left_alone_and_read_later(other_merchant: MerchantFacts) -> None:
    await connect(other_merchant)
    shelf = shelf_of(*bigcommerce_orders(NOW).values())
    seconds = 0.0
    window = Window(quota=40, milliseconds=30_000, clock=lambda: seconds)
    async with reading(create_app(shelf, window=window), shelf) as reader:
        first = await reader.read(other_merchant)
        assert (first.finished, first.wait, first.trouble) == (False, 30.0, None)
        for _ in range(4):
            seconds += 31
            reader.now += MINUTE
            await reader.read(other_merchant)
    assert await Order.filter(merchant_id=other_merchant.id).count() == len(shelf.orders)


async def test_an_announcement_brings_the_refund_that_it_only_points_at(other_merchant: MerchantFacts) -> None:
    await connect(other_merchant)
    order = bigcommerce_orders(NOW)["48103"]
    shelf = shelf_of(order)
    async with reading(create_app(shelf), shelf) as reader:
        await reader.read(other_merchant)
        given = refund(1, 48103, NOW - MINUTE, amount=20)
        given["items"][0]["item_id"] = order["products"][2]["id"]
        at = format_datetime(NOW - MINUTE)
        shelf.put("48103", {**order, "refunds": [given], "date_modified": at})
        headers, body = announcement(STORE, 48103, SECRET, NOW, "store/order/refund/created")
        await keep_delivery(other_merchant.id, "bigcommerce", read_delivery(headers, body), body, NOW)
        assert await apply_all(other_merchant.id) == ["early"]
        message = await InboxMessage.get(merchant_id=other_merchant.id, topic="store/order/refund/created")
        assert await fetch_named(other_merchant.id, message.id, reader.client, NOW + MINUTE) == "applied"
        await apply_all(other_merchant.id)
    lines = (await page(other_merchant, "48103"))["lines"]
    assert [line["refunded_quantity"] for line in lines] == [0, 0, 1]
    assert len((await page(other_merchant, "48103"))["parcels"]) == 2
