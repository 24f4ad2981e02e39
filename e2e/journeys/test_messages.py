"""From a mail to its order, to the choice of messages, and out of them again."""

import asyncio
import re
import time
from datetime import UTC, datetime

import pytest
from playwright.async_api import expect

from e2e.conftest import Take
from e2e.screens.lookup import ORDER
from e2e.screens.proving import prove
from e2e.shopper import Shopper, Way
from e2e.stock import Order, tell
from portal.integrations.mailfolder.folder import Kept, list_mails

WAYS = [Way("fashion", "", width=360), Way("jewels", "", script=False)]
SECONDS = 20
OPEN = re.compile(r"http://\S+/o/[\w-]{46}(?=\s)")
LEAVE = re.compile(r"http://\S+/messages/leave/[\w-]{46}")


async def delivered_mail(shopper: Shopper, order: Order) -> Kept:
    """What the shopper gets when the parcel arrives, which it does now. Raises AssertionError when nothing comes."""
    product, (carrier, number) = shopper.product, order.parcels[0]
    known = {mail.name for mail in await _mails(shopper, order)}
    at = datetime.now(UTC).isoformat()
    scan = {"id": f"{number}-here", "carrier": carrier, "tracking_number": number, "status": "delivered"}
    tell(order.slug, product.port, product.secrets[order.slug], [{**scan, "occurred_at": at}])
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        found = [mail for mail in await _mails(shopper, order) if mail.name not in known]
        if found:
            return found[0]
        # Mails come by a worker: there is nothing in the browser to wait for.
        await asyncio.sleep(0.05)
    raise AssertionError(f"no mail about {order.number} within {SECONDS} s")


async def _mails(shopper: Shopper, order: Order) -> list[Kept]:
    folder = shopper.product.folder / "data" / "mail"
    mails = await asyncio.to_thread(list_mails, folder, order.slug, 1000)
    return [mail for mail in mails if mail.subject.endswith(f" · {order.number.lstrip('#')}")]


def link(pattern: re.Pattern[str], mail: Kept) -> str:
    found = pattern.search(mail.text)
    assert found is not None, mail.text
    return found[0]


@pytest.mark.parametrize("way", WAYS, ids=str)
async def test_from_a_mail_to_the_choice_of_messages_and_out_of_them(visitor: Shopper, take: Take) -> None:
    order, page = take(visitor.way.slug, "moves_now"), visitor.page
    mail = await delivered_mail(visitor, order)
    language = link(OPEN, mail).split("/")[3]
    assert mail.to == order.email

    await page.goto(link(OPEN, mail))
    await expect(page).to_have_url(re.compile(rf"/{language}{ORDER}$"))
    await expect(page.locator("#proof")).to_be_visible()
    await visitor.look(language)

    await page.locator('#aside a[href$="/messages"]').click()
    visitor.way = Way(visitor.way.slug, language, visitor.way.width, visitor.way.script)
    await prove(visitor, order, f"{ORDER}/messages")
    await page.locator('label:has(input[value="problems"])').click()
    await page.locator("main form.form .btn").click()
    await expect(page.locator("#saved")).to_be_visible()
    await expect(page.locator('input[value="problems"]')).to_be_checked()
    await visitor.look()

    await page.goto(link(LEAVE, mail))
    await visitor.look()
    await page.locator("main form .btn").click()
    await page.locator('main a.btn[href$="/messages"]').click()
    await expect(page.locator('input[value="none"]')).to_be_checked()
    await visitor.look()
