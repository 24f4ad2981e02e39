"""The page of a return stays what it said first, however often it asks anew."""

import re
from html import unescape

import pytest
from starlette.applications import Starlette

from portal.intake.service import record_order
from portal.integrations.records import DiscountShare
from portal.kernel.money import Money
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.policies.service import publish_policy
from tests.factories.browsers import Browser, open_browser
from tests.factories.merchants import NOW
from tests.factories.policies import FIRST_POLICY
from tests.factories.records import delivered_parcel, line_record, order_record

BOOKED = "Your return is booked"


@pytest.fixture
async def order(merchant: MerchantFacts) -> Order:
    """A jacket that has arrived, three caps for 50.00 instead of 57.00, a scarf that stays."""
    await publish_policy(merchant.id, FIRST_POLICY, NOW)
    off = (DiscountShare("Three for 50", Money(700, "EUR")),)
    lines = (
        line_record(),
        line_record("l2", title="Cap", quantity=3, unit_price=Money(1900, "EUR"), discounts=off),
        line_record("l3", title="Scarf", unit_price=Money(2500, "EUR"), final_sale=True),
    )
    record = order_record(lines=lines, parcels=(delivered_parcel(lines=(("l1", 1), ("l2", 3), ("l3", 1))),))
    await record_order(merchant.id, record, NOW)
    return await Order.get(merchant_id=merchant.id, source_id=record.source_id)


@pytest.fixture
async def browser(app: Starlette, merchant: MerchantFacts, order: Order) -> Browser:
    """A browser that has looked the order up and proven it."""
    browser = open_browser(app, merchant)
    await browser.open_order(merchant, order.id, order.number, "10119")
    return browser


async def send(browser: Browser, order: Order) -> str:
    """Send the jacket back; the address of the confirmation."""
    base, line = f"/orders/{order.id}/return", await order.lines.filter(source_id="l1").get()  # type: ignore[attr-defined]  # related manager
    await browser.submit(base, {f"quantity-{line.id}": "1"}, on=base)
    await browser.submit(f"{base}/reasons", {f"reason-{line.id}": "unwanted"}, on=f"{base}/reasons")
    check = await browser.get(f"{base}/check")
    hidden = dict(re.findall(r'name="(csrf_token|draft|stamp)" value="([^"]+)"', check.text))
    sent = await browser.client.post(f"/orders/{order.id}/returns", data=hidden)
    return sent.headers["location"]


async def test_the_confirmation_still_says_so_when_the_label_is_there(browser: Browser, order: Order) -> None:
    first = (await browser.get(await send(browser, order))).text
    live = unescape(re.findall(r'hx-get="([^"]+)"', first)[0])
    assert BOOKED in first
    assert BOOKED in (await browser.get(live.replace("version=", "version=9"))).text


async def test_later_the_answer_is_the_day(browser: Browser, order: Order) -> None:
    confirmation = await send(browser, order)
    shown = (await browser.get(confirmation.removesuffix("/confirmation"))).text
    assert BOOKED not in shown
    assert re.search(r"<h1>Send your parcel by \w+, \d", shown)


async def test_a_line_says_what_was_paid_where_the_list_price_would_promise_more(
    browser: Browser, order: Order
) -> None:
    shown = (await browser.get(f"/orders/{order.id}/return")).text
    assert "You paid €50.00 for 3 pieces" in shown
    assert "€189.00" in shown
    assert "€25.00" not in shown
