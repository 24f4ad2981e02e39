"""A return, walked without JavaScript: which items, why, is everything right, done."""

import asyncio
import re

import pytest
from starlette.applications import Starlette

from portal.intake.service import record_order
from portal.kernel.money import Money
from portal.labels.models import Label
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.policies.service import publish_policy
from portal.returns.models import Return
from tests.factories.browsers import Browser, open_browser
from tests.factories.merchants import NOW
from tests.factories.policies import FIRST_POLICY
from tests.factories.records import delivered_parcel, line_record, order_record

CONTACT = "jonas@example.com"


@pytest.fixture
async def order(merchant: MerchantFacts) -> Order:
    """A delivered order: one jacket, three beanies, one of them final sale."""
    await publish_policy(merchant.id, FIRST_POLICY, NOW)
    lines = (
        line_record(),
        line_record("l2", title="Cairn beanie", sku="FW-BNE-01", quantity=3),
        line_record("l3", title="Outlet scarf", sku="FW-SCF-01", final_sale=True),
    )
    record = order_record(lines=lines, parcels=(delivered_parcel(lines=(("l1", 1), ("l2", 3), ("l3", 1))),))
    await record_order(merchant.id, record, NOW)
    return await Order.get(merchant_id=merchant.id, source_id=record.source_id)


@pytest.fixture
async def browser(app: Starlette, merchant: MerchantFacts, order: Order) -> Browser:
    """A browser that has looked the order up and proven it."""
    browser = open_browser(app, merchant)
    await browser.open_order(merchant, order.id, order.number, CONTACT)
    return browser


async def line_ids(order: Order) -> dict[str, str]:
    return {line.source_id: str(line.id) for line in await order.lines.all()}  # type: ignore[attr-defined]  # related manager


async def walk_to_check(browser: Browser, order: Order, quantities: dict[str, int]) -> dict[str, str]:
    """Steps 1 and 2; returns the check page's hidden fields."""
    ids, base = await line_ids(order), f"/orders/{order.id}/return"
    fields = {f"quantity-{ids[line]}": str(count) for line, count in quantities.items()}
    chosen = await browser.submit(base, fields, on=base)
    assert chosen.headers["location"] == f"{base}/reasons"
    reasons = {f"reason-{ids[line]}": "size_too_small" for line in quantities}
    given = await browser.submit(f"{base}/reasons", reasons, on=f"{base}/reasons")
    assert given.headers["location"] == f"{base}/check"
    check = await browser.get(f"{base}/check")
    assert check.status_code == 200
    return dict(re.findall(r'name="(csrf_token|draft|stamp)" value="([^"]+)"', check.text))


async def test_the_whole_way_ends_with_a_return_and_a_label_to_come(
    browser: Browser, order: Order, merchant: MerchantFacts
) -> None:
    hidden = await walk_to_check(browser, order, {"l1": 1, "l2": 2})
    sent = await browser.client.post(f"/orders/{order.id}/returns", data=hidden)
    assert sent.headers["location"] == "/returns/R-1001/confirmation"
    shown = await browser.get("/returns/R-1001/confirmation")
    assert "R-1001" in shown.text
    made = await Return.get(merchant_id=merchant.id, number="R-1001")
    assert (made.refund, made.state) == (18900 * 3, "approved")
    assert (await Label.get(return_id=made.id)).state == "pending"


async def test_the_same_form_fifty_times_at_once_makes_one_return(
    browser: Browser, order: Order, merchant: MerchantFacts
) -> None:
    hidden = await walk_to_check(browser, order, {"l2": 1})
    answers = await asyncio.gather(
        *(browser.client.post(f"/orders/{order.id}/returns", data=hidden) for _ in range(50))
    )
    assert {answer.headers["location"] for answer in answers} == {"/returns/R-1001/confirmation"}
    assert await Return.filter(merchant_id=merchant.id).count() == 1


async def test_a_final_sale_line_has_its_reason_and_no_field(browser: Browser, order: Order) -> None:
    ids = await line_ids(order)
    shown = await browser.get(f"/orders/{order.id}/return")
    assert "This item was sold as final sale" in shown.text
    assert f'name="quantity-{ids["l3"]}"' not in shown.text


@pytest.mark.parametrize(
    ("quantities", "message"),
    [
        ({}, "Choose at least one item to send back"),
        ({"l2": "4"}, "You can send back 3 of these at the most"),
        ({"l2": "-1"}, "Choose at least one item to send back"),
        ({"l2": "9" * 40}, "You can send back 3 of these at the most"),
        ({"l2": "٣"}, "Choose at least one item to send back"),
        ({"l3": "1"}, "This item was sold as final sale"),
    ],
)
async def test_a_choice_that_cannot_be_is_answered_beside_the_field(
    browser: Browser, order: Order, quantities: dict[str, str], message: str
) -> None:
    ids, base = await line_ids(order), f"/orders/{order.id}/return"
    fields = {f"quantity-{ids[line]}": text for line, text in quantities.items()}
    answer = await browser.submit(base, fields, on=base)
    assert answer.status_code == 422
    assert message in answer.text


async def test_a_missing_reason_and_a_long_comment_are_named(browser: Browser, order: Order) -> None:
    ids, base = await line_ids(order), f"/orders/{order.id}/return"
    await browser.submit(base, {f"quantity-{ids['l1']}": "1"}, on=base)
    answer = await browser.submit(f"{base}/reasons", {f"comment-{ids['l1']}": "x" * 501}, on=f"{base}/reasons")
    assert answer.status_code == 422
    assert "Choose a reason" in answer.text
    assert "Keep it under 500 characters" in answer.text


async def test_units_in_a_return_cannot_be_returned_again(browser: Browser, order: Order) -> None:
    hidden = await walk_to_check(browser, order, {"l2": 2})
    await browser.client.post(f"/orders/{order.id}/returns", data=hidden)
    ids, base = await line_ids(order), f"/orders/{order.id}/return"
    answer = await browser.submit(base, {f"quantity-{ids['l2']}": "2"}, on=base)
    assert answer.status_code == 422
    assert "You can send back 1 of these at the most" in answer.text


async def test_a_quote_that_changed_is_shown_again_and_nothing_is_sent(
    browser: Browser, order: Order, merchant: MerchantFacts
) -> None:
    hidden = await walk_to_check(browser, order, {"l1": 1})
    answer = await browser.client.post(f"/orders/{order.id}/returns", data={**hidden, "stamp": "old"})
    assert answer.status_code == 409
    assert "The amount has changed" in answer.text
    assert await Return.filter(merchant_id=merchant.id).count() == 0


async def test_a_form_without_our_token_changes_nothing(browser: Browser, order: Order) -> None:
    answer = await browser.client.post(f"/orders/{order.id}/returns", data={"draft": "x"})
    assert answer.status_code == 403


async def test_a_stranger_sees_nothing_of_a_return(
    app: Starlette, browser: Browser, order: Order, merchant: MerchantFacts, other_merchant: MerchantFacts
) -> None:
    hidden = await walk_to_check(browser, order, {"l1": 1})
    await browser.client.post(f"/orders/{order.id}/returns", data=hidden)
    for stranger in (open_browser(app, merchant), open_browser(app, other_merchant)):
        stranger.client.cookies.update(
            dict(browser.client.cookies) if stranger.client.base_url != browser.client.base_url else {}
        )
        for path in ("", "/confirmation", "/live", "/label.pdf", "/code.svg"):
            answer = await stranger.get(f"/returns/R-1001{path}")
            assert (answer.status_code, answer.headers["location"]) == (303, "/?again=1")


async def test_many_units_are_typed_instead_of_listed(app: Starlette, merchant: MerchantFacts) -> None:
    await publish_policy(merchant.id, FIRST_POLICY, NOW)
    parcel = delivered_parcel(lines=(("l1", 200_000),))
    record = order_record(lines=(line_record(quantity=200_000, unit_price=Money(100, "EUR")),), parcels=(parcel,))
    await record_order(merchant.id, record, NOW)
    order = await Order.get(merchant_id=merchant.id, source_id=record.source_id)
    browser = open_browser(app, merchant)
    await browser.open_order(merchant, order.id, order.number, CONTACT)
    shown = (await browser.get(f"/orders/{order.id}/return")).text
    assert 'max="200000"' in shown
    assert len(shown) < 20_000


async def test_the_label_of_a_proven_shopper_names_the_sender_in_full(
    browser: Browser, order: Order, merchant: MerchantFacts
) -> None:
    hidden = await walk_to_check(browser, order, {"l1": 1})
    await browser.client.post(f"/orders/{order.id}/returns", data=hidden)
    label = await Label.get(merchant_id=merchant.id)
    assert label.facts["from_lines"][:2] == [order.shipping_address["name"], order.shipping_address["line1"]]
