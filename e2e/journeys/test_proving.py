"""Showing that an order is one's own: by the code and by the link, on every kind of screen; and every way it fails."""

import pytest
from playwright.async_api import expect

from e2e.axe import violations
from e2e.conftest import Take, Visit
from e2e.mails import code_mail
from e2e.screens.lookup import ORDER, LookupScreen, look_up
from e2e.screens.order import OrderScreen
from e2e.screens.proving import PROOF, AskScreen, CodeScreen, LinkScreen
from e2e.shopper import Shopper, Way
from e2e.stock import Order

BY_CODE = [
    Way("fashion", width=360),
    Way("jewels", script=False),
    Way("fashion", "ar", width=360, script=False),
    Way("jewels", "es"),
]
BY_LINK = [Way("fashion", script=False), Way("jewels", width=360), Way("jewels", "ar", width=360)]


async def to_the_proof(shopper: Shopper, order: Order) -> AskScreen:
    """From the front door to the page that says where the code goes."""
    screen = await look_up(shopper, order.number, order.postal_code)
    await screen.show.click()
    await shopper.arrive(PROOF)
    return AskScreen(shopper)


async def assert_open(shopper: Shopper, order: Order) -> None:
    """The order page shows the person."""
    screen = OrderScreen(shopper)
    await expect(screen.address).to_contain_text(order.postal_code)
    await expect(screen.show).to_have_count(0)
    await expect(screen.forget).to_be_visible()


@pytest.mark.parametrize("way", BY_CODE, ids=str)
async def test_by_the_code(visitor: Shopper, take: Take) -> None:
    order = take(visitor.way.slug, "moves_now")
    ask = await to_the_proof(visitor, order)
    host = order.email.partition("@")[2]
    await expect(ask.masked).to_have_text(f"{order.email[0]}•••@{host[0]}•••.{host.rpartition('.')[2]}")
    mail = await ask.ask(order)
    await CodeScreen(visitor).type(f" {mail.code[:3]} {mail.code[3:]} ")
    await visitor.arrive(ORDER)
    await assert_open(visitor, order)

    await OrderScreen(visitor).forget.click()
    await visitor.arrive("/")
    await expect(visitor.page.locator("#forgotten")).to_be_visible()


@pytest.mark.parametrize("way", BY_LINK, ids=str)
async def test_by_the_link(visitor: Shopper, visit: Visit, take: Take) -> None:
    order = take(visitor.way.slug, "moves_now")
    mail = await (await to_the_proof(visitor, order)).ask(order)
    async with visit(Way(visitor.way.slug, visitor.way.language)) as elsewhere:
        stranger = await LinkScreen(elsewhere).open(mail)
        await expect(stranger.press).to_have_count(0)

    link = await LinkScreen(visitor).open(mail)
    await link.press.click()
    await visitor.arrive(ORDER)
    await assert_open(visitor, order)
    await (await LinkScreen(visitor).open(mail)).shopper.look()
    await expect(link.press).to_have_count(0)


@pytest.mark.parametrize("way", [Way("fashion", width=360), Way("jewels", script=False)], ids=str)
async def test_wrong_codes_are_counted_and_a_new_one_helps(visitor: Shopper, take: Take) -> None:
    order = take(visitor.way.slug, "moves_now")
    mail = await (await to_the_proof(visitor, order)).ask(order)
    code, wrong = CodeScreen(visitor), f"{(int(mail.code) + 1) % 10**6:06}"
    await code.refuse("12", "Enter the six digits")
    for left in ("4 more times", "3 more times", "2 more times", "1 more time", "no longer works"):
        await code.refuse(wrong, left)
    await code.refuse(mail.code, "no longer works")


@pytest.mark.parametrize("way", [Way("fashion", script=False, width=360), Way("jewels")], ids=str)
async def test_asking_again_at_once_is_told_to_wait_and_the_code_stays_good(visitor: Shopper, take: Take) -> None:
    order = take(visitor.way.slug, "moves_now")
    mail = await (await to_the_proof(visitor, order)).ask(order)
    code = CodeScreen(visitor)
    await code.again.click()
    await visitor.arrive(f"{PROOF}/code")
    await expect(code.early).to_be_visible()
    await code.type(mail.code)
    await visitor.arrive(ORDER)


async def test_a_double_click_opens_the_order(visit: Visit, take: Take) -> None:
    order = take("fashion", "moves_now")
    async with visit(Way("fashion", width=360, script=False)) as shopper:
        mail = await (await to_the_proof(shopper, order)).ask(order)
        code = CodeScreen(shopper)
        await code.code.fill(mail.code)
        await code.submit.dblclick()
        await shopper.arrive(ORDER)
        await assert_open(shopper, order)


@pytest.mark.parametrize("way", [Way("fashion", width=360), Way("jewels", "ar", script=False)], ids=str)
async def test_while_somebody_guesses_the_shopper_gets_in_by_mail(visitor: Shopper, visit: Visit, take: Take) -> None:
    order = take(visitor.way.slug, "moves_now")
    async with visit(Way(visitor.way.slug)) as guesser:
        lookup = await LookupScreen(guesser).open()
        for _ in range(11):
            await lookup.send(order.number, "99999")
            await guesser.page.wait_for_load_state()

    lookup, page = await LookupScreen(visitor).open(), visitor.page
    await lookup.send(order.number, order.email)
    await visitor.arrive("/lookup")
    await page.locator("#email").fill(order.email)
    await page.locator("#mail-form button").click()
    await visitor.arrive("/lookup/code/enter")
    await CodeScreen(visitor).type((await code_mail(visitor.product, order.slug, order.number)).code)
    await visitor.arrive(ORDER)
    await assert_open(visitor, order)


@pytest.mark.parametrize("way", [Way("fashion", width=360), Way("jewels", "ar"), Way("jewels", width=360)], ids=str)
async def test_every_page_of_a_proof_is_accessible(visitor: Shopper, take: Take) -> None:
    order = take(visitor.way.slug, "moves_now")
    ask = await to_the_proof(visitor, order)
    found = await violations(visitor.page)
    mail = await ask.ask(order)
    found += await violations(visitor.page)
    code = CodeScreen(visitor)
    await code.type("1")
    await code.errors.wait_for()
    found += await violations(visitor.page)
    link = await LinkScreen(visitor).open(mail)
    found += await violations(visitor.page)
    await link.press.click()
    await visitor.arrive(ORDER)
    found += await violations(visitor.page)
    await visitor.open("/lookup/code")
    found += await violations(visitor.page)
    assert found == []
