"""The order page: where every parcel is, and the way to a return."""

from playwright.async_api import Locator, expect

from e2e.shopper import Shopper


class OrderScreen:
    """What it shows."""

    def __init__(self, shopper: Shopper) -> None:
        self.shopper = shopper
        page = shopper.page
        self.title, self.lede = page.locator("h1"), page.locator(".lede")
        self.parcels = page.locator("section.card[id^=parcel], section.card:has(> .head)")
        self.chips, self.notes = page.locator(".chip"), page.locator(".note")
        self.scans, self.items = page.locator(".time li"), page.locator(".item")
        self.now = page.locator("#rail [aria-current=step]")
        self.waiting, self.aside = page.locator("#waiting"), page.locator("#aside")
        self.start = self.aside.locator("a.btn")
        self.returns = self.aside.locator(".links a")

    def parcel(self, number: int) -> Locator:
        """One parcel, counted from 1."""
        return self.parcels.nth(number - 1)

    async def start_return(self) -> None:
        """To the choice."""
        await self.start.click()
        await self.shopper.arrive(r"/orders/[0-9a-f-]{36}/return")

    async def open_return(self, number: str) -> None:
        """To a return that was asked for before."""
        await self.returns.filter(has_text=number).click()
        await self.shopper.arrive(f"/returns/{number}")
        await expect(self.shopper.page.locator("#label")).to_be_visible()
