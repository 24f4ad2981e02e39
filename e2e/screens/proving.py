"""Showing that an order is one's own: where the code goes, the six digits, the link of the mail."""

import re

from playwright.async_api import expect

from e2e.mails import CodeMail, code_mail, known_mails
from e2e.shopper import Shopper
from e2e.stock import Order

PROOF = r"/orders/[0-9a-f-]{36}/proof"


class AskScreen:
    """Before a code is sent."""

    def __init__(self, shopper: Shopper) -> None:
        self.shopper = shopper
        self.masked = shopper.page.locator(".mailto bdi")
        self.send = shopper.page.locator("main form button.btn")

    async def ask(self, order: Order) -> CodeMail:
        """Have a code sent; the mail that comes."""
        known = await known_mails(self.shopper.product, order.slug, order.number)
        await self.send.click()
        await self.shopper.arrive(f"{PROOF}/code")
        return await code_mail(self.shopper.product, order.slug, order.number, known)


class CodeScreen:
    """Six digits, please."""

    def __init__(self, shopper: Shopper) -> None:
        self.shopper = shopper
        page = shopper.page
        self.code = page.locator("#code")
        self.submit = page.locator("#code-form button.btn")
        self.again = page.locator("main .btn.quiet")
        self.errors, self.early = page.locator("#errors"), page.locator("#code-form .note")

    async def type(self, code: str) -> None:
        """Type and send, whatever comes."""
        await self.code.fill(code)
        await self.submit.click()

    async def refuse(self, code: str, why: str) -> None:
        """Type a code that is not taken; the focus goes to what is wrong."""
        await self.type(code)
        await expect(self.errors).to_contain_text(why)
        await expect(self.errors).to_be_focused()
        await self.shopper.look()


class LinkScreen:
    """The mail's link, opened."""

    def __init__(self, shopper: Shopper) -> None:
        self.shopper = shopper
        self.title = shopper.page.locator("h1")
        self.press = shopper.page.locator("main form button.btn")

    async def open(self, mail: CodeMail) -> "LinkScreen":
        """Go there."""
        await self.shopper.page.goto(mail.link)
        await self.shopper.look()
        return self


async def prove(shopper: Shopper, order: Order, then: str) -> None:
    """From the page that asks for a proof, by code, to a page whose path matches."""
    mail = await AskScreen(shopper).ask(order)
    await CodeScreen(shopper).type(mail.code)
    await shopper.arrive(then)


def is_proof(shopper: Shopper) -> bool:
    """Whether the page that is open asks for a proof."""
    return re.search(rf"{PROOF}(\?|$)", shopper.page.url) is not None
