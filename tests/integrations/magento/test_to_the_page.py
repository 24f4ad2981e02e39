"""From a Magento shop's API to the order's page: readings, announcements, and what the shop does to an order later."""

from datetime import timedelta
from typing import Any

from portal.demo.magento_orders import NEW, SHOP, magento_orders, sent
from portal.intake.fetching import fetch_named
from portal.intake.inbox import keep_delivery
from portal.intake.models import InboxMessage
from portal.integrations.magento.twin import announcement, create_app
from portal.integrations.magento.webhooks import read_delivery
from portal.integrations.twins import Fault
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.tracking.queries import find_page
from tests.factories.magento import TOKEN, shelf_of
from tests.factories.merchants import NOW
from tests.intake.shop_streams import SECRET, apply_all
from tests.intake.shop_twins import connect_twin, reading

MINUTE = timedelta(minutes=1)


async def connect(merchant: MerchantFacts) -> None:
    await connect_twin(merchant, "magento", SHOP, access_token=TOKEN)


async def page(merchant: MerchantFacts, order_id: str) -> dict[str, Any]:
    order = await Order.get(merchant_id=merchant.id, source="magento", source_id=order_id)
    found = await find_page(merchant.id, order.id)
    assert found is not None
    return found.content


async def test_every_order_of_the_demo_comes_through_an_outage_of_four_hours(merchant: MerchantFacts) -> None:
    await connect(merchant)
    shelf = shelf_of(*magento_orders(NOW).values())
    async with reading(create_app(shelf), shelf) as reader:
        for _ in range(6):
            shelf.faults = [Fault.OUTAGE]
            assert (await reader.read(merchant)).trouble
            reader.now += 40 * MINUTE
        shelf.put(NEW, sent(shelf.orders[NEW], NOW + 100 * MINUTE))
        # The window that the outage broke off ends where it began; the next one brings what happened meanwhile.
        for _ in range(2):
            assert (await reader.read(merchant)).finished
            reader.now += MINUTE
    assert {row.source_id for row in await Order.filter(merchant_id=merchant.id)} == set(shelf.orders)
    assert not await InboxMessage.filter(merchant_id=merchant.id).exclude(state="applied").exists()
    assert len((await page(merchant, NEW))["parcels"]) == 1


async def test_a_tracking_number_that_is_added_later_comes_with_the_next_reading(merchant: MerchantFacts) -> None:
    await connect(merchant)
    order = magento_orders(NOW)["70101"]
    track = order["shipments"][0]["tracks"].pop()
    shelf = shelf_of(order)
    async with reading(create_app(shelf), shelf) as reader:
        await reader.read(merchant)
        assert [parcel["number"] for parcel in (await page(merchant, "70101"))["parcels"]] == [""]
        reader.now += 20 * MINUTE
        changed = f"{reader.now - MINUTE:%Y-%m-%d %H:%M:%S}"
        order["shipments"][0] |= {"tracks": [track], "updated_at": changed}
        await reader.read(merchant)
    found = (await page(merchant, "70101"))["parcels"]
    assert [parcel["number"] for parcel in found] == [track["track_number"]]


async def test_an_announcement_without_the_shipments_takes_no_parcel_away(merchant: MerchantFacts) -> None:
    await connect(merchant)
    order = magento_orders(NOW)["70108"]
    shelf = shelf_of(order)
    async with reading(create_app(shelf), shelf) as reader:
        await reader.read(merchant)
        before = await page(merchant, "70108")
        changed = {**order, "updated_at": f"{NOW - MINUTE:%Y-%m-%d %H:%M:%S}", "customer_note": "Bitte klingeln"}
        shelf.put("70108", changed)
        headers, body = announcement(SHOP, changed, SECRET, NOW)
        await keep_delivery(merchant.id, "magento", read_delivery(headers, body), body, NOW)
        assert await apply_all(merchant.id) == ["early"]
        message = await InboxMessage.get(merchant_id=merchant.id, topic="order")
        assert await fetch_named(merchant.id, message.id, reader.client, NOW + MINUTE) == "applied"
        await apply_all(merchant.id)
    assert (await page(merchant, "70108"))["parcels"] == before["parcels"]
    assert (await Order.get(merchant_id=merchant.id)).note == "Bitte klingeln"
