"""A return from the first click to the label, on every kind of screen, with and without JavaScript."""

import pytest
from playwright.async_api import expect

from e2e.conftest import Take, Visit
from e2e.labels import codes_in, codes_on_page
from e2e.screens.lookup import look_up
from e2e.screens.returning import CheckScreen, ChooseScreen, ReasonsScreen
from e2e.screens.status import ReturnScreen
from e2e.shopper import Shopper, Way
from e2e.stock import Order

EVERY_WAY = [
    Way(slug, "en", width, script)
    for slug in ("fashion", "jewels")
    for width in (360, 1280)
    for script in (True, False)
]
OTHER_LANGUAGES = [
    Way("fashion", "ar", 360),
    Way("jewels", "ar", 360, script=False),
    Way("fashion", "de", 360),
    Way("jewels", "es"),
]
BOTH_BRANDS = [Way("fashion", width=360), Way("jewels", width=1280)]


async def choose_from(shopper: Shopper, order: Order) -> ChooseScreen:
    """From the front door to the choice."""
    found = await look_up(shopper, order.number, order.email)
    await found.start_return(order)
    return ChooseScreen(shopper)


async def check_of(shopper: Shopper, order: Order, *places: int) -> CheckScreen:
    """From the front door to the last question, with these pieces."""
    choose = await choose_from(shopper, order)
    await choose.choose(*places)
    reasons = await choose.send()
    await reasons.give(*("other" for _ in places))
    return await reasons.send()


async def assert_only_return(shopper: Shopper, sent: ReturnScreen, number: str) -> None:
    """The order page knows this return and no other."""
    await sent.order.click()
    await shopper.arrive(r"/orders/[0-9a-f-]{36}")
    assert await shopper.page.locator("#aside .links b").all_inner_texts() == [number]


@pytest.mark.parametrize("way", EVERY_WAY + OTHER_LANGUAGES, ids=str)
async def test_from_the_first_click_to_a_label_that_a_scanner_reads(visitor: Shopper, take: Take) -> None:
    choose = await choose_from(visitor, take(visitor.way.slug, "line_and_order_discount"))
    await choose.choose(0, 1)
    reasons = await choose.send()
    await reasons.give("size_too_small", "defective")
    await reasons.comments.first.fill("Leider zu eng – 日本語, العربية")
    check = await reasons.send()
    await expect(check.items).to_have_count(2)
    promised = await check.total.inner_text()

    sent = await check.send()
    await sent.wait_for_label()
    await expect(sent.total).to_have_text(promised)

    pdf = await visitor.fetch(await sent.pdf.get_attribute("href") or "")
    assert pdf.headers["content-type"] == "application/pdf"
    printed, shown = codes_on_page(pdf.content), codes_in(await sent.picture_of_code())
    assert set(printed) >= {"Code128", "QRCode"}
    assert shown["QRCode"] == printed["QRCode"]


@pytest.mark.parametrize("way", BOTH_BRANDS, ids=str)
async def test_the_label_opens_in_the_browser(visitor: Shopper, take: Take) -> None:
    sent = await (await check_of(visitor, take(visitor.way.slug, "line_and_order_discount"), 0)).send()
    await sent.wait_for_label()

    async with visitor.page.expect_response(lambda answer: answer.url.endswith("label.pdf")) as opened:
        await sent.pdf.click()

    answer = await opened.value
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"] == f'inline; filename="{sent.number}.pdf"'


@pytest.mark.parametrize("way", BOTH_BRANDS, ids=str)
async def test_the_sum_follows_the_choice_without_a_new_page(visitor: Shopper, take: Take) -> None:
    choose = await choose_from(visitor, take(visitor.way.slug, "odd_cent_discount"))
    await expect(choose.total).to_have_count(0)
    await choose.amounts.first.select_option("1")
    one = await choose.total.inner_text()
    await choose.amounts.first.select_option("3")
    await expect(choose.total).not_to_have_text(one)
    three = await choose.total.inner_text()

    await choose.amounts.first.select_option("0")
    await expect(choose.total).to_have_count(0)
    await choose.amounts.first.select_option("3")
    await expect(choose.total).to_have_text(three)
    assert visitor.seen.count(visitor.page.url.removeprefix(visitor.origin)) == 1


@pytest.mark.parametrize("way", [Way("fashion", script=False, width=360), Way("jewels")], ids=str)
async def test_nothing_chosen_and_no_reason_are_said_where_they_are_missing(visitor: Shopper, take: Take) -> None:
    choose = await choose_from(visitor, take(visitor.way.slug, "line_and_order_discount"))
    await choose.go_on.click()
    await expect(choose.errors).to_be_focused()
    await visitor.look()
    target = await choose.errors.locator("a").first.get_attribute("href") or ""
    await expect(visitor.page.locator(target)).to_have_count(1)

    await choose.choose(0)
    reasons = await choose.send()
    await visitor.page.locator("form.page").evaluate("form => { form.noValidate = true }")
    await reasons.go_on.click()
    await expect(reasons.errors).to_be_focused()
    await reasons.errors.locator("a").first.click()
    await expect(reasons.lines.first.locator("input").first).to_be_focused()


@pytest.mark.parametrize("way", [Way("fashion"), Way("jewels", script=False, width=360)], ids=str)
async def test_a_double_click_makes_one_return(visitor: Shopper, take: Take) -> None:
    check = await check_of(visitor, take(visitor.way.slug, "line_and_order_discount"), 0)
    await check.go_on.dblclick()
    sent = await check.sent()

    await assert_only_return(visitor, sent, sent.number)


@pytest.mark.parametrize("way", [Way("fashion", width=360, script=False), Way("jewels")], ids=str)
async def test_going_back_midway_keeps_the_choice_and_lets_it_change(visitor: Shopper, take: Take) -> None:
    check = await check_of(visitor, take(visitor.way.slug, "line_and_order_discount"), 0)
    first = await check.total.inner_text()
    await visitor.page.go_back()
    await visitor.arrive(r"/orders/[0-9a-f-]{36}/return/reasons")
    await visitor.page.go_back()
    await visitor.arrive(r"/orders/[0-9a-f-]{36}/return")
    choose = ChooseScreen(visitor)
    await expect(choose.boxes.first).to_be_checked()

    await choose.choose(1)
    reasons: ReasonsScreen = await choose.send()
    await reasons.give("other", "unwanted")
    check = await reasons.send()
    await expect(check.items).to_have_count(2)
    await expect(check.total).not_to_have_text(first)


@pytest.mark.parametrize("way", BOTH_BRANDS, ids=str)
async def test_back_after_sending_leads_to_the_same_return(visitor: Shopper, take: Take) -> None:
    check = await check_of(visitor, take(visitor.way.slug, "line_and_order_discount"), 0)
    sent = await check.send()
    number = sent.number
    await visitor.page.go_back()
    if "/check" in visitor.page.url and await check.go_on.count():
        await check.go_on.click()
        await check.sent()
    else:
        await visitor.page.go_forward()
        await check.sent()

    await assert_only_return(visitor, sent, number)


@pytest.mark.parametrize("way", BOTH_BRANDS, ids=str)
async def test_two_tabs_never_send_what_was_not_shown(visitor: Shopper, take: Take) -> None:
    check = await check_of(visitor, take(visitor.way.slug, "line_and_order_discount"), 0)
    first, path = visitor.page, visitor.page.url
    shown = await check.total.inner_text()

    visitor.page = await visitor.new_tab()
    await visitor.page.goto(path.removesuffix("/check"))
    other = ChooseScreen(visitor)
    await other.choose(1)
    await (await other.send()).give("other", "other")
    await ReasonsScreen(visitor).send()

    visitor.page = first
    await check.go_on.click()
    await expect(check.changed).to_be_focused()
    await expect(check.total).not_to_have_text(shown)
    await visitor.look()
    sent = await check.send()
    await assert_only_return(visitor, sent, sent.number)


async def test_what_was_sent_cannot_be_sent_again(visit: Visit, take: Take) -> None:
    order = take("fashion", "line_and_order_discount")
    async with visit(Way("fashion", "de")) as shopper:
        choose = await choose_from(shopper, order)
        pieces, refused = await choose.boxes.count(), await choose.refused.count()
        await choose.choose(0)
        reasons = await choose.send()
        await reasons.give("style")
        sent = await (await reasons.send()).send()

        await sent.order.click()
        await shopper.arrive(r"/orders/[0-9a-f-]{36}")
        await shopper.page.locator("#aside a.btn[href$='/return']").click()
        await shopper.arrive(r"/orders/[0-9a-f-]{36}/return")
        await expect(choose.boxes).to_have_count(pieces - 1)
        await expect(choose.refused).to_have_count(refused + 1)
