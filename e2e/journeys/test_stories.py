"""Every story an order can tell: the right words, nothing too wide, nothing that axe finds, in light and in dark."""

import pytest
from playwright.async_api import expect

from e2e.axe import violations
from e2e.conftest import Visit
from e2e.guards import settle
from e2e.screens.lookup import look_up
from e2e.shopper import Way
from e2e.stock import demo_order

TROUBLE = {"Delayed", "On hold", "Held up", "Lost", "Damaged", "Back with us", "Delivery missed"}
STORIES: dict[str, tuple[str, ...]] = {
    "split_three": ("Delivered", "Out for delivery", "On its way"),
    "split_two_one_delayed": ("On its way", "Delayed"),
    "delivered_today": ("Delivered",),
    "cancelled": (),
    "not_shipped": (),
    "partly_shipped": ("On its way",),
    "label_created": ("Packed, waiting for the carrier",),
    "gift": ("Delivered",),
    "twenty_lines": ("Delivered", "Delivered"),
    "large_quantity": ("Delivered", "Delivered"),
    "pickup_point": ("Ready to collect",),
    "searched": ("Held up",),
    "lost": ("Lost",),
    "damaged": ("Damaged",),
    "not_home": ("Delivery missed",),
    "customs_duties": ("On hold",),
    "returned_to_sender": ("Back with us",),
    "long_names": ("On its way",),
    "missing_images": ("Delivered",),
    "only_gift_card": (),
}
# Every second story on a phone first: both widths and both brands, without seeing everything four times.
TOLD = [
    pytest.param(Way(slug, width=(360, 1280)[(place + shop) % 2]), story, id=f"{slug}-{story}")
    for place, story in enumerate(STORIES)
    for shop, slug in enumerate(("fashion", "jewels"))
]


@pytest.mark.parametrize(("way", "story"), TOLD)
async def test_the_order_page_tells_it(visit: Visit, way: Way, story: str) -> None:
    order = demo_order(way.slug, story)
    async with visit(way) as shopper:
        screen = await look_up(shopper, order.number, order.email)
        chips = STORIES[story]
        assert sorted(await screen.chips.all_inner_texts()) == sorted(chips)
        await expect(screen.notes).to_have_count(len([chip for chip in chips if chip in TROUBLE]))
        assert await violations(shopper.page) == []
        await shopper.page.set_viewport_size({"width": {360: 1280, 1280: 360}[way.width], "height": 800})
        await settle(shopper.page)
        await shopper.look()
