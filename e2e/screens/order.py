"""The order page: where every parcel is, and the way to a return."""

from playwright.async_api import Locator, expect

from e2e.screens.proving import PROOF, prove
from e2e.shopper import Shopper
from e2e.stock import Order


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
        self.start = self.aside.locator("a.btn[href$='/return']")
        self.show = page.locator("#proof a.btn")
        self.address, self.forget = self.aside.locator("address"), self.aside.locator("button.link")
        self.returns = self.aside.locator(".links a")

    def parcel(self, number: int) -> Locator:
        """One parcel, counted from 1."""
        return self.parcels.nth(number - 1)

    async def start_return(self, order: Order) -> None:
        """To the choice, by way of the proof."""
        await self.start.click()
        await self.shopper.arrive(PROOF)
        await prove(self.shopper, order, r"/orders/[0-9a-f-]{36}/return")

    async def show_everything(self, order: Order) -> None:
        """To the whole page, by way of the proof."""
        await self.show.click()
        await self.shopper.arrive(PROOF)
        await prove(self.shopper, order, r"/orders/[0-9a-f-]{36}")

    async def open_return(self, number: str) -> None:
        """To a return that was asked for before."""
        await self.returns.filter(has_text=number).click()
        await self.shopper.arrive(f"/returns/{number}")
        await expect(self.shopper.page.locator("#label")).to_be_visible()
