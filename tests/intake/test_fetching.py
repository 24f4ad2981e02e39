"""Deliveries that only name an order: it is fetched, once, and loses against nothing that is newer."""

from datetime import timedelta
from uuid import UUID

import pytest

from portal.db.outbox_models import Outbox
from portal.intake.connections import connect_shop
from portal.intake.fetched import SETTLED, event_of, said_by_event
from portal.intake.fetching import fetch_named
from portal.intake.inbox import keep_delivery
from portal.intake.models import InboxMessage
from portal.integrations.bigcommerce import twin
from portal.integrations.bigcommerce.webhooks import read_delivery
from portal.integrations.twins import Fault
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from tests.factories.bigcommerce import STORE, bigcommerce_order, shelf_of
from tests.factories.bigcommerce import TOKEN as STORE_TOKEN
from tests.factories.merchants import NOW
from tests.intake.shop_streams import SECRET, apply_all
from tests.intake.shop_twins import Reader, connect_twin, fresh, reading

CHANGED = NOW - timedelta(minutes=10)


async def name_order(merchant: MerchantFacts, number: int, minutes: int = 0) -> None:
    """A webhook that names an order; sent and received so many minutes after tests live."""
    now = NOW + timedelta(minutes=minutes)
    headers, body = twin.announcement(STORE, number, SECRET, now)
    assert await keep_delivery(merchant.id, "bigcommerce", read_delivery(headers, body), body, now)
    await apply_all(merchant.id)


async def owed(merchant: MerchantFacts) -> list[str]:
    found = await Outbox.filter(merchant_id=merchant.id, topic="inbox.order_named").order_by("created_at", "id")
    return [effect.payload["message_id"] for effect in found]


async def fetch_all(merchant: MerchantFacts, reader: Reader) -> list[str]:
    """What the worker does with each of them."""
    told = [await fetch_named(merchant.id, UUID(each), reader.client, reader.now) for each in await owed(merchant)]
    await apply_all(merchant.id)
    return told


async def states(merchant: MerchantFacts) -> dict[str, list[str]]:
    rows = await InboxMessage.filter(merchant_id=merchant.id).order_by("received_at", "id")
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.topic, []).append(row.state)
    return found


async def test_an_order_that_was_only_named_is_fetched_and_on_its_page(merchant: MerchantFacts) -> None:
    shelf = shelf_of(bigcommerce_order(101, CHANGED))
    await connect_twin(merchant, "bigcommerce", STORE, access_token=STORE_TOKEN)
    async with reading(twin.create_app(shelf), shelf) as reader:
        await name_order(merchant, 101)
        assert await states(merchant) == {"store/order/updated": ["early"]}
        assert await fetch_all(merchant, reader) == ["applied"]
        calls = shelf.calls
        assert await fetch_all(merchant, reader) == ["applied"]
        assert shelf.calls == calls
    assert await states(merchant) == {"store/order/updated": ["applied"], "reconcile/order": ["applied"]}
    assert (await Order.get(merchant_id=merchant.id)).source_id == "101"


async def test_an_order_that_is_named_five_times_at_once_is_fetched_once(merchant: MerchantFacts) -> None:
    shelf = shelf_of(bigcommerce_order(102, CHANGED))
    await connect_twin(merchant, "bigcommerce", STORE, access_token=STORE_TOKEN)
    async with reading(twin.create_app(shelf), shelf) as reader:
        for minute in range(5):
            await name_order(merchant, 102, minute)
        reader.now = NOW + timedelta(minutes=5)
        await fetch_all(merchant, reader)
    found = await states(merchant)
    assert found == {"store/order/updated": ["applied"] * 5, "reconcile/order": ["applied"]}


@pytest.mark.parametrize("fault", [Fault.OUTAGE, Fault.HTML, Fault.UNAUTHORISED])
async def test_a_shop_that_cannot_be_asked_rests_and_the_next_reading_brings_what_was_named(
    merchant: MerchantFacts, fault: Fault
) -> None:
    shelf = shelf_of(bigcommerce_order(103, CHANGED))
    await connect_twin(merchant, "bigcommerce", STORE, access_token=STORE_TOKEN)
    async with reading(twin.create_app(shelf), shelf) as reader:
        shelf.faults = [fault] * 9
        for minute in range(3):
            await name_order(merchant, 103, minute)
        assert await fetch_all(merchant, reader) == ["early"] * 3
        assert (await fresh(merchant)).failures == 1
        shelf.faults = []
        reader.now = NOW + timedelta(minutes=5)
        await reader.read(merchant)
    assert (await states(merchant))["store/order/updated"] == ["applied"] * 3
    assert (await fresh(merchant)).problem == ""


async def test_an_order_that_the_shop_does_not_have_is_noted(merchant: MerchantFacts) -> None:
    await connect_twin(merchant, "bigcommerce", STORE, access_token=STORE_TOKEN)
    shelf = shelf_of()
    async with reading(twin.create_app(shelf), shelf) as reader:
        await name_order(merchant, 104)
        assert await fetch_all(merchant, reader) == ["noted"]
    message = await InboxMessage.get(merchant_id=merchant.id)
    assert message.reason == "the shop has no such order"


async def test_without_credentials_what_was_named_waits(merchant: MerchantFacts) -> None:
    await connect_shop(merchant.id, "bigcommerce", STORE, SECRET, {}, NOW)
    shelf = shelf_of(bigcommerce_order(105, CHANGED))
    async with reading(twin.create_app(shelf), shelf) as reader:
        await name_order(merchant, 105)
        assert await fetch_all(merchant, reader) == ["early"]
    assert shelf.calls == 0


async def test_another_merchants_delivery_is_nobodys(merchant: MerchantFacts, other_merchant: MerchantFacts) -> None:
    await connect_twin(merchant, "bigcommerce", STORE, access_token=STORE_TOKEN)
    shelf = shelf_of(bigcommerce_order(106, CHANGED))
    async with reading(twin.create_app(shelf), shelf) as reader:
        await name_order(merchant, 106)
        message = await InboxMessage.get(merchant_id=merchant.id)
        assert await fetch_named(other_merchant.id, message.id, reader.client, NOW) == "gone"
    assert shelf.calls == 0


def test_an_event_says_which_order_and_when_and_whether_its_second_was_over() -> None:
    settled = event_of("7", CHANGED)
    assert event_of("7", CHANGED, CHANGED + 2 * SETTLED) == settled
    early = event_of("7", CHANGED, CHANGED + SETTLED / 2)
    assert early != settled
    assert {(said_by_event(each).subject, said_by_event(each).at) for each in (early, settled)} == {("7", CHANGED)}
