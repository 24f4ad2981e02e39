"""Asking the team: what, the details, is everything right, and the request afterwards."""

from urllib.parse import urlsplit

from playwright.async_api import expect

from e2e.screens.order import OrderScreen
from e2e.screens.proving import PROOF, is_proof, prove
from e2e.shopper import Shopper
from e2e.stock import Order

NEW = r"/orders/[0-9a-f-]{36}/requests/new/[0-9a-z-]+"
CHECK = r"/orders/[0-9a-f-]{36}/requests/check"
ORDER = r"/orders/[0-9a-f-]{36}"


class AskingScreen:
    """The order page's links to what can be asked, and the pages they lead to."""

    def __init__(self, shopper: Shopper) -> None:
        self.shopper = shopper
        page = shopper.page
        self.choices = page.locator("main .links a")
        self.reasons = page.locator("main .facts dd")
        self.go_on = page.locator("form.page button.btn")
        self.errors, self.text = page.locator("#errors"), page.locator("#text")
        self.hints = page.locator(".note li")

    async def begin(self, order: Order, ending: str) -> "AskingScreen":
        """From the order page to a question whose address ends like this, over the proof where one is asked for."""
        await self.shopper.page.locator(f"main a[href$='-{ending}']").first.click()
        await self.shopper.arrive(f"({NEW}|{PROOF})")
        if is_proof(self.shopper):
            await prove(self.shopper, order, NEW)
        return self

    async def choose(self, ending: str) -> "AskingScreen":
        """One of the choices, by the end of its address."""
        await self.shopper.page.locator(f"main .links a[href$='-{ending}']").click()
        await self.shopper.arrive(NEW)
        return self

    async def fill(self, **fields: str) -> None:
        """Fields by their ids."""
        for name, value in fields.items():
            await self.shopper.page.locator(f"#{name}").fill(value)

    async def refuse(self) -> None:
        """Send what cannot be: the focus goes to what is wrong."""
        await self.go_on.click()
        await expect(self.errors).to_be_focused()
        await self.shopper.look()

    async def check(self) -> None:
        """On to the check."""
        await self.go_on.click()
        await self.shopper.arrive(CHECK)

    async def send(self) -> "RequestScreen":
        """The one button that counts."""
        await self.go_on.click()
        await self.shopper.arrive(r"/requests/A-\d+/confirmation")
        return RequestScreen(self.shopper)


class RequestScreen:
    """A request that was sent."""

    def __init__(self, shopper: Shopper) -> None:
        self.shopper = shopper
        page = shopper.page
        self.state, self.next = page.locator(".chip"), page.locator(".how li")
        self.withdraw = page.locator("form[action$='/withdraw'] button")
        self.history = page.locator("#history li")

    @property
    def number(self) -> str:
        """A-1001, from the address."""
        return next(part for part in urlsplit(self.shopper.page.url).path.split("/") if part.startswith("A-"))

    async def back(self) -> OrderScreen:
        """To the order."""
        await self.shopper.page.locator("main a.text-link[href*='/orders/']").click()
        await self.shopper.arrive(ORDER)
        return OrderScreen(self.shopper)
