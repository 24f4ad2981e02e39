"""Six digits: once, for ten minutes, five tries, in the browser that asked."""

import asyncio
import re

import pytest
from starlette.applications import Starlette

from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.proofs.models import Proof
from portal.web.models import ShopperSession
from tests.factories.browsers import Browser, open_browser
from tests.factories.proofs import answer, ask, newest, proof_page, right_code, wrong_code
from tests.proofs.conftest import Clock

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


async def test_the_right_code_opens_the_order_and_the_cookie_before_it_is_dead(
    moving: Starlette, visitor: Browser, merchant: MerchantFacts, order: Order
) -> None:
    before = visitor.client.cookies["doorstep"]
    await ask(visitor, order)
    opened = await answer(visitor, order, await right_code(merchant))
    assert opened.headers["location"] == f"/orders/{order.id}"
    thief = open_browser(moving, merchant)
    thief.client.cookies.set("doorstep", before)
    assert (await thief.get(f"/orders/{order.id}")).headers["location"] == "/?again=1"


async def test_name_and_address_are_for_the_proven_alone(
    visitor: Browser, merchant: MerchantFacts, order: Order
) -> None:
    stub = (await visitor.get(f"/orders/{order.id}")).text
    await visitor.prove(merchant, order.id)
    whole = (await visitor.get(f"/orders/{order.id}")).text
    street, family = order.shipping_address["line1"], order.shipping_address["name"].split()[-1]
    assert street not in stub
    assert family not in stub
    assert street in whole
    assert family in whole


async def test_the_page_says_where_the_mail_goes_and_no_more(visitor: Browser, order: Order) -> None:
    shown = (await visitor.get(proof_page(order))).text
    assert "j•••@e•••.com" in shown
    assert "jonas@example.com" not in shown


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "{1} {2}", "{1}-{2}", "{arabic}"])
async def test_a_code_is_read_however_it_is_typed(
    visitor: Browser, merchant: MerchantFacts, order: Order, typed: str
) -> None:
    await ask(visitor, order)
    code = await right_code(merchant)
    arabic = code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    sent = await answer(visitor, order, typed.format(code, code[:3], code[3:], arabic=arabic))
    assert sent.status_code == 303


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "12345a", "１２３４５", "1e5000"])
async def test_what_is_no_code_costs_no_try(
    visitor: Browser, merchant: MerchantFacts, order: Order, typed: str
) -> None:
    await ask(visitor, order)
    sent = await answer(visitor, order, typed)
    assert (sent.status_code, (await newest(merchant)).tries) == (422, 0)
    assert 'href="#code"' in sent.text


async def test_after_five_wrong_tries_the_right_code_is_no_use(
    visitor: Browser, merchant: MerchantFacts, order: Order
) -> None:
    await ask(visitor, order)
    wrong = [await answer(visitor, order, await wrong_code(merchant)) for _ in range(5)]
    assert "4 more times" in wrong[0].text
    assert "no longer works" in wrong[4].text
    assert "no longer works" in (await answer(visitor, order, await right_code(merchant))).text


async def test_a_code_that_is_used_up_is_no_code_on_its_way(
    visitor: Browser, merchant: MerchantFacts, order: Order
) -> None:
    await ask(visitor, order)
    page = f"{proof_page(order)}/code"
    assert "on their way" in (await visitor.get(page)).text
    wrong = [await answer(visitor, order, await wrong_code(merchant)) for _ in range(5)]
    for shown in (wrong[4].text, (await visitor.get(f"{page}?early=1")).text):
        assert "on their way" not in shown
        assert "on its way" not in shown
    assert (await ask(visitor, order)).headers["location"] == page
    assert (await answer(visitor, order, await right_code(merchant))).headers["location"] == f"/orders/{order.id}"


async def test_a_code_is_too_old_after_ten_minutes(
    visitor: Browser, merchant: MerchantFacts, order: Order, clock: Clock
) -> None:
    await ask(visitor, order)
    clock.goes(minutes=9, seconds=59)
    assert "more times" in (await answer(visitor, order, await wrong_code(merchant))).text
    clock.goes(seconds=1)
    assert "no longer works" in (await answer(visitor, order, await right_code(merchant))).text


async def test_asking_again_ends_the_code_before_and_lengthens_nothing(
    visitor: Browser, merchant: MerchantFacts, order: Order, clock: Clock
) -> None:
    await ask(visitor, order)
    first, old = await newest(merchant), await right_code(merchant)
    clock.goes(minutes=1)
    await ask(visitor, order)
    again = await Proof.get(id=first.id)
    assert (again.expires_at, again.ended_at) == (first.expires_at, clock.now)
    assert "not right" in (await answer(visitor, order, old)).text


async def test_asking_again_at_once_sends_nothing_and_the_code_stays_good(
    visitor: Browser, merchant: MerchantFacts, order: Order
) -> None:
    await ask(visitor, order)
    again = await ask(visitor, order)
    assert again.headers["location"].endswith("/proof/code?early=1")
    assert await Proof.filter(merchant_id=merchant.id).count() == 1
    assert (await answer(visitor, order, await right_code(merchant))).status_code == 303


async def test_a_code_works_once(visitor: Browser, merchant: MerchantFacts, order: Order, clock: Clock) -> None:
    await ask(visitor, order)
    page = f"{proof_page(order)}/code"
    token = TOKEN.search((await visitor.get(page)).text)
    assert token is not None
    form = {"csrf_token": token[1], "code": await right_code(merchant)}
    assert (await visitor.client.post(page, data=form)).status_code == 303
    assert (await visitor.client.post(page, data=form)).status_code == 422
    clock.goes(minutes=1)
    assert (await visitor.client.post(page, data=form)).status_code == 422


async def test_a_double_click_whose_first_answer_is_lost_still_opens_the_order(
    visitor: Browser, merchant: MerchantFacts, order: Order, clock: Clock
) -> None:
    await ask(visitor, order)
    page, before = f"{proof_page(order)}/code", visitor.client.cookies["doorstep"]
    token = TOKEN.search((await visitor.get(page)).text)
    assert token is not None
    form = {"csrf_token": token[1], "code": await right_code(merchant)}
    await visitor.client.post(page, data=form)
    visitor.client.cookies.set("doorstep", before, domain=f"{merchant.slug}.localhost")
    visitor.client.cookies.delete("doorstep", domain=f"{merchant.slug}.localhost")
    cookie = f"doorstep={before}; doorstep-form={visitor.client.cookies['doorstep-form']}"
    second = await visitor.client.post(page, data=form, headers={"cookie": cookie})
    assert (second.status_code, second.headers["location"]) == (303, f"/orders/{order.id}")
    clock.goes(minutes=1)
    late = await visitor.client.post(page, data=form, headers={"cookie": cookie})
    assert late.headers["location"] == "/?again=1"


async def test_fifty_right_answers_at_once_unlock_one_session(
    visitor: Browser, merchant: MerchantFacts, order: Order
) -> None:
    await ask(visitor, order)
    page = f"{proof_page(order)}/code"
    token = TOKEN.search((await visitor.get(page)).text)
    assert token is not None
    form = {"csrf_token": token[1], "code": await right_code(merchant)}
    cookie = "; ".join(f"{one.name}={one.value}" for one in visitor.client.cookies.jar)
    answers = await asyncio.gather(
        *(visitor.client.post(page, data=form, headers={"cookie": cookie}) for _ in range(50))
    )
    sessions = await ShopperSession.filter(merchant_id=merchant.id)
    assert {one.status_code for one in answers} <= {303, 422, 429}
    assert [list(one.proven) for one in sessions] == [[str(order.id)]]
    assert await Proof.filter(merchant_id=merchant.id, used_at__not_isnull=True).count() == 1


async def test_the_code_is_no_use_in_another_browser(
    moving: Starlette, visitor: Browser, merchant: MerchantFacts, order: Order
) -> None:
    await ask(visitor, order)
    code = await right_code(merchant)
    other = open_browser(moving, merchant)
    await other.look_up(order.number, "10119")
    await ask(other, order)
    assert "not right" in (await answer(other, order, code)).text
    assert (await answer(visitor, order, code)).status_code == 303


async def test_somebody_else_s_asking_leaves_the_shopper_s_code_alone(
    moving: Starlette, visitor: Browser, merchant: MerchantFacts, order: Order
) -> None:
    await ask(visitor, order)
    code = await right_code(merchant)
    other = open_browser(moving, merchant)
    await other.look_up(order.number, "10119")
    await ask(other, order)
    for _ in range(5):
        await answer(other, order, "000000")
    assert (await answer(visitor, order, code)).status_code == 303


async def test_an_order_that_was_not_looked_up_has_no_proof_page(
    browser: Browser, merchant: MerchantFacts, order: Order
) -> None:
    for path in (proof_page(order), f"{proof_page(order)}/code"):
        assert (await browser.get(path)).headers["location"] == "/?again=1"
        assert (await browser.submit(path, {"code": "000000"})).headers["location"] == "/?again=1"
    assert await Proof.filter(merchant_id=merchant.id).count() == 0


async def test_a_form_from_another_site_sends_and_proves_nothing(
    visitor: Browser, merchant: MerchantFacts, order: Order
) -> None:
    foreign = {"headers": {"sec-fetch-site": "cross-site"}}
    page = proof_page(order)
    assert (await visitor.submit(page, {}, on=page, **foreign)).status_code == 403
    await ask(visitor, order)
    assert (await answer(visitor, order, await right_code(merchant), **foreign)).status_code == 403
    assert (await ShopperSession.get(merchant_id=merchant.id)).proven == {}


async def test_mails_about_one_order_are_limited_whoever_asks(
    moving: Starlette, merchant: MerchantFacts, order: Order, clock: Clock
) -> None:
    statuses = []
    for _ in range(4):
        browser = open_browser(moving, merchant)
        await browser.look_up(order.number, "10119")
        statuses.append((await ask(browser, order)).status_code)
    assert statuses == [303, 303, 303, 429]
