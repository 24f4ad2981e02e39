"""Which language someone reads: by path, by browser, by menu; and that it stays."""

import pytest
from playwright.async_api import expect

from e2e.conftest import Visit
from e2e.screens.lookup import LookupScreen, look_up
from e2e.shopper import Shopper, Way
from e2e.stock import demo_order

BY_BROWSER = [
    ("fashion", "en-GB", "en"),
    ("fashion", "ar-EG", "ar"),
    ("fashion", "fr-FR", "de"),
    ("jewels", "es-MX", "es"),
    ("jewels", "de-DE", "en"),
]
BY_PATH = [("fashion", "de"), ("fashion", "ar"), ("jewels", "es"), ("jewels", "ar")]


@pytest.mark.parametrize(("slug", "accepts", "expected"), BY_BROWSER)
async def test_the_browser_s_language_counts_when_the_shop_speaks_it(
    visit: Visit, slug: str, accepts: str, expected: str
) -> None:
    async with visit(Way(slug, "", accepts=accepts)) as shopper:
        await shopper.open("/", expected)
        await expect(shopper.page.locator("html")).to_have_attribute("lang", expected)


@pytest.mark.parametrize(("slug", "language"), BY_PATH)
async def test_the_path_beats_the_browser_and_is_remembered(visit: Visit, slug: str, language: str) -> None:
    async with visit(Way(slug, language, width=360)) as shopper:
        await shopper.open("/")
        await shopper.page.goto(f"{shopper.origin}/")
        await shopper.look()
        await expect(shopper.page.locator("html")).to_have_attribute("lang", language)


@pytest.mark.parametrize("way", [Way("fashion", width=360, script=False), Way("jewels")], ids=str)
async def test_the_menu_changes_the_language_of_the_page_one_is_on(visitor: Shopper) -> None:
    order = demo_order(visitor.way.slug, "delivered_today")
    screen = await look_up(visitor, order.number, order.email)
    english = await screen.title.inner_text()
    path = visitor.page.url.removeprefix(visitor.address(""))
    await visitor.page.locator(".langs summary").click()
    await visitor.page.locator(".langs a[lang=ar]").click()
    await visitor.page.wait_for_url(f"{visitor.origin}/ar{path}")
    await visitor.look("ar")
    await expect(screen.title).not_to_have_text(english)


async def test_a_language_that_the_shop_does_not_speak_is_no_path(visit: Visit) -> None:
    async with visit(Way("jewels")) as shopper:
        answer = await shopper.page.goto(f"{shopper.origin}/de/")
        assert answer is not None
        assert answer.status == 404
        await shopper.look()


@pytest.mark.parametrize("way", [Way("fashion", "ar", width=360), Way("jewels", "ar", width=360)], ids=str)
async def test_every_front_door_state_holds_in_arabic_on_a_phone(visitor: Shopper) -> None:
    lookup = await LookupScreen(visitor).open()
    await lookup.send_empty()
    await lookup.find_nothing("99999", "nobody@example.com")
    for story in ("split_three", "twenty_lines", "long_names", "lost"):
        order = demo_order(visitor.way.slug, story)
        await look_up(visitor, order.number, order.email)
