"""The front door: found however people type, never telling more than it should."""

import pytest
from playwright.async_api import expect

from e2e.conftest import Visit
from e2e.screens.lookup import LookupScreen
from e2e.shopper import Shopper, Way
from e2e.stock import demo_order

EVERY_WAY = [
    Way(slug, "en", width, script)
    for slug in ("fashion", "jewels")
    for width in (360, 1280)
    for script in (True, False)
]
BOTH_BRANDS = [Way("fashion", width=360, script=False), Way("jewels")]
OTHER = {"fashion": "jewels", "jewels": "fashion"}


def oddly(number: str) -> str:
    """A number as someone types it on a phone."""
    digits = number.removeprefix("#FW-").removeprefix("#")
    return f"  # fw {digits[:2]} {digits[2:]} " if number.startswith("#FW-") else f" {digits[:2]} {digits[2:]} "


@pytest.mark.parametrize("way", EVERY_WAY, ids=str)
async def test_an_order_is_found_by_mail_and_by_postal_code_however_they_are_typed(visitor: Shopper) -> None:
    order = demo_order(visitor.way.slug, "delivered_second_try")
    lookup = await LookupScreen(visitor).open()
    by_mail = await lookup.find(oddly(order.number), f" {order.email.upper()} ")
    await expect(by_mail.shopper.page.locator(".eyebrow").first).to_contain_text(order.number.lstrip("#"))

    await visitor.context.clear_cookies()
    await lookup.open()
    by_code = await lookup.find(order.number.lstrip("#"), f" {order.postal_code[:2]} {order.postal_code[2:]} ")
    await expect(by_code.chips).to_have_count(1)


@pytest.mark.parametrize("way", BOTH_BRANDS, ids=str)
async def test_a_miss_a_wrong_contact_and_another_brand_are_answered_alike(visitor: Shopper) -> None:
    ours = demo_order(visitor.way.slug, "gift")
    theirs = demo_order(OTHER[visitor.way.slug], "gift")
    lookup = await LookupScreen(visitor).open()
    answers = []
    for number, contact in [("99999", ours.email), (ours.number, "nobody@example.com"), (theirs.number, theirs.email)]:
        await lookup.find_nothing(number, contact)
        answers.append(await lookup.miss.inner_text())
        await expect(lookup.number).to_have_value(number)
        await expect(lookup.contact).to_have_value("")

    assert len(set(answers)) == 1


@pytest.mark.parametrize("way", BOTH_BRANDS, ids=str)
async def test_a_miss_takes_the_focus_and_leads_back_to_the_field(visitor: Shopper) -> None:
    lookup = await LookupScreen(visitor).open()
    await lookup.find_nothing("99999", "nobody@example.com")
    await expect(lookup.miss).to_be_focused()
    await lookup.miss.locator("a").click()
    await expect(lookup.number).to_be_focused()


@pytest.mark.parametrize("way", BOTH_BRANDS, ids=str)
async def test_missing_fields_are_named_first_and_lead_to_their_fields(visitor: Shopper) -> None:
    lookup = await LookupScreen(visitor).open()
    await lookup.send_empty()
    await expect(lookup.errors).to_be_focused()
    links = lookup.errors.locator("a")
    await expect(links).to_have_count(2)
    await links.nth(1).click()
    await expect(lookup.contact).to_be_focused()
    await expect(lookup.number).to_have_attribute("aria-invalid", "true")
    assert await visitor.page.title() == (await visitor.page.title()).replace("  ", " ")


@pytest.mark.parametrize("way", BOTH_BRANDS, ids=str)
async def test_an_order_is_for_the_browser_that_looked_it_up(visitor: Shopper, visit: Visit) -> None:
    order = demo_order(visitor.way.slug, "delivered_today")
    lookup = await LookupScreen(visitor).open()
    await lookup.find(order.number, order.email)
    path = visitor.page.url.removeprefix(visitor.address(""))

    async with visit(visitor.way) as stranger:
        await stranger.page.goto(stranger.address(path))
        await stranger.arrive("/")
        await stranger.page.goto(stranger.address(f"{path}/return"))
        await stranger.arrive("/")


@pytest.mark.parametrize("way", [Way("fashion")], ids=str)
async def test_too_many_tries_get_a_page_that_says_so(visitor: Shopper) -> None:
    lookup = await LookupScreen(visitor).open()
    for _ in range(11):
        await lookup.send("99998", "nobody@example.com")
        await visitor.page.wait_for_load_state()
    await visitor.arrive("/lookup")
    await expect(visitor.page.locator("h1")).to_have_text("Please wait a moment")
