"""While somebody guesses at an order its shopper still gets in, by mail; nobody learns whether there is an order."""

import re
import statistics
import time

import pytest
from httpx2 import ASGITransport, AsyncClient
from starlette.applications import Starlette

from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.proofs.models import Proof
from portal.web.models import ShopperSession
from tests.factories.browsers import Browser, open_browser
from tests.factories.proofs import right_code, wrong_code
from tests.proofs.conftest import EMAIL, Clock

CHANGING = re.compile(r'value="[\w-]{60,}"')
"""Masked form tokens: fresh on every page, for everyone."""
ASK, ENTER = "/lookup/code", "/lookup/code/enter"


async def ask(browser: Browser, number: str, email: str) -> list[object]:
    """Ask by mail and type nonsense: everything that an onlooker sees, status and text."""
    sent = await browser.submit(ASK, {"number": number, "email": email}, on=ASK)
    seen: list[object] = [sent.status_code, sorted(sent.headers), sent.headers.get("location"), sent.content]
    page = await browser.get(ENTER)
    wrong = await browser.submit(ENTER, {"code": "000000"}, on=ENTER)
    return [*seen, page.status_code, CHANGING.sub("", page.text), wrong.status_code, CHANGING.sub("", wrong.text)]


async def test_a_shopper_gets_in_while_a_guesser_uses_up_the_tries(
    moving: Starlette, merchant: MerchantFacts, order: Order
) -> None:
    guesser, shopper = open_browser(moving, merchant), open_browser(moving, merchant)
    guesses = [{"number": order.number, "contact": f"{guess:05}"} for guess in range(12)]
    answers = [await guesser.submit("/lookup", guess) for guess in guesses]
    locked = await shopper.submit("/lookup", {"number": order.number, "contact": EMAIL})
    assert (answers[-1].status_code, locked.status_code) == (429, 429)
    assert 'action="/lookup/code"' in locked.text
    await shopper.submit(ASK, {"number": order.number, "email": f" {EMAIL.upper()} "}, on=ASK)
    opened = await shopper.submit(ENTER, {"code": await right_code(merchant)}, on=ENTER)
    assert opened.headers["location"] == f"/orders/{order.id}"
    assert order.shipping_address["line1"] in (await shopper.get(opened.headers["location"])).text


async def test_hit_and_miss_answer_alike_at_every_step(
    moving: Starlette, merchant: MerchantFacts, other_merchant: MerchantFacts, order: Order
) -> None:
    hit = await ask(open_browser(moving, merchant), order.number, EMAIL)
    wrong_email = await ask(open_browser(moving, merchant), order.number, "nobody@example.com")
    no_order = await ask(open_browser(moving, merchant), "#FW-0", EMAIL)
    assert hit == wrong_email == no_order


async def test_hit_and_miss_do_the_same_work(moving: Starlette, merchant: MerchantFacts, order: Order) -> None:
    """Interleaved, by the median; each with its own visitor's network and address, so that no limit is met."""
    spent: dict[str, list[float]] = {EMAIL: [], "nobody@example.com": []}
    for _ in range(3):
        for email, times in spent.items():
            browser = open_browser(moving, merchant)
            await browser.get(ASK)
            start = time.perf_counter()
            await browser.submit(ASK, {"number": order.number, "email": email}, on=ASK)
            times.append(time.perf_counter() - start)
    rows = await Proof.filter(merchant_id=merchant.id)
    assert sorted(row.order_id is None for row in rows) == [False] * 3 + [True] * 3
    hit, miss = (statistics.median(times) for times in spent.values())
    assert 0.3 < hit / miss < 3


async def test_the_postal_code_opens_nothing_here(moving: Starlette, merchant: MerchantFacts, order: Order) -> None:
    sent = await open_browser(moving, merchant).submit(ASK, {"number": order.number, "email": "10119"}, on=ASK)
    assert sent.status_code == 422
    assert await Proof.filter(merchant_id=merchant.id).count() == 0


async def test_the_door_cannot_be_used_to_flood_a_mailbox_nor_to_guess(
    moving: Starlette, merchant: MerchantFacts, order: Order
) -> None:
    browser = open_browser(moving, merchant)
    asked = [await browser.submit(ASK, {"number": order.number, "email": EMAIL}, on=ASK) for _ in range(5)]
    assert [one.status_code for one in asked] == [303, 303, 303, 429, 429]
    tried = [await browser.submit(ENTER, {"code": await wrong_code(merchant)}, on=ENTER) for _ in range(6)]
    assert {one.status_code for one in tried} == {422}
    assert "no longer works" in (await browser.submit(ENTER, {"code": await right_code(merchant)}, on=ENTER)).text


async def test_guessing_at_other_addresses_leaves_the_shopper_s_mails_alone(
    moving: Starlette, merchant: MerchantFacts, order: Order
) -> None:
    for guess in range(6):
        email = f"guess{guess}@example.com"
        await open_browser(moving, merchant).submit(ASK, {"number": order.number, "email": email}, on=ASK)
    sent = await open_browser(moving, merchant).submit(ASK, {"number": order.number, "email": EMAIL}, on=ASK)
    assert sent.status_code == 303
    assert await Proof.filter(merchant_id=merchant.id, order_id=order.id).count() == 1


async def test_guesses_give_no_byte_of_the_person(
    moving: Starlette, merchant: MerchantFacts, order: Order, clock: Clock
) -> None:
    """Sixty browsers, three hours of patience."""
    name, street = order.shipping_address["name"].split()[-1], order.shipping_address["line1"]
    said = ""
    for guess in range(60):
        browser = open_browser(moving, merchant)
        answer = await browser.submit("/lookup", {"number": order.number, "contact": f"{guess:05}"})
        said += answer.text + (await browser.get("/lookup/result")).text
        said += (await browser.submit(ENTER, {"code": f"{guess:06}"})).text
        clock.goes(minutes=3)
    assert name not in said
    assert street not in said
    assert await ShopperSession.filter(merchant_id=merchant.id).exclude(proven={}).count() == 0


def at(app: Starlette, merchant: MerchantFacts, network: str) -> Browser:
    """A browser in a network of its own."""
    transport = ASGITransport(app=app, raise_app_exceptions=False, client=(network, 4000))
    return Browser(AsyncClient(transport=transport, base_url=f"http://{merchant.slug}.localhost"))


async def asked_from(app: Starlette, merchant: MerchantFacts, number: str, email: str, networks: int) -> list[int]:
    """Every network asks until it may not any more."""
    answers = []
    for network in range(networks):
        browser = at(app, merchant, f"203.0.113.{network}")
        for _ in range(4):
            answers.append((await browser.submit(ASK, {"number": number, "email": email}, on=ASK)).status_code)
    return answers


async def test_two_networks_that_ask_and_ask_leave_the_shopper_a_code_at_both_doors(
    moving: Starlette, merchant: MerchantFacts, order: Order
) -> None:
    assert await asked_from(moving, merchant, order.number, EMAIL, 2) == [303, 303, 303, 429] * 2
    by_mail, looked_up = at(moving, merchant, "192.0.2.77"), at(moving, merchant, "192.0.2.78")
    sent = await by_mail.submit(ASK, {"number": order.number, "email": EMAIL}, on=ASK)
    assert (sent.status_code, await Proof.filter(merchant_id=merchant.id).count()) == (303, 7)
    await looked_up.look_up(order.number, "10119")
    page = f"/orders/{order.id}/proof"
    assert (await looked_up.submit(page, {}, on=page)).headers["location"] == f"{page}/code"


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.com"])
async def test_when_others_have_used_up_the_mails_the_code_on_its_way_counts(
    moving: Starlette, merchant: MerchantFacts, order: Order, email: str
) -> None:
    shopper, form = at(moving, merchant, "192.0.2.77"), {"number": order.number, "email": email}
    await shopper.submit(ASK, form, on=ASK)
    await asked_from(moving, merchant, order.number, email, 3)
    before = await Proof.filter(merchant_id=merchant.id).count()
    again = await shopper.submit(ASK, form, on=ASK)
    assert (again.status_code, again.headers["location"]) == (303, f"{ENTER}?earlier=1")
    assert "still works" in (await shopper.get(again.headers["location"])).text
    assert await Proof.filter(merchant_id=merchant.id).count() == before
    assert (await at(moving, merchant, "192.0.2.78").submit(ASK, form, on=ASK)).status_code == 429


async def test_the_code_on_its_way_counts_at_the_order_s_door_too(
    moving: Starlette, merchant: MerchantFacts, order: Order, clock: Clock
) -> None:
    shopper, page = at(moving, merchant, "192.0.2.77"), f"/orders/{order.id}/proof"
    await shopper.look_up(order.number, "10119")
    await shopper.submit(page, {}, on=page)
    code = await right_code(merchant)
    await asked_from(moving, merchant, order.number, EMAIL, 3)
    clock.goes(minutes=1)
    assert (await shopper.submit(page, {}, on=page)).headers["location"] == f"{page}/code?earlier=1"
    opened = await shopper.submit(f"{page}/code", {"code": code}, on=f"{page}/code")
    assert opened.headers["location"] == f"/orders/{order.id}"
