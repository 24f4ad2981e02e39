"""The mail with the code: once, to the order's address, and to nobody when there is no such order."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import uuid4

import pytest

from portal.db.outbox import Claim
from portal.integrations.ports import AdapterError
from portal.kernel.refusal import Refusal
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.proofs.events import CodeWanted
from portal.proofs.models import Proof
from portal.settings import Settings
from tests.factories.browsers import Browser
from tests.factories.proofs import ask, link, newest, right_code
from tests.notifications.post import STATIONERY, Post
from tests.proofs.conftest import EMAIL, Clock
from workers.proofs import send_code
from workers.workshop import Workshop


@pytest.fixture(autouse=True)
def today(clock: Clock) -> None:
    """The worker's clock is the real one."""
    clock.now = datetime.now(UTC)


def workshop_of(post: Post, settings: Settings) -> Workshop:
    parts: dict[str, Any] = {"renderer": None, "store": None, "http": None}
    return Workshop(settings=settings, postman=post, stationery=STATIONERY, **cast(Any, parts))


async def claim_of(merchant: MerchantFacts, locale: str = "en") -> Claim:
    payload = {"proof_id": str((await newest(merchant)).id), "locale": locale}
    return Claim(uuid4(), merchant.id, CodeWanted.topic, payload, 1, 1)


async def test_the_mail_holds_code_and_link_and_goes_out_once(
    visitor: Browser, merchant: MerchantFacts, order: Order, settings: Settings
) -> None:
    await ask(visitor, order)
    post, claim = Post(), await claim_of(merchant)
    for _ in range(2):
        await send_code(claim, workshop_of(post, settings))
    (mail,) = post.mails
    assert (mail.to, await right_code(merchant) in mail.subject) == (EMAIL, True)
    for part in (mail.text, mail.html):
        assert f"http://{merchant.slug}.localhost:{settings.port}/en{await link(merchant)}" in part


async def test_nobody_is_written_to_for_an_order_that_is_not_there(
    visitor: Browser, merchant: MerchantFacts, order: Order, settings: Settings
) -> None:
    form = {"number": order.number, "email": "nobody@example.com"}
    await visitor.submit("/lookup/code", form, on="/lookup/code")
    post = Post()
    await send_code(await claim_of(merchant), workshop_of(post, settings))
    assert post.mails == []


async def test_a_mail_that_comes_too_late_stays(
    visitor: Browser, merchant: MerchantFacts, order: Order, settings: Settings
) -> None:
    await ask(visitor, order)
    await Proof.filter(merchant_id=merchant.id).update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    post = Post()
    await send_code(await claim_of(merchant), workshop_of(post, settings))
    assert post.mails == []


async def test_a_mail_that_did_not_go_out_is_tried_again_unless_it_never_can(
    visitor: Browser, merchant: MerchantFacts, order: Order, settings: Settings
) -> None:
    await ask(visitor, order)
    claim = await claim_of(merchant)
    post = Post(faults=[AdapterError("unreachable"), AdapterError("bad_address", permanent=True)])
    with pytest.raises(AdapterError):
        await send_code(claim, workshop_of(post, settings))
    with pytest.raises(Refusal):
        await send_code(claim, workshop_of(post, settings))
    await send_code(claim, workshop_of(post, settings))
    assert len(post.mails) == 1


@pytest.mark.parametrize("locale", ["de", "es", "ar", "en-XA"])
async def test_the_mail_is_in_the_language_of_the_page(
    visitor: Browser, merchant: MerchantFacts, order: Order, settings: Settings, locale: str
) -> None:
    await ask(visitor, order)
    post = Post()
    await send_code(await claim_of(merchant, locale), workshop_of(post, settings))
    assert "Type these six digits" not in post.mails[0].text.replace("⟦Type", "")
    assert f'lang="{locale}"' in post.mails[0].html
