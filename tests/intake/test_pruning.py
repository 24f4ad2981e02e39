"""Old deliveries go, except those that the next word about their order is put together with."""

from datetime import timedelta

from portal.intake.inbox import _PARTS, prune_deliveries, replay_delivery
from portal.intake.models import InboxMessage
from portal.integrations import deliveries
from portal.integrations.shopify.webhooks import said
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.tracking.models import Parcel
from tests.factories.merchants import NOW
from tests.intake.shop_streams import apply_all, hook, life, packed, told
from tests.intake.test_applying import keep

LATER = NOW + timedelta(days=31)
PLACED = "2026-11-10T10:00:00+01:00"


async def topics(merchant: MerchantFacts) -> list[str]:
    return [row.topic for row in await InboxMessage.filter(merchant_id=merchant.id).order_by("version")]


async def test_a_fulfilment_after_months_still_finds_its_order(merchant: MerchantFacts) -> None:
    await keep(merchant, hook("orders/create", told(PLACED)))
    await apply_all(merchant.id)
    assert await prune_deliveries(merchant.id, LATER) == 0
    await keep(merchant, hook("fulfillments/create", packed(shipment_status="in_transit")))
    assert await apply_all(merchant.id) == ["applied"]
    assert await Parcel.filter(merchant_id=merchant.id).count() == 1


async def test_a_part_newer_than_its_order_stays_so_that_its_parcel_lives(merchant: MerchantFacts) -> None:
    await keep(merchant, hook("orders/create", told(PLACED)))
    await keep(merchant, hook("fulfillments/create", packed(shipment_status="in_transit")))
    await apply_all(merchant.id)
    await InboxMessage.filter(merchant_id=merchant.id, topic="fulfillments/create").update(
        received_at=NOW - timedelta(days=2)
    )
    assert await prune_deliveries(merchant.id, LATER - timedelta(days=2)) == 0
    whole = await InboxMessage.get(merchant_id=merchant.id, topic="orders/create")
    await replay_delivery(merchant.id, whole.id, NOW)
    await apply_all(merchant.id)
    assert (await Parcel.get(merchant_id=merchant.id)).cancelled is False


async def test_what_a_newer_whole_order_has_overtaken_goes(merchant: MerchantFacts) -> None:
    for one in life():
        await keep(merchant, one)
    await apply_all(merchant.id)
    await prune_deliveries(merchant.id, LATER)
    assert sorted(await topics(merchant)) == ["fulfillments/update", "orders/updated", "refunds/create"]


async def test_what_waited_for_an_order_that_never_came_goes(merchant: MerchantFacts) -> None:
    await keep(merchant, hook("fulfillments/create", packed()))
    assert await apply_all(merchant.id) == ["early"]
    assert await prune_deliveries(merchant.id, LATER) == 1


async def test_nothing_is_kept_for_an_order_that_we_no_longer_have(merchant: MerchantFacts) -> None:
    await keep(merchant, hook("orders/create", told(PLACED)))
    await apply_all(merchant.id)
    await Order.filter(merchant_id=merchant.id).update(source_id="another")
    assert await prune_deliveries(merchant.id, LATER) == 1


def test_the_topics_of_parts_are_those_that_tell_parts() -> None:
    kinds = {topic: said(topic, {"id": 1, "order_id": 1, "updated_at": PLACED}).kind for topic in _PARTS}
    assert set(kinds.values()) == {deliveries.FULFILMENT, deliveries.REFUND}
