"""The open order page hears of a change as it happens; where it cannot hear, it asks; nobody loses their place."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, Request, Route, expect

from e2e.conftest import Take
from e2e.screens.lookup import look_up
from e2e.shopper import Shopper, Way
from e2e.stock import Order, tell

WAYS = [Way("fashion", width=360), Way("jewels", "ar")]
STREAM = "text/event-stream"
POLL_MS = 10_000
SCANS_BEFORE = 7


def carrier_says(shopper: Shopper, order: Order, status: str, *places: str) -> None:
    """Scans at the carrier's door, the last one now."""
    product, (carrier, number) = shopper.product, order.parcels[0]
    now = datetime.now(UTC)
    scans = [
        {
            "id": f"{number}-{place}",
            "carrier": carrier,
            "tracking_number": number,
            "status": status,
            "occurred_at": (now - timedelta(minutes=len(places) - nth)).isoformat(),
            "city": place,
        }
        for nth, place in enumerate(places, start=1)
    ]
    tell(order.slug, product.port, product.secrets[order.slug], scans)


def is_stream(request: Request) -> bool:
    return STREAM in request.headers.get("accept", "")


async def without_streams(page: Page) -> None:
    """As behind a proxy that lets no stream through."""

    async def answer(route: Route) -> None:
        await (route.abort() if is_stream(route.request) else route.continue_())

    await page.route("**/orders/*/live?*", answer)


@pytest.mark.parametrize("way", WAYS, ids=str)
async def test_a_scan_changes_the_open_page_at_once_and_in_place(visitor: Shopper, take: Take) -> None:
    order = take(visitor.way.slug, "moves_now")
    async with visitor.page.expect_request(is_stream):
        screen = await look_up(visitor, order.number, order.email)
    page = visitor.page
    before = SCANS_BEFORE + await screen.scans.count()
    carrier_says(visitor, order, "in_transit", *(f"Halle {place}" for place in range(SCANS_BEFORE)))
    await expect(screen.scans).to_have_count(before)
    earlier, mail = page.locator("details.more").first, page.locator("footer a")
    await earlier.locator("summary").click()
    await mail.focus()
    await page.evaluate("document.body.dataset.same = 'page'")

    at = datetime.now(UTC)
    carrier_says(visitor, order, "out_for_delivery", "Kassel")
    await expect(screen.scans).to_have_count(before + 1)

    assert (datetime.now(UTC) - at).total_seconds() < POLL_MS / 1000
    assert await page.evaluate("document.body.dataset.same") == "page"
    await expect(earlier).to_have_attribute("open", "")
    await expect(mail).to_be_focused()
    await expect(page.locator("#news")).not_to_be_empty()
    await visitor.look()


@pytest.mark.parametrize("way", WAYS, ids=str)
async def test_a_page_that_cannot_hear_asks(visitor: Shopper, take: Take) -> None:
    order = take(visitor.way.slug, "moves_now")
    await without_streams(visitor.page)
    await visitor.page.clock.install()
    screen = await look_up(visitor, order.number, order.email)
    before = await screen.scans.count()
    carrier_says(visitor, order, "in_transit", "Kassel")
    await visitor.page.clock.fast_forward(POLL_MS)
    await expect(screen.scans).to_have_count(before + 1)
    # The blocked streams are told of in the console; they are what this journey is about.
    visitor.guards.console = [one for one in visitor.guards.console if "ERR_FAILED" not in one[0]]


@pytest.mark.parametrize("way", WAYS[:1], ids=str)
async def test_a_page_that_hears_does_not_ask(visitor: Shopper, take: Take) -> None:
    order = take(visitor.way.slug, "moves_now")
    asked: list[str] = []
    await visitor.page.clock.install()
    async with visitor.page.expect_response(lambda one: is_stream(one.request)):
        await look_up(visitor, order.number, order.email)
    visitor.page.on("request", lambda request: asked.append(request.url))
    await visitor.page.clock.fast_forward(POLL_MS)
    await visitor.page.clock.fast_forward(POLL_MS)
    assert asked == []
