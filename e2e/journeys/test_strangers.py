"""Nothing of one brand on another's host, nothing at all on a host that is nobody's, plain words for a wrong way."""

import pytest
from playwright.async_api import expect

from e2e.axe import violations
from e2e.conftest import Take, Visit
from e2e.journeys.test_sending_back import check_of
from e2e.screens.lookup import LookupScreen, look_up
from e2e.shopper import Shopper, Way
from e2e.stock import demo_order


async def test_what_is_one_brand_s_is_not_reachable_at_the_other_s_host(visit: Visit, take: Take) -> None:
    ours, theirs = take("fashion", "line_and_order_discount"), demo_order("jewels", "delivered_today")
    async with visit(Way("fashion")) as shopper:
        sent = await (await check_of(shopper, ours, 0)).send()
        number = sent.number
        order = await sent.order.get_attribute("href") or ""

    async with visit(Way("jewels")) as shopper:
        await look_up(shopper, theirs.number, theirs.email)
        for path in (order, f"{order}/return", f"{order}/return/check", f"/en/returns/{number}"):
            await shopper.page.goto(shopper.origin + path)
            await shopper.arrive("/")
        for path in (f"{order}/live?version=0", f"/en/returns/{number}/label.pdf", f"/en/returns/{number}/code.svg"):
            answer = await shopper.fetch(path)
            assert (answer.status_code, answer.headers["location"]) == (303, "/en/?again=1")


async def test_a_host_that_is_nobody_s_answers_421(visit: Visit) -> None:
    async with visit(Way("nobody")) as shopper:
        answer = await shopper.page.goto(f"{shopper.origin}/orders/anything")
        assert answer is not None
        assert answer.status == 421
        assert "no shop lives at this address" in await answer.text()


@pytest.mark.parametrize("way", [Way("fashion", width=360), Way("jewels")], ids=str)
async def test_a_wrong_address_gets_a_page_with_a_way_on(visitor: Shopper) -> None:
    await visitor.open("/no/such/page")
    await expect(visitor.page.locator("h1")).to_have_text("We cannot find this page")
    assert await violations(visitor.page) == []
    await visitor.page.locator("main a.btn").click()
    await visitor.arrive("/")


@pytest.mark.parametrize("way", [Way("fashion"), Way("jewels", width=360, script=False)], ids=str)
async def test_a_form_without_its_cookie_is_refused_in_plain_words(visitor: Shopper) -> None:
    lookup = await LookupScreen(visitor).open()
    await visitor.context.clear_cookies()
    await lookup.send("10482", "nobody@example.com")
    await visitor.arrive("/lookup")
    await expect(visitor.page.locator("h1")).to_have_text("This form is out of date")
