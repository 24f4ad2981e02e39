"""Showing that an order is one's own: by the code, by the link, once, in one browser."""

import pytest
from starlette.applications import Starlette

from portal.intake.service import record_order
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from tests.factories.browsers import Browser, open_browser
from tests.factories.merchants import NOW
from tests.factories.records import order_record


@pytest.fixture
async def order(merchant: MerchantFacts) -> Order:
    record = order_record()
    await record_order(merchant.id, record, NOW)
    return await Order.get(merchant_id=merchant.id, source_id=record.source_id)


@pytest.fixture
def browser(app: Starlette, merchant: MerchantFacts) -> Browser:
    return open_browser(app, merchant)


async def test_a_code_opens_the_order_and_the_cookie_before_it_is_dead(
    app: Starlette, browser: Browser, merchant: MerchantFacts, order: Order
) -> None:
    await browser.look_up(order.number, "10119")
    before = browser.client.cookies["doorstep"]
    proven = await browser.prove(merchant, order.id)
    assert proven.headers["location"] == f"/orders/{order.id}"
    other = open_browser(app, merchant)
    other.client.cookies.set("doorstep", before)
    assert (await other.get(f"/orders/{order.id}")).headers["location"] == "/?again=1"
