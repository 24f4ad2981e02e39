"""Every page of a return and every state of a form, held against WCAG 2.2 AA by axe, in light and in dark."""

import pytest

from e2e.axe import violations
from e2e.conftest import Take
from e2e.journeys.test_sending_back import choose_from
from e2e.screens.lookup import LookupScreen
from e2e.shopper import Shopper, Way

WAYS = [Way("fashion", width=360), Way("jewels"), Way("fashion", "ar"), Way("jewels", "ar", width=360)]


@pytest.mark.parametrize("way", WAYS, ids=str)
async def test_the_front_door_in_every_state(visitor: Shopper) -> None:
    lookup, found = await LookupScreen(visitor).open(), []
    found += await violations(visitor.page)
    await visitor.page.locator(".langs summary").click()
    found += await violations(visitor.page)
    await lookup.send_empty()
    found += await violations(visitor.page)
    await lookup.find_nothing("99999", "nobody@example.com")
    found += await violations(visitor.page)
    assert found == []


@pytest.mark.parametrize("way", WAYS, ids=str)
async def test_every_step_of_a_return(visitor: Shopper, take: Take) -> None:
    found = []
    choose = await choose_from(visitor, take(visitor.way.slug, "line_and_order_discount"))
    await choose.go_on.click()
    await choose.errors.wait_for()
    found += await violations(visitor.page)
    await choose.choose(0)
    found += await violations(visitor.page)
    reasons = await choose.send()
    found += await violations(visitor.page)
    await visitor.page.locator("form.page").evaluate("form => { form.noValidate = true }")
    await reasons.go_on.click()
    await reasons.errors.wait_for()
    found += await violations(visitor.page)
    await reasons.give("other")
    check = await reasons.send()
    found += await violations(visitor.page)
    sent = await check.send()
    found += await violations(visitor.page)
    await sent.wait_for_label()
    found += await violations(visitor.page)
    assert found == []
