"""The order page moves while one looks at it; without JavaScript, when one looks again."""

from datetime import UTC, datetime

import pytest
from playwright.async_api import expect

from e2e.conftest import Take
from e2e.screens.lookup import look_up
from e2e.shopper import Shopper, Way
from e2e.stock import Order, tell

BY_ITSELF = [Way("fashion", width=360), Way("jewels"), Way("fashion", "ar", width=360)]
BY_LOOKING_AGAIN = [Way("fashion", script=False), Way("jewels", width=360, script=False)]
POLL_MS = 10_000


def carrier_says(shopper: Shopper, order: Order, status: str, city: str) -> None:
    """A scan, at the carrier's door, as a carrier would deliver it."""
    product, (carrier, number) = shopper.product, order.parcels[0]
    now = datetime.now(UTC)
    scan = {
        "id": f"{number}-{status}",
        "carrier": carrier,
        "tracking_number": number,
        "status": status,
        "occurred_at": now.isoformat(),
        "city": city,
        "country": "DE",
    }
    tell(order.slug, product.port, product.secrets[order.slug], [scan])
    product.settle()


@pytest.mark.parametrize("way", BY_ITSELF, ids=str)
async def test_a_parcel_moves_on_the_open_page(visitor: Shopper, take: Take) -> None:
    order = take(visitor.way.slug, "moves_now")
    # The page's own clock, so that nobody has to wait ten seconds for it to ask.
    await visitor.page.clock.install()
    screen = await look_up(visitor, order.number, order.email)
    chip, scans = await screen.chips.inner_text(), await screen.scans.count()
    await visitor.page.evaluate("document.body.dataset.same = 'page'")

    for place, status in enumerate(("in_transit", "out_for_delivery", "delivered"), start=1):
        carrier_says(visitor, order, status, "Kassel")
        await visitor.page.clock.fast_forward(POLL_MS)
        await expect(screen.scans).to_have_count(scans + place)
        await expect(screen.chips).not_to_have_text(chip)
        chip = await screen.chips.inner_text()
        await visitor.look()

    assert await visitor.page.evaluate("document.body.dataset.same") == "page"
    await expect(visitor.page.locator("#news")).not_to_be_empty()
    await expect(screen.start).to_be_visible()


@pytest.mark.parametrize("way", BY_LOOKING_AGAIN, ids=str)
async def test_a_parcel_has_moved_when_one_looks_again(visitor: Shopper, take: Take) -> None:
    order = take(visitor.way.slug, "moves_now")
    screen = await look_up(visitor, order.number, order.postal_code)
    await expect(screen.chips).to_have_text("Packed, waiting for the carrier")
    await expect(screen.start).to_have_count(0)

    carrier_says(visitor, order, "delivered", "Kassel")
    await visitor.page.reload()
    await visitor.look()
    await expect(screen.chips).to_have_text("Delivered")
    await expect(screen.start).to_be_visible()


@pytest.mark.parametrize("way", BY_ITSELF[:2], ids=str)
async def test_what_is_open_and_what_has_the_focus_stays_when_the_page_changes(visitor: Shopper, take: Take) -> None:
    order = take(visitor.way.slug, "moves_now")
    await visitor.page.clock.install()
    screen = await look_up(visitor, order.number, order.email)
    for place in range(6):
        carrier_says(visitor, order, "in_transit" if place % 2 else "picked_up", f"Halle {place}")
    mail = visitor.page.locator("footer a")
    await mail.focus()
    await visitor.page.clock.fast_forward(POLL_MS)
    await expect(screen.chips).not_to_have_text("Packed, waiting for the carrier")
    await expect(mail).to_be_focused()
