"""From a message to its order, the choice of messages behind a proof, and the way out with one click."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from starlette.applications import Starlette

from graphql_api.application import create_application
from portal.intake.service import record_order
from portal.integrations.records import CustomerRecord
from portal.merchants.queries import MerchantFacts
from portal.notifications.queries import Choice, find_choice
from portal.notifications.rules import Channel, Scope
from portal.notifications.service import save_choice
from portal.notifications.tokens import Purpose, make_token, read_token
from portal.orders.models import Order
from portal.settings import Settings
from portal.web.sessions import find_session, open_session, prove_order
from tests.factories.browsers import Browser, open_browser
from tests.factories.merchants import NOW
from tests.factories.records import order_record

TODAY = NOW.date()


async def make_order(merchant: MerchantFacts, **changes: object) -> Order:
    record = order_record(**changes)
    await record_order(merchant.id, record, NOW)
    return await Order.get(merchant_id=merchant.id, source_id=record.source_id)


async def proven(app: Starlette, merchant: MerchantFacts, order_id: UUID) -> Browser:
    token = await open_session(merchant.id, None, order_id, "", NOW)
    session = await find_session(merchant.id, token, NOW)
    assert session is not None
    browser = open_browser(app, merchant)
    browser.client.cookies.set("doorstep", await prove_order(merchant.id, session.id, order_id, NOW))
    return browser


async def test_a_link_opens_the_stub_at_an_address_without_the_token(app: Starlette, merchant: MerchantFacts) -> None:
    order, browser = await make_order(merchant), open_browser(app, merchant)
    opened = await browser.get(f"/de/o/{make_token(Purpose.OPEN, merchant.id, order.id, TODAY)}")
    assert opened.headers["location"] == f"/de/orders/{order.id}"
    shown = await browser.get(opened.headers["location"])
    assert shown.status_code == 200
    assert "Torstr" not in shown.text


async def test_a_link_keeps_the_session_that_sees_the_order_already(app: Starlette, merchant: MerchantFacts) -> None:
    order = await make_order(merchant)
    browser = await proven(app, merchant, order.id)
    before = browser.client.cookies.get("doorstep")
    await browser.get(f"/o/{make_token(Purpose.OPEN, merchant.id, order.id, TODAY)}")
    assert browser.client.cookies.get("doorstep") == before


async def test_a_link_that_is_not_ours_leads_to_the_front_door(
    app: Starlette, merchant: MerchantFacts, other_merchant: MerchantFacts
) -> None:
    order, browser = await make_order(merchant), open_browser(app, merchant)
    good = make_token(Purpose.OPEN, merchant.id, order.id, TODAY)
    wrong = [
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        make_token(Purpose.LEAVE, merchant.id, order.id, TODAY),
        make_token(Purpose.OPEN, other_merchant.id, order.id, TODAY),
        make_token(Purpose.OPEN, merchant.id, order.id, TODAY - timedelta(days=121)),
        make_token(Purpose.OPEN, merchant.id, uuid4(), TODAY),
        "x" * 300,
    ]
    places = {(await browser.get(f"/o/{token}")).headers["location"] for token in wrong}
    assert places == {"/?again=1"}
    assert browser.client.cookies.get("doorstep") is None


async def test_guessing_at_links_is_stopped(app: Starlette, merchant: MerchantFacts) -> None:
    browser = open_browser(app, merchant)
    answers = {(await browser.get(f"/o/{'x' * 46}")).status_code for _ in range(62)}
    assert answers == {303, 429}


def test_a_token_is_good_for_one_purpose_until_its_day(open_database: None) -> None:
    merchant_id, order_id = uuid4(), uuid4()
    token = make_token(Purpose.OPEN, merchant_id, order_id, TODAY)
    assert read_token(Purpose.OPEN, merchant_id, token, TODAY + timedelta(days=120)) == order_id
    assert read_token(Purpose.OPEN, merchant_id, token, TODAY + timedelta(days=121)) is None
    assert read_token(Purpose.LEAVE, merchant_id, token, TODAY) is None


async def test_choosing_needs_a_proof(app: Starlette, merchant: MerchantFacts) -> None:
    order, browser = await make_order(merchant), open_browser(app, merchant)
    stranger = await browser.get(f"/orders/{order.id}/messages")
    await browser.get(f"/o/{make_token(Purpose.OPEN, merchant.id, order.id, TODAY)}")
    visitor = await browser.get(f"/orders/{order.id}/messages")
    assert stranger.headers["location"] == "/?again=1"
    assert visitor.headers["location"] == f"/orders/{order.id}/proof?then=messages"


async def test_what_was_chosen_is_kept_and_shown(app: Starlette, merchant: MerchantFacts) -> None:
    order = await make_order(merchant)
    browser = await proven(app, merchant, order.id)
    path = f"/orders/{order.id}/messages"
    sent = await browser.submit(path, {"scope": "problems", "locale": "de"}, on=path)
    shown = await browser.get(sent.headers["location"])
    row = await find_choice(merchant.id, order.id)
    assert row is not None
    assert (row.scope, row.channel, row.locale) == ("problems", "email", "de")
    assert "Saved" in shown.text
    assert 'value="problems" checked' in shown.text


async def test_texts_are_offered_to_whoever_can_get_them(
    settings: Settings, open_database: None, merchant: MerchantFacts
) -> None:
    changed = settings.model_copy(update={"sms_url": "twilio://AC1:token@?from=MG1"})
    app = create_application(changed, clock=lambda: NOW)
    pages = []
    for phone in ("0170 1234567", ""):
        order = await make_order(merchant, customer=CustomerRecord(email="jonas@example.com", phone=phone))
        browser = await proven(app, merchant, order.id)
        pages.append((await browser.get(f"/orders/{order.id}/messages")).text)
    await app.state.limiter.close()
    await app.state.buckets.close()
    assert ("•••67" in pages[0], "4567" in pages[0]) == (True, False)
    assert 'name="channel"' not in pages[1]


@pytest.mark.parametrize("fields", [{}, {"scope": "everything"}, {"scope": "all", "locale": "xx"}])
async def test_an_answer_that_is_none_is_said_at_its_question(
    app: Starlette, merchant: MerchantFacts, fields: dict[str, str]
) -> None:
    order = await make_order(merchant)
    browser = await proven(app, merchant, order.id)
    path = f"/orders/{order.id}/messages"
    refused = await browser.submit(path, fields, on=path)
    assert refused.status_code == 422
    assert "Choose one of these" in refused.text


async def test_looking_at_the_way_out_changes_nothing(app: Starlette, merchant: MerchantFacts) -> None:
    order, browser = await make_order(merchant), open_browser(app, merchant)
    shown = await browser.get(f"/messages/leave/{make_token(Purpose.LEAVE, merchant.id, order.id, TODAY)}")
    assert shown.status_code == 200
    assert await find_choice(merchant.id, order.id) is None


async def test_a_mail_program_leaves_with_one_click(app: Starlette, merchant: MerchantFacts) -> None:
    order, browser = await make_order(merchant), open_browser(app, merchant)
    await save_choice(merchant.id, order.id, Choice(Scope.ALL, Channel.EMAIL, "de"), NOW)
    path = f"/de/messages/leave/{make_token(Purpose.LEAVE, merchant.id, order.id, TODAY)}"
    answers = [
        await browser.client.post(
            path, data={"List-Unsubscribe": "One-Click"}, headers={"sec-fetch-site": "cross-site"}
        )
        for _ in range(2)
    ]
    row = await find_choice(merchant.id, order.id)
    assert [answer.status_code for answer in answers] == [200, 200]
    assert row is not None
    assert (row.scope, row.locale) == ("none", "de")


async def test_a_way_out_that_is_not_ours_leads_nowhere(app: Starlette, merchant: MerchantFacts) -> None:
    order, browser = await make_order(merchant), open_browser(app, merchant)
    token = make_token(Purpose.OPEN, merchant.id, order.id, TODAY)
    assert (await browser.client.post(f"/messages/leave/{token}")).status_code == 404
    assert await find_choice(merchant.id, order.id) is None
