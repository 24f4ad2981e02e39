"""From the front door to the label with nothing but a keyboard; whoever has the focus shows it."""

import pytest
from playwright.async_api import Locator, expect

from e2e.conftest import Take
from e2e.mails import code_mail
from e2e.screens.lookup import ORDER
from e2e.screens.proving import PROOF, AskScreen, CodeScreen
from e2e.screens.returning import STEPS, ChooseScreen
from e2e.screens.status import ReturnScreen
from e2e.shopper import Shopper, Way

MOST_TABS = 60
SHOWS_FOCUS = """() => {
  const one = document.activeElement, ring = element => element && getComputedStyle(element).outlineStyle !== "none"
    && parseFloat(getComputedStyle(element).outlineWidth) >= 2;
  const box = (ring(one) ? one : one.closest("label") || one).getBoundingClientRect();
  return (ring(one) || ring(one.closest("label"))) && box.width > 0 && box.bottom > 0 && box.top < innerHeight;
}"""


async def tab_to(shopper: Shopper, wanted: Locator) -> None:
    """Press Tab until it has the focus. Everything on the way must show its own."""
    for _ in range(MOST_TABS):
        await shopper.page.keyboard.press("Tab")
        if not await shopper.page.evaluate("document.activeElement === document.body"):
            focused = await shopper.page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
            assert await shopper.page.evaluate(SHOWS_FOCUS), f"no visible focus: {focused}"
        if await wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{wanted} is not reached by {MOST_TABS} times Tab")


@pytest.mark.parametrize("way", [Way("fashion"), Way("jewels", width=360), Way("fashion", "ar", 360)], ids=str)
async def test_a_keyboard_is_enough(visitor: Shopper, take: Take) -> None:
    order, page, keys = take(visitor.way.slug, "line_and_order_discount"), visitor.page, visitor.page.keyboard
    await visitor.open("/")
    await tab_to(visitor, page.locator("a.skip"))
    await keys.press("Enter")
    await tab_to(visitor, page.locator("#number"))
    await keys.type(order.number)
    await tab_to(visitor, page.locator("#contact"))
    await keys.type(order.postal_code)
    await keys.press("Enter")
    await visitor.arrive(ORDER)

    await tab_to(visitor, page.locator("#aside a.btn[href$='/return']"))
    await keys.press("Enter")
    await visitor.arrive(PROOF)
    await tab_to(visitor, AskScreen(visitor).send)
    await keys.press("Enter")
    await visitor.arrive(f"{PROOF}/code")
    # The field has the focus: nothing to look for.
    await expect(CodeScreen(visitor).code).to_be_focused()
    await keys.type((await code_mail(visitor.product, order.slug, order.number)).code)
    await keys.press("Enter")
    await visitor.arrive(STEPS)
    choose = ChooseScreen(visitor)
    await tab_to(visitor, choose.boxes.first)
    await keys.press("Space")
    await expect(choose.total).to_be_visible()
    await tab_to(visitor, choose.go_on)
    await keys.press("Enter")
    await visitor.arrive(f"{STEPS}/reasons")

    await tab_to(visitor, page.locator("fieldset input").first)
    await keys.press("Space")
    await keys.press("ArrowDown")
    await tab_to(visitor, page.locator("textarea").first)
    await keys.type("ok")
    await tab_to(visitor, page.locator("form.page button.btn"))
    await keys.press("Enter")
    await visitor.arrive(f"{STEPS}/check")

    await tab_to(visitor, page.locator("#sum button.btn"))
    await keys.press("Enter")
    await visitor.arrive(r"/returns/R-\d+/confirmation")
    sent = ReturnScreen(visitor)
    await sent.wait_for_label()
    await tab_to(visitor, sent.pdf)
