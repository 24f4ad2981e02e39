"""What cannot go back, and why, beside the item it concerns."""

import pytest
from playwright.async_api import expect

from e2e.axe import violations
from e2e.conftest import Visit
from e2e.screens.lookup import look_up
from e2e.screens.proving import PROOF, prove
from e2e.screens.returning import STEPS, ChooseScreen
from e2e.shopper import Way
from e2e.stock import demo_order

WHY = [
    ("fashion", "final_sale", "sold as final sale", True),
    ("jewels", "final_sale", "sold as final sale", True),
    ("fashion", "personalised", "made for you", True),
    ("jewels", "engraved_ring", "made for you", True),
    ("fashion", "window_just_over", "The last day to return this item was", False),
    ("jewels", "window_just_over", "The last day to return this item was", False),
    ("fashion", "in_transit", "Not delivered yet", False),
    ("jewels", "in_transit", "Not delivered yet", False),
    ("fashion", "cancelled", "cancelled", False),
    ("jewels", "gift_card_line", "Gift cards cannot be returned", True),
]


@pytest.mark.parametrize(("slug", "scenario", "reason", "others"), WHY)
async def test_the_reason_stands_beside_the_item(
    visit: Visit, slug: str, scenario: str, reason: str, others: bool
) -> None:
    order = demo_order(slug, scenario)
    async with visit(Way(slug, width=360)) as shopper:
        screen = await look_up(shopper, order.number, order.email)
        await expect(screen.start).to_have_count(1 if others else 0)
        await shopper.page.goto(f"{shopper.page.url}/return")
        await shopper.arrive(PROOF)
        await prove(shopper, order, STEPS)
        choose = ChooseScreen(shopper)
        await expect(choose.refused.first).to_contain_text(reason)
        assert bool(await choose.boxes.count() + await choose.amounts.count()) == others
        assert await violations(shopper.page) == []


@pytest.mark.parametrize("slug", ["fashion", "jewels"])
async def test_the_last_day_of_the_window_still_counts(visit: Visit, slug: str) -> None:
    order = demo_order(slug, "last_window_day")
    async with visit(Way(slug)) as shopper:
        screen = await look_up(shopper, order.number, order.email)
        await screen.start_return(order)
        await expect(ChooseScreen(shopper).boxes.first).to_be_visible()
