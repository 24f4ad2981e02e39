"""What a shopper asks of the team from the order page: in German and Arabic, with and without JavaScript, on a phone
and on a desktop.
"""

import pytest
from playwright.async_api import expect

from e2e.axe import violations
from e2e.conftest import Take
from e2e.screens.lookup import look_up
from e2e.screens.requesting import AskingScreen
from e2e.shopper import Shopper, Way

WAYS = [
    Way("fashion", "de", 360),
    Way("fashion", "de", 1280, script=False),
    Way("jewels", "ar", 360, script=False),
    Way("jewels", "ar", 1280),
]


async def assert_accessible(shopper: Shopper) -> None:
    """Axe, which needs JavaScript, finds nothing on the open page."""
    if shopper.way.script:
        assert await violations(shopper.page) == []


@pytest.mark.parametrize("way", WAYS, ids=str)
async def test_an_address_is_corrected_before_anything_was_sent(visitor: Shopper, way: Way, take: Take) -> None:
    order = take(way.slug, "not_shipped")
    await look_up(visitor, order.number, order.email)
    asking = await AskingScreen(visitor).begin(order, "address-correction")
    await asking.fill(postal_code="x")
    await asking.refuse()
    await asking.fill(postal_code=order.postal_code, line1="Musterweg 12 b")
    await assert_accessible(visitor)
    await asking.check()
    sent = await asking.send()
    await expect(sent.next.first).to_be_visible()
    await assert_accessible(visitor)
    number, back = sent.number, await sent.back()
    await expect(back.aside.locator(f"a[href$='/requests/{number}']")).to_be_visible()
    await expect(back.aside.locator("a[href$='-address-correction']")).to_have_count(0)


@pytest.mark.parametrize("way", WAYS, ids=str)
async def test_another_delivery_is_asked_for_and_withdrawn(visitor: Shopper, way: Way, take: Take) -> None:
    order = take(way.slug, "not_home")
    found = await look_up(visitor, order.number, order.email)
    asking = await AskingScreen(visitor).begin(order, "delivery")
    await expect(asking.choices).to_have_count(4)
    await assert_accessible(visitor)
    await asking.choose("redelivery")
    await asking.fill(text="18:00")
    await asking.check()
    sent = await asking.send()
    number, back = sent.number, await sent.back()
    asked = back.parcel(1).locator(f"a[href$='/requests/{number}']")
    await assert_accessible(visitor)
    await asked.click()
    await visitor.arrive(f"/requests/{number}")
    await sent.withdraw.click()
    await visitor.arrive(f"/requests/{number}")
    await expect(sent.withdraw).to_have_count(0)
    await expect(sent.history).to_have_count(2)
    await sent.back()
    await expect(found.parcel(1).locator("a[href$='-delivery']")).to_be_visible()


@pytest.mark.parametrize("way", WAYS, ids=str)
async def test_what_was_delivered_and_is_not_there_is_reported(visitor: Shopper, way: Way, take: Take) -> None:
    order = take(way.slug, "one_line")
    await look_up(visitor, order.number, order.email)
    asking = await AskingScreen(visitor).begin(order, "problem")
    await expect(asking.reasons.first).to_be_visible()
    await asking.choose("not-received")
    await expect(asking.hints.first).to_be_visible()
    await assert_accessible(visitor)
    await asking.check()
    sent = await asking.send()
    await expect(sent.next).to_have_count(3)
    back = await sent.back()
    await expect(back.parcel(1).locator(".links a")).to_have_count(1)
