"""What the team and the shopper read in their mails about a request."""

from typing import Any, cast
from uuid import uuid4

import pytest

from portal.db.outbox import Claim
from portal.integrations.ports import AdapterError
from portal.kernel.refusal import Refusal
from portal.merchants.queries import MerchantFacts
from portal.requests.models import ShopperRequest
from portal.requests.rules import Kind, RequestState
from portal.requests.service import answer_request, withdraw_request
from portal.settings import Settings
from tests.factories.merchants import NOW, make_merchant
from tests.notifications.post import STATIONERY, Post
from tests.requests.asking import asked, stored
from workers.requests import tell_shopper, tell_team
from workers.workshop import Workshop

ADDRESS = {
    "name": "Jonas Weber",
    "company": "",
    "line1": "Torstraße 11",
    "line2": "",
    "city": "Berlin",
    "postal_code": "10119",
    "region": "",
    "country": "DE",
    "phone": "",
}


def claim_of(row: ShopperRequest) -> Claim:
    return Claim(uuid4(), row.merchant_id, "request.made", {"request_id": str(row.id)}, 1, 1)


def workshop_of(post: Post, settings: Settings) -> Workshop:
    parts: dict[str, Any] = {"renderer": None, "store": None, "http": None}
    return Workshop(settings=settings, postman=post, stationery=STATIONERY, **cast(Any, parts))


async def test_the_team_gets_all_it_needs_and_answers_the_shopper(merchant: MerchantFacts, settings: Settings) -> None:
    order, post = await stored(merchant), Post()
    row = await asked(merchant, order, Kind.ADDRESS_CORRECTION, address=ADDRESS, text="<b>Please</b>")
    await tell_team(claim_of(row), workshop_of(post, settings))
    (mail,) = post.mails
    assert (mail.to, mail.reply_to) == (merchant.support_email, "jonas@example.com")
    assert mail.subject == f"A-1001 · Another address · {order.number}"
    for told in ("Torstr. 1", "Torstraße 11", "jonas@example.com", "DHL", "<b>Please</b>"):
        assert told in mail.text
    assert "&lt;b&gt;Please&lt;/b&gt;" in mail.html


async def test_the_shopper_gets_a_copy_and_later_the_answer(merchant: MerchantFacts, settings: Settings) -> None:
    post = Post()
    row = await asked(merchant, await stored(merchant), text="after six")
    await tell_shopper(claim_of(row), workshop_of(post, settings))
    await answer_request(merchant, row.id, RequestState.DECLINED, "The depot is closed.", "Mia", NOW)
    await tell_shopper(claim_of(row), workshop_of(post, settings))
    received, answered = post.mails
    assert received.to == answered.to == "jonas@example.com"
    assert "after six" in received.text
    assert f"http://{merchant.slug}.localhost" in received.text
    assert "The depot is closed." in answered.text


@pytest.mark.parametrize("locale", ["de", "es", "ar"])
async def test_the_shopper_is_written_to_in_their_language(
    merchant: MerchantFacts, settings: Settings, locale: str
) -> None:
    post = Post()
    row = await asked(merchant, await stored(merchant))
    await ShopperRequest.filter(id=row.id).update(locale=locale)
    await tell_shopper(claim_of(row), workshop_of(post, settings))
    assert post.mails[0].headers["Content-Language"] == locale
    assert "We have your request" not in post.mails[0].subject


async def test_a_withdrawal_is_told_to_the_team_alone(merchant: MerchantFacts, settings: Settings) -> None:
    post = Post()
    row = await asked(merchant, await stored(merchant))
    await withdraw_request(merchant, row.id, "shopper", NOW)
    await tell_shopper(claim_of(row), workshop_of(post, settings))
    await tell_team(claim_of(row), workshop_of(post, settings))
    (mail,) = post.mails
    assert "A-1001 was withdrawn" in mail.text


async def test_nobody_to_write_to_is_no_mail(open_database: None, settings: Settings) -> None:
    silent, post = await make_merchant(support_email=""), Post()
    row = await asked(silent, await stored(silent))
    await tell_team(claim_of(row), workshop_of(post, settings))
    assert post.mails == []


async def test_a_mail_that_can_never_go_out_is_not_tried_again(merchant: MerchantFacts, settings: Settings) -> None:
    row = await asked(merchant, await stored(merchant))
    never, later = AdapterError("no_such_mailbox", permanent=True), AdapterError("mail_server_busy")
    with pytest.raises(Refusal):
        await tell_team(claim_of(row), workshop_of(Post(faults=[never]), settings))
    with pytest.raises(AdapterError):
        await tell_team(claim_of(row), workshop_of(Post(faults=[later]), settings))
