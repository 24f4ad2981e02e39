"""The front door: order number, email or postal code."""

from playwright.async_api import expect

from e2e.screens.order import OrderScreen
from e2e.shopper import Shopper

ORDER = r"/orders/[0-9a-f-]{36}"


class LookupScreen:
    """The form, empty or saying what is wrong."""

    def __init__(self, shopper: Shopper) -> None:
        self.shopper = shopper
        page = shopper.page
        self.number, self.contact = page.locator("#number"), page.locator("#contact")
        self.submit = page.locator("#form button[type=submit]")
        self.errors, self.miss = page.locator("#errors"), page.locator("#miss")

    async def open(self) -> "LookupScreen":
        """Go there."""
        await self.shopper.open("/")
        return self

    async def send(self, number: str, contact: str) -> None:
        """Fill in and send, whatever comes."""
        await self.number.fill(number)
        await self.contact.fill(contact)
        await self.submit.click()

    async def find(self, number: str, contact: str) -> OrderScreen:
        """Look up an order that is there."""
        await self.send(number, contact)
        await self.shopper.arrive(ORDER)
        return OrderScreen(self.shopper)

    async def find_nothing(self, number: str, contact: str) -> None:
        """Look up an order that is not there, or not theirs."""
        await self.send(number, contact)
        await self.shopper.arrive("/lookup/result")
        await expect(self.miss).to_be_visible()

    async def send_empty(self) -> None:
        """Send nothing at all, past the browser's own check."""
        await self.shopper.page.locator("#form").evaluate("form => { form.noValidate = true }")
        await self.submit.click()
        await expect(self.errors).to_be_visible()
        await self.shopper.look()


async def look_up(shopper: Shopper, number: str, contact: str) -> OrderScreen:
    """From the front door to the order."""
    lookup = await LookupScreen(shopper).open()
    return await lookup.find(number, contact)
