"""One order from everything that is said of it, whatever comes first, twice or late."""

import random

import pytest

from portal.intake.inbox import keep_delivery
from portal.intake.models import InboxMessage
from portal.integrations.deliveries import Delivery
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order, OrderLine
from portal.tracking.models import Parcel
from tests.factories.merchants import NOW, make_merchant
from tests.intake.shop_streams import SHOP, Hook, apply_all, hook, life, packed, state, told


async def keep(merchant: MerchantFacts, one: Hook) -> bool:
    delivery = Delivery(SHOP, one.topic, one.event_id, one.triggered_at)
    return await keep_delivery(merchant.id, "shopify", delivery, one.body, NOW)


async def live(stream: list[Hook], chance: random.Random | None = None) -> object:
    """A merchant's page after a stream; with `chance`, the worker comes at any moment and takes any order."""
    merchant = await make_merchant()
    for one in stream:
        await keep(merchant, one)
        if chance is None or chance.random() < 0.5:
            await apply_all(merchant.id)
    waiting = await InboxMessage.filter(merchant_id=merchant.id, state="waiting")
    (chance or random.Random(0)).shuffle(waiting)
    await apply_all(merchant.id, waiting)
    assert not await InboxMessage.filter(merchant_id=merchant.id, state__in=["waiting", "early", "refused"]).exists()
    return await state(merchant.id)


@pytest.mark.parametrize("seed", range(12))
async def test_shuffled_tripled_and_delayed_the_stream_ends_in_the_same_page(open_database: None, seed: int) -> None:
    stream, chance = life(), random.Random(seed)
    clean = await live(stream)
    mixed = stream * 3
    chance.shuffle(mixed)
    assert await live(mixed, chance) == clean


async def test_the_clean_stream_tells_all_of_it(merchant: MerchantFacts) -> None:
    for one in life():
        await keep(merchant, one)
        await apply_all(merchant.id)
    parcels = {parcel.tracking_number: parcel for parcel in await Parcel.filter(merchant_id=merchant.id)}
    assert {number: parcel.status for number, parcel in parcels.items()} == {
        "AA1": "delivered", "BB2": "out_for_delivery",
    }  # fmt: skip
    first = parcels["AA1"].delivered_at
    assert first is not None
    assert first.isoformat() == "2026-11-12T11:00:00+00:00"
    back = await OrderLine.get(merchant_id=merchant.id, source_id="2")
    assert (back.refunded_quantity, back.refunded) == (1, 3000)


async def test_a_fulfilment_waits_for_its_order(merchant: MerchantFacts) -> None:
    await keep(merchant, hook("fulfillments/create", packed(shipment_status="in_transit")))
    assert await apply_all(merchant.id) == ["early"]
    assert not await Order.filter(merchant_id=merchant.id).exists()
    await keep(merchant, hook("orders/create", told("2026-11-10T10:00:00+01:00")))
    assert await apply_all(merchant.id) == ["applied"]
    assert (await Parcel.get(merchant_id=merchant.id)).status == "in_transit"
    assert not await InboxMessage.filter(merchant_id=merchant.id, state="early").exists()


async def test_a_part_that_does_not_fit_yet_waits_for_the_newer_order(merchant: MerchantFacts) -> None:
    await keep(merchant, hook("orders/create", told("2026-11-10T10:00:00+01:00")))
    await keep(merchant, hook("fulfillments/create", packed(line_items=[{"id": 3, "quantity": 1}])))
    assert await apply_all(merchant.id) == ["applied", "early"]
    assert await Order.filter(merchant_id=merchant.id).count() == 1


async def test_what_cannot_be_read_is_refused_with_its_place(merchant: MerchantFacts) -> None:
    await keep(
        merchant,
        hook("orders/create", {**told("2026-11-10T10:00:00+01:00"), "total_price": "1.00", "total_price_set": None}),
    )
    await keep(merchant, hook("orders/create", [1]))
    await keep(merchant, Hook("orders/create", b'{"id": 1, "id": 2}'))
    await keep(merchant, Hook("orders/create", '{"id": "ü"}'.encode("latin-1")))
    await keep(merchant, Hook("orders/create", b"[" * 5000))
    await keep(merchant, Hook("orders/create", told_cut()))
    assert await apply_all(merchant.id) == ["refused"] * 6
    reasons = (
        await InboxMessage.filter(merchant_id=merchant.id).order_by("received_at", "id").values_list("reason", "path")
    )
    assert all(reason for reason, _ in reasons)
    assert "total_price" in dict(reasons).values()


def told_cut() -> bytes:
    return hook("orders/create", told("2026-11-10T10:00:00+01:00")).body[:200]


async def test_two_events_in_one_second_end_alike_in_both_orders(open_database: None) -> None:
    pair = [hook("orders/updated", told("2026-11-10T10:00:00+01:00", tags=tag)) for tag in ("a", "b")]
    assert await live(pair) == await live(pair[::-1])


async def test_a_replayed_delivery_changes_nothing(merchant: MerchantFacts) -> None:
    from portal.intake.inbox import replay_delivery

    for one in life():
        await keep(merchant, one)
    await apply_all(merchant.id)
    before = await state(merchant.id)
    for message in await InboxMessage.filter(merchant_id=merchant.id):
        assert await replay_delivery(merchant.id, message.id, NOW)
    await apply_all(merchant.id)
    assert await state(merchant.id) == before
