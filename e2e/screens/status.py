"""A return that was asked for: its number, its label, what comes back."""

import io
from urllib.parse import urlsplit

from PIL import Image
from playwright.async_api import expect

from e2e.shopper import Shopper


class ReturnScreen:
    """The confirmation and the status page."""

    def __init__(self, shopper: Shopper) -> None:
        self.shopper = shopper
        page = shopper.page
        self.title = page.locator("h1")
        self.label = page.locator("#label")
        self.pdf = self.label.locator("a.btn")
        self.code = self.label.locator(".qr img")
        self.code_text = self.label.locator(".qr figcaption")
        self.look_again = self.label.locator("a.text-link")
        self.total = page.locator("aside .total dd")
        self.order = page.locator("a.text-link[href*='/orders/']")
        self.history = page.locator("#history li")

    @property
    def number(self) -> str:
        """R-1001, from the address."""
        return next(part for part in urlsplit(self.shopper.page.url).path.split("/") if part.startswith("R-"))

    async def wait_for_label(self) -> None:
        """Until the label is there: by itself with JavaScript, else by looking again."""
        while not self.shopper.way.script and not await self.pdf.count():
            await self.look_again.click()
            await self.shopper.page.wait_for_load_state()
        await expect(self.pdf).to_be_visible()
        await expect(self.code).to_have_js_property("complete", True)
        await self.shopper.look()

    async def picture_of_code(self) -> Image.Image:
        """What a scanner at the counter sees."""
        return Image.open(io.BytesIO(await self.label.locator(".qr").screenshot()))
