"""What the shops have mailed, as a shopper's mail program would show it: the demo keeps its mails as files."""

import asyncio
import re
import time
from dataclasses import dataclass

from e2e.product import Product
from portal.integrations.mailfolder.folder import Kept, list_mails

SECONDS = 20
LINK = re.compile(r"http://\S+(/proof/[\w-]{43})")


@dataclass(frozen=True, slots=True)
class CodeMail:
    """Six digits and the whole address of the link."""

    code: str
    link: str


async def code_mail(product: Product, slug: str, number: str, known: frozenset[str] = frozenset()) -> CodeMail:
    """The newest mail with a code for an order that is not among `known`. Raises AssertionError when none comes."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        found = [mail for mail in await _codes(product, slug, number) if mail.name not in known]
        if found:
            link = LINK.search(found[0].text)
            assert link is not None, found[0].text
            return CodeMail(found[0].subject[:6], link[0])
        # Mails come by a worker: there is nothing in the browser to wait for.
        await asyncio.sleep(0.05)
    raise AssertionError(f"no mail with a code for {number} within {SECONDS} s")


async def known_mails(product: Product, slug: str, number: str) -> frozenset[str]:
    """The names of the mails with codes for an order that are there already."""
    return frozenset(mail.name for mail in await _codes(product, slug, number))


async def _codes(product: Product, slug: str, number: str) -> list[Kept]:
    mails = await asyncio.to_thread(list_mails, product.folder / "data" / "mail", slug, 1000)
    # In every language the subject begins with the code and ends with the number.
    return [mail for mail in mails if re.fullmatch(rf"\d{{6}} .*\b{re.escape(number.lstrip('#'))}\b.*", mail.subject)]
