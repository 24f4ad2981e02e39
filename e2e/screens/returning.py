"""The three steps of a return, one question each."""

from playwright.async_api import Locator, expect

from e2e.screens.status import ReturnScreen
from e2e.shopper import Shopper

STEPS = r"/orders/[0-9a-f-]{36}/return"


class ChooseScreen:
    """Which items, how many."""

    def __init__(self, shopper: Shopper) -> None:
        self.shopper = shopper
        page = shopper.page
        self.boxes = page.locator("#choices input.box")
        self.amounts = page.locator("#choices select")
        self.refused = page.locator(".row.no")
        self.total = page.locator("#sum .total dd")
        self.go_on = page.locator("#sum button.btn")
        self.errors = page.locator("#errors")

    def why_not(self, title: str) -> Locator:
        """The reasons beside an item that stays."""
        return self.refused.filter(has_text=title).locator(".why")

    async def choose(self, *places: int) -> None:
        """Tick these single pieces, counted from 0; the sum follows where there is JavaScript."""
        for place in places:
            box = self.boxes.nth(place)
            if self.shopper.way.script:
                async with self.shopper.page.expect_response(lambda answer: answer.url.endswith("/return/quote")):
                    await box.check()
            else:
                await box.check()

    async def send(self) -> "ReasonsScreen":
        """On to the reasons."""
        await self.go_on.click()
        await self.shopper.arrive(f"{STEPS}/reasons")
        return ReasonsScreen(self.shopper)


class ReasonsScreen:
    """Why, line by line."""

    def __init__(self, shopper: Shopper) -> None:
        self.shopper = shopper
        page = shopper.page
        self.lines = page.locator("fieldset")
        self.comments = page.locator("textarea")
        self.go_on = page.locator("form.page button.btn")
        self.errors = page.locator("#errors")

    async def give(self, *answers: str) -> None:
        """The reason of each line, by its code."""
        for place, code in enumerate(answers):
            await self.lines.nth(place).locator(f"label:has(input[value={code}])").click()

    async def send(self) -> "CheckScreen":
        """On to the check."""
        await self.go_on.click()
        await self.shopper.arrive(f"{STEPS}/check")
        return CheckScreen(self.shopper)


class CheckScreen:
    """Everything once more."""

    def __init__(self, shopper: Shopper) -> None:
        self.shopper = shopper
        page = shopper.page
        self.items = page.locator("section .item")
        self.total = page.locator("#sum .total dd")
        self.go_on = page.locator("#sum button.btn")
        self.changed = page.locator("#changed")

    async def send(self) -> ReturnScreen:
        """The one button that counts."""
        await self.go_on.click()
        return await self.sent()

    async def sent(self) -> ReturnScreen:
        """After the button was pressed."""
        await self.shopper.arrive(r"/returns/R-\d+/confirmation")
        screen = ReturnScreen(self.shopper)
        await expect(screen.label).to_be_visible()
        return screen
