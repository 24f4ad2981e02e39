"""What changes something wants a proof first, and leads back to where one wanted to go."""

import re
from uuid import uuid4

import pytest
from starlette.applications import Starlette

from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.proofs.queries import is_proven
from portal.proofs.service import revoke
from portal.returns.models import ReturnDraft
from portal.web.models import ShopperSession
from portal.web.sessions import PROOF_LIFETIME
from tests.factories.browsers import Browser, open_browser
from tests.factories.proofs import ask, newest, proof_page, right_code
from tests.proofs.conftest import Clock

EVIL = ["//evil.example", "https://evil.example", "/\\evil", "media", "look_up", "quote", "nothing", "proof_link", ""]


@pytest.mark.parametrize("step", ["return", "return/reasons", "return/check"])
async def test_a_step_of_a_return_leads_to_the_proof_and_back(
    visitor: Browser, merchant: MerchantFacts, order: Order, step: str
) -> None:
    wanted = f"/orders/{order.id}/{step}"
    sent_away = (await visitor.get(wanted)).headers["location"]
    assert sent_away.startswith(f"{proof_page(order)}?then=")
    await visitor.submit(proof_page(order), {"then": sent_away.partition("=")[2]}, on=sent_away)
    form = {"code": await right_code(merchant), "then": (await newest(merchant)).goal}
    page = f"{proof_page(order)}/code"
    assert (await visitor.submit(page, form, on=page)).headers["location"] == wanted


@pytest.mark.parametrize("path", ["return", "return/quote", "return/reasons", "returns"])
async def test_nothing_is_changed_without_a_proof(
    visitor: Browser, merchant: MerchantFacts, order: Order, path: str
) -> None:
    line = await order.lines.all().first()  # type: ignore[attr-defined]  # related manager
    sent = await visitor.submit(f"/orders/{order.id}/{path}", {f"quantity-{line.id}": "1"})
    assert sent.headers["location"].startswith(proof_page(order))
    assert await ReturnDraft.filter(merchant_id=merchant.id).count() == 0


@pytest.mark.parametrize("then", EVIL)
async def test_where_to_go_afterwards_is_a_page_of_ours_or_the_order(
    visitor: Browser, merchant: MerchantFacts, order: Order, then: str
) -> None:
    await ask(visitor, order, then=then, about="../..//evil")
    page = f"{proof_page(order)}/code"
    form = {"code": await right_code(merchant), "then": then, "about": "//evil"}
    assert (await visitor.submit(page, form, on=page)).headers["location"] == f"/orders/{order.id}"


async def test_a_page_with_a_number_is_a_place_to_come_back_to(
    visitor: Browser, merchant: MerchantFacts, order: Order
) -> None:
    await ask(visitor, order, then="return", about="R-1001")
    page = f"{proof_page(order)}/code"
    form = {"code": await right_code(merchant), "then": "return", "about": "R-1001"}
    assert (await visitor.submit(page, form, on=page)).headers["location"] == "/returns/R-1001"


async def test_a_proof_holds_half_a_day_and_looking_up_again_does_not_lengthen_it(
    visitor: Browser, merchant: MerchantFacts, order: Order, clock: Clock
) -> None:
    await visitor.prove(merchant, order.id)
    clock.goes(hours=11)
    await visitor.look_up(order.number, "10119")
    token = visitor.client.cookies["doorstep"]
    assert await is_proven(merchant.id, order.id, token, clock.now)
    clock.now = (await newest(merchant)).asked_at + PROOF_LIFETIME
    assert not await is_proven(merchant.id, order.id, token, clock.now)
    stub = await visitor.get(f"/orders/{order.id}")
    assert (stub.status_code, order.shipping_address["line1"] in stub.text) == (200, False)


async def test_a_proof_is_of_one_order_and_nobody_else_s(
    visitor: Browser, merchant: MerchantFacts, other_merchant: MerchantFacts, order: Order, clock: Clock
) -> None:
    await visitor.prove(merchant, order.id)
    token = visitor.client.cookies["doorstep"]
    assert not await is_proven(merchant.id, uuid4(), token, clock.now)
    assert not await is_proven(other_merchant.id, order.id, token, clock.now)


async def test_an_order_without_an_address_says_so_and_sends_nothing(
    visitor: Browser, merchant: MerchantFacts, order: Order
) -> None:
    await Order.filter(id=order.id).update(customer={**order.customer, "email": ""})
    assert "no email address" in (await visitor.get(proof_page(order))).text
    sent = await visitor.submit(proof_page(order), {})
    assert sent.headers["location"] == proof_page(order)


async def test_a_browser_forgets_when_it_is_told_to(
    moving: Starlette, visitor: Browser, merchant: MerchantFacts, order: Order
) -> None:
    await visitor.prove(merchant, order.id)
    page, token = f"/orders/{order.id}", visitor.client.cookies["doorstep"]
    told = await visitor.submit("/forget", {}, on=page)
    assert (told.headers["location"], "doorstep" in visitor.client.cookies) == ("/?forgotten=1", False)
    thief = open_browser(moving, merchant)
    thief.client.cookies.set("doorstep", token)
    assert (await thief.get(page)).headers["location"] == "/?again=1"


async def test_an_operator_ends_every_session_that_sees_an_order_and_every_code_on_its_way(
    moving: Starlette, visitor: Browser, merchant: MerchantFacts, order: Order
) -> None:
    await visitor.prove(merchant, order.id)
    other = open_browser(moving, merchant)
    await other.look_up(order.number, "10119")
    await ask(other, order)
    await open_browser(moving, merchant).look_up("#FW-0", "10119")
    assert await revoke(merchant.id, order.id) == 2
    assert await ShopperSession.filter(merchant_id=merchant.id).count() == 1
    assert (await visitor.get(f"/orders/{order.id}")).headers["location"] == "/?again=1"


async def test_the_label_and_what_was_written_are_for_the_proven_alone(
    moving: Starlette, visitor: Browser, merchant: MerchantFacts, order: Order
) -> None:
    await visitor.prove(merchant, order.id)
    base, line = f"/orders/{order.id}/return", await order.lines.all().first()  # type: ignore[attr-defined]  # related manager
    await visitor.submit(base, {f"quantity-{line.id}": "1"}, on=base)
    reasons = {f"reason-{line.id}": "other", f"comment-{line.id}": "Zu eng an der Schulter"}
    await visitor.submit(f"{base}/reasons", reasons, on=f"{base}/reasons")
    shown = await visitor.get(f"{base}/check")
    hidden = dict(re.findall(r'name="(csrf_token|draft|stamp)" value="([^"]+)"', shown.text))
    sent = await visitor.client.post(f"/orders/{order.id}/returns", data=hidden)
    page = sent.headers["location"].removesuffix("/confirmation")
    other = open_browser(moving, merchant)
    await other.look_up(order.number, "10119")
    stub = (await other.get(page)).text
    assert "Zu eng" in (await visitor.get(page)).text
    assert "Zu eng" not in stub
    assert f"{proof_page(order)}?then=return&amp;about=R-" in stub
    assert (await other.get(f"{page}/code.svg")).headers["location"].startswith(proof_page(order))


async def test_answering_after_the_proof_was_given_elsewhere_goes_on(
    visitor: Browser, merchant: MerchantFacts, order: Order
) -> None:
    await visitor.prove(merchant, order.id)
    assert (await visitor.get(f"{proof_page(order)}?then=choose")).headers["location"] == f"/orders/{order.id}/return"
    assert (await visitor.get(f"{proof_page(order)}/code")).headers["location"] == proof_page(order)
