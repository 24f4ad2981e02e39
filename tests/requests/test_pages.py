"""Asking the team, walked without JavaScript: what, the details, is everything right, done."""

import asyncio
import re
from dataclasses import replace

import pytest
from httpx2 import Response
from starlette.applications import Starlette

from portal.intake.service import record_order
from portal.integrations.records import OrderRecord
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.requests.asking import about_of
from portal.requests.models import ShopperRequest
from portal.requests.rules import RequestState
from portal.requests.service import answer_request
from portal.tracking.models import Parcel
from tests.factories.browsers import Browser, open_browser
from tests.factories.merchants import NOW
from tests.factories.records import delivered_parcel, line_record, order_record, parcel_record

CONTACT = "jonas@example.com"
GOOD = {
    "name": "Jonas Weber",
    "line1": "Torstraße 11",
    "line2": "Hinterhaus",
    "postal_code": "10119",
    "city": "Berlin",
    "text": "The number was wrong.",
}


async def stored(merchant: MerchantFacts, record: OrderRecord) -> Order:
    await record_order(merchant.id, record, NOW)
    return await Order.get(merchant_id=merchant.id, source_id=record.source_id)


async def walk_in(app: Starlette, merchant: MerchantFacts, order: Order) -> Browser:
    """A browser that has looked the order up and shown that it is theirs."""
    browser = open_browser(app, merchant)
    await browser.open_order(merchant, order.id, order.number, CONTACT)
    return browser


async def new_path(order: Order, what: str, *, parcel: int = 1) -> str:
    """Where something is asked for; parcel 0 is what was not sent yet."""
    row = await Parcel.get_or_none(merchant_id=order.merchant_id, order_id=order.id, position=parcel)
    return f"/orders/{order.id}/requests/new/{about_of(str(row.id) if row else '', what)}"


async def ask(browser: Browser, order: Order, path: str, fields: dict[str, str]) -> Response:
    """Fill in, check, send; the answer to the last button."""
    hidden = await hidden_of_check(browser, order, path, fields)
    return await browser.client.post(f"/orders/{order.id}/requests", data=hidden)


async def hidden_of_check(browser: Browser, order: Order, path: str, fields: dict[str, str]) -> dict[str, str]:
    filled = await browser.submit(path, fields, on=path)
    assert filled.headers.get("location") == f"/orders/{order.id}/requests/check", filled.text
    check = await browser.get(f"/orders/{order.id}/requests/check")
    assert check.status_code == 200
    return dict(re.findall(r'name="(csrf_token|draft|reach)" value="([^"]+)"', check.text))


@pytest.fixture
async def unsent(merchant: MerchantFacts) -> Order:
    """Nothing was sent yet."""
    return await stored(merchant, order_record(parcels=()))


@pytest.fixture
async def missed(merchant: MerchantFacts) -> Order:
    """The courier came and nobody was there."""
    return await stored(merchant, order_record(parcels=(parcel_record(status="attempt_failed"),)))


@pytest.fixture
async def delivered(merchant: MerchantFacts) -> Order:
    """A jacket and three beanies, here for two days."""
    lines = (line_record(), line_record("l2", title="Cairn beanie", sku="FW-BNE-01", quantity=3))
    parcel = delivered_parcel(2, lines=(("l1", 1), ("l2", 3)))
    return await stored(merchant, order_record(lines=lines, parcels=(parcel,)))


async def test_an_address_is_corrected_before_anything_is_sent(
    app: Starlette, merchant: MerchantFacts, unsent: Order
) -> None:
    browser = await walk_in(app, merchant, unsent)
    path = await new_path(unsent, "address_correction", parcel=0)
    assert path in (await browser.get(f"/orders/{unsent.id}")).text
    form = await browser.get(path)
    assert 'value="Torstr. 1"' in form.text
    sent = await ask(browser, unsent, path, GOOD)
    assert sent.headers["location"] == "/requests/A-1001/confirmation"
    row = await ShopperRequest.get(merchant_id=merchant.id, number="A-1001")
    assert (row.kind, row.reach, row.state, row.facts["address"]["line1"]) == (
        "address_correction",
        "shop",
        "open",
        "Torstraße 11",
    )
    assert (await Order.get(id=unsent.id)).shipping_address["line1"] == "Torstr. 1"


async def test_the_order_page_tells_what_was_asked_and_what_came_of_it(
    app: Starlette, merchant: MerchantFacts, missed: Order
) -> None:
    browser = await walk_in(app, merchant, missed)
    await ask(browser, missed, await new_path(missed, "redelivery"), {"text": "after 18:00"})
    shown = (await browser.get(f"/orders/{missed.id}")).text
    assert "Another delivery" in shown
    assert "Our team has it." in shown
    row = await ShopperRequest.get(merchant_id=merchant.id, number="A-1001")
    await answer_request(merchant, row.id, RequestState.DECLINED, "The carrier sends it back.", "Mia", NOW)
    shown = (await browser.get(f"/orders/{missed.id}")).text
    assert "It was not possible." in shown
    assert "The carrier sends it back." in shown
    stranger = open_browser(app, merchant)
    await stranger.look_up(missed.number, CONTACT)
    assert "The carrier sends it back." not in (await stranger.get(f"/orders/{missed.id}")).text


async def test_a_page_that_follows_its_parcel_keeps_what_was_asked(
    app: Starlette, merchant: MerchantFacts, unsent: Order
) -> None:
    browser = await walk_in(app, merchant, unsent)
    await ask(browser, unsent, await new_path(unsent, "address_correction", parcel=0), GOOD)
    record = order_record(number=unsent.number, parcels=(parcel_record(),))
    await record_order(merchant.id, replace(record, source_id=unsent.source_id, updated_at=NOW), NOW)
    shown = (await browser.get(f"/orders/{unsent.id}")).text
    assert "Another address" in shown
    assert "Your parcel" in shown


async def test_not_received_is_reported_and_the_next_steps_are_told(
    app: Starlette, merchant: MerchantFacts, delivered: Order
) -> None:
    browser = await walk_in(app, merchant, delivered)
    path = await new_path(delivered, "not_received")
    assert "Ask your neighbours" in (await browser.get(path)).text
    sent = await ask(browser, delivered, path, {"text": ""})
    told = await browser.get(sent.headers["location"])
    assert "We ask the carrier where the courier left it" in told.text
    assert "Withdraw this request" in told.text


async def test_damage_names_items_and_says_what_happened(
    app: Starlette, merchant: MerchantFacts, delivered: Order
) -> None:
    browser = await walk_in(app, merchant, delivered)
    path = await new_path(delivered, "damaged")
    lines = {line.source_id: str(line.id) for line in await delivered.lines.all()}  # type: ignore[attr-defined]  # related manager
    await ask(browser, delivered, path, {f"quantity-{lines['l2']}": "2", "text": "Both are\x07 torn.\u202e"})
    row = await ShopperRequest.get(merchant_id=merchant.id, number="A-1001")
    assert row.facts["lines"] == {lines["l2"]: 2}
    assert row.facts["text"] == "Both are torn."


async def test_fifty_same_submits_are_one_request(app: Starlette, merchant: MerchantFacts, missed: Order) -> None:
    browser = await walk_in(app, merchant, missed)
    hidden = await hidden_of_check(browser, missed, await new_path(missed, "redelivery"), {"text": ""})
    answers = await asyncio.gather(
        *(browser.client.post(f"/orders/{missed.id}/requests", data=hidden) for _ in range(50))
    )
    assert {answer.headers.get("location") for answer in answers} == {"/requests/A-1001/confirmation"}
    assert await ShopperRequest.filter(merchant_id=merchant.id).count() == 1


async def test_a_request_is_withdrawn_once(app: Starlette, merchant: MerchantFacts, missed: Order) -> None:
    browser = await walk_in(app, merchant, missed)
    await ask(browser, missed, await new_path(missed, "redelivery"), {"text": ""})
    gone = await browser.submit("/requests/A-1001/withdraw", {}, on="/requests/A-1001")
    assert gone.headers["location"] == "/requests/A-1001"
    assert "You withdrew this request" in (await browser.get("/requests/A-1001")).text
    assert "Another delivery" not in (await browser.get(f"/orders/{missed.id}")).text


async def test_withdrawing_too_late_says_what_became_of_it(
    app: Starlette, merchant: MerchantFacts, missed: Order
) -> None:
    browser = await walk_in(app, merchant, missed)
    await ask(browser, missed, await new_path(missed, "redelivery"), {"text": ""})
    shown = await browser.get("/requests/A-1001")
    row = await ShopperRequest.get(merchant_id=merchant.id, number="A-1001")
    await answer_request(merchant, row.id, RequestState.DONE, "", "Mia", NOW)
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown.text)
    assert token is not None
    late = await browser.client.post("/requests/A-1001/withdraw", data={"csrf_token": token[1]})
    assert late.status_code == 409
    assert "This was settled before you could withdraw it" in late.text


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        ("out_for_delivery", "The courier has it in the van"),
        ("delivered", "It was delivered on"),
    ],
)
async def test_what_changes_before_the_last_button_is_told_and_nothing_is_sent(
    app: Starlette, merchant: MerchantFacts, status: str, answer: str
) -> None:
    parcel = parcel_record(status="in_transit")
    record = order_record(parcels=(parcel,))
    order = await stored(merchant, record)
    browser = await walk_in(app, merchant, order)
    hidden = await hidden_of_check(browser, order, await new_path(order, "address_correction"), GOOD)
    later = replace(parcel, status=status, delivered_at=NOW if status == "delivered" else None)
    await record_order(merchant.id, replace(record, parcels=(later,), updated_at=NOW), NOW)
    sent = await browser.client.post(f"/orders/{order.id}/requests", data=hidden)
    assert sent.status_code == 409
    assert answer in sent.text
    assert await ShopperRequest.filter(merchant_id=merchant.id).count() == 0


async def test_a_handover_before_the_last_button_is_shown_first(app: Starlette, merchant: MerchantFacts) -> None:
    parcel = parcel_record()
    record = order_record(parcels=(parcel,))
    order = await stored(merchant, record)
    browser = await walk_in(app, merchant, order)
    hidden = await hidden_of_check(browser, order, await new_path(order, "address_correction"), GOOD)
    assert hidden["reach"] == "shop"
    later = replace(parcel, status="in_transit")
    await record_order(merchant.id, replace(record, parcels=(later,), updated_at=NOW), NOW)
    sent = await browser.client.post(f"/orders/{order.id}/requests", data=hidden)
    assert sent.status_code == 409
    assert "Something has changed" in sent.text
    assert "we cannot promise it" in sent.text


async def test_a_stale_window_shows_what_stands_now(app: Starlette, merchant: MerchantFacts, missed: Order) -> None:
    browser = await walk_in(app, merchant, missed)
    first = await hidden_of_check(browser, missed, await new_path(missed, "redelivery"), {"text": "one"})
    await hidden_of_check(browser, missed, await new_path(missed, "pickup_point"), {"place": "Kiosk", "text": ""})
    sent = await browser.client.post(f"/orders/{missed.id}/requests", data=first)
    assert sent.status_code == 409
    assert "Kiosk" in sent.text


async def test_a_second_wish_leads_to_the_first(app: Starlette, merchant: MerchantFacts, missed: Order) -> None:
    browser = await walk_in(app, merchant, missed)
    await ask(browser, missed, await new_path(missed, "redelivery"), {"text": ""})
    for what in ("redelivery", "pickup_point"):
        shown = await browser.get(await new_path(missed, what))
        assert "A-1001" in shown.text
        assert 'href="/requests/A-1001"' in shown.text


async def test_the_questions_say_why_not_yet(app: Starlette, merchant: MerchantFacts) -> None:
    order = await stored(merchant, order_record(parcels=(delivered_parcel(0.5),)))
    browser = await walk_in(app, merchant, order)
    shown = await browser.get(await new_path(order, "problem"))
    assert "Often it turns up within a day" in shown.text
    assert await new_path(order, "damaged") in shown.text


@pytest.mark.parametrize(
    ("what", "fields", "message"),
    [
        ("address_correction", {**GOOD, "postal_code": "1011"}, "it is written like"),
        ("address_correction", {**GOOD, "city": ""}, "Enter the city"),
        ("address_correction", {**GOOD, "name": "  "}, "Enter the name on the door"),
        ("address_correction", {**GOOD, "line1": "x" * 101}, "Keep it under 100 characters"),
        (
            "address_correction",
            {**GOOD, "line1": "torstr.  1", "line2": "", "text": ""},
            "This is the address that we have already",
        ),
        ("pickup_point", {"place": "\x00\x07"}, "Say who or where"),
        ("pickup_point", {"place": "x" * 201}, "Keep it under 200 characters"),
        ("neighbour_or_safe_place", {"place": "Shed", "where": "moon"}, "Choose one of the two"),
        ("redelivery", {"text": "x" * 1001}, "Keep it under 1000 characters"),
        ("other", {"text": " \u202e "}, "Say in a few words what is wrong"),
    ],
)
async def test_what_is_wrong_stands_beside_its_field(
    app: Starlette, merchant: MerchantFacts, missed: Order, what: str, fields: dict[str, str], message: str
) -> None:
    browser = await walk_in(app, merchant, missed)
    path = await new_path(missed, what)
    answer = await browser.submit(path, fields, on=path)
    assert answer.status_code == 422
    assert answer.text.count(message) == 2


@pytest.mark.parametrize("quantity", ["0", "-1", "4", "9" * 40, "٣", "x"])
async def test_no_more_than_was_in_the_parcel(
    app: Starlette, merchant: MerchantFacts, delivered: Order, quantity: str
) -> None:
    browser = await walk_in(app, merchant, delivered)
    path = await new_path(delivered, "missing_item")
    lines = {line.source_id: str(line.id) for line in await delivered.lines.all()}  # type: ignore[attr-defined]  # related manager
    answer = await browser.submit(path, {f"quantity-{lines['l2']}": quantity}, on=path)
    assert answer.status_code == 422
    assert "Choose at least one item" in answer.text or "There were 3 of these" in answer.text


async def test_a_line_of_another_parcel_is_not_taken(app: Starlette, merchant: MerchantFacts) -> None:
    lines = (line_record(), line_record("l2", title="Cairn beanie"))
    parcels = (delivered_parcel(2), delivered_parcel(2, "p2", lines=(("l2", 1),)))
    order = await stored(merchant, order_record(lines=lines, parcels=parcels))
    browser = await walk_in(app, merchant, order)
    foreign = {line.source_id: str(line.id) for line in await order.lines.all()}["l2"]  # type: ignore[attr-defined]  # related manager
    path = await new_path(order, "wrong_item")
    answer = await browser.submit(path, {f"quantity-{foreign}": "1", "text": "a hat"}, on=path)
    assert answer.status_code == 422
    assert await ShopperRequest.filter(merchant_id=merchant.id).count() == 0


async def test_nothing_works_before_a_proof_and_the_way_leads_back(
    app: Starlette, merchant: MerchantFacts, missed: Order
) -> None:
    browser = open_browser(app, merchant)
    await browser.look_up(missed.number, CONTACT)
    path = await new_path(missed, "redelivery")
    for answer in (
        await browser.get(path),
        await browser.get(f"/orders/{missed.id}/requests/check"),
        await browser.submit(path, {"text": ""}, on="/"),
        await browser.submit(f"/orders/{missed.id}/requests", {"draft": "x"}, on="/"),
    ):
        assert answer.status_code == 303
        assert answer.headers["location"].startswith(f"/orders/{missed.id}/proof?then=request_")
    about = path.rsplit("/", 1)[1]
    shown = await browser.get(f"/orders/{missed.id}/proof?then=request_new&about={about}")
    assert f'value="{about}"' in shown.text


async def test_strangers_and_other_orders_see_nothing(
    app: Starlette, merchant: MerchantFacts, other_merchant: MerchantFacts, missed: Order
) -> None:
    browser = await walk_in(app, merchant, missed)
    await ask(browser, missed, await new_path(missed, "redelivery"), {"text": "secret"})
    other = await stored(merchant, order_record(parcels=(parcel_record(status="attempt_failed"),)))
    for stranger in (await walk_in(app, merchant, other), open_browser(app, other_merchant)):
        for path in ("/requests/A-1001", "/requests/A-1001/confirmation", await new_path(missed, "redelivery")):
            answer = await stranger.get(path)
            assert (answer.status_code, answer.headers["location"]) == (303, "/?again=1")
    parcel_of_other = await new_path(other, "redelivery")
    swapped = parcel_of_other.replace(str(other.id), str(missed.id))
    assert (await browser.get(swapped)).headers["location"] == f"/orders/{missed.id}"


@pytest.mark.parametrize(
    "about", ["x", "-", "order-nothing", "order-", "zzzzzzzz-redelivery", "order-order", "a" * 200]
)
async def test_rubbish_in_the_address_leads_back_to_the_order(
    app: Starlette, merchant: MerchantFacts, missed: Order, about: str
) -> None:
    browser = await walk_in(app, merchant, missed)
    answer = await browser.get(f"/orders/{missed.id}/requests/new/{about}")
    assert answer.headers["location"] == f"/orders/{missed.id}"


async def test_a_form_without_our_token_changes_nothing(app: Starlette, merchant: MerchantFacts, missed: Order) -> None:
    browser = await walk_in(app, merchant, missed)
    answer = await browser.client.post(await new_path(missed, "redelivery"), data={"text": "x"})
    assert answer.status_code == 403


async def test_what_was_filled_in_stands_in_the_form_again(
    app: Starlette, merchant: MerchantFacts, missed: Order
) -> None:
    browser = await walk_in(app, merchant, missed)
    path = await new_path(missed, "neighbour_or_safe_place")
    await hidden_of_check(browser, missed, path, {"where": "safe_place", "place": "Blue shed", "text": "No dog"})
    again = await browser.get(f"{path}?again=1")
    assert 'value="Blue shed"' in again.text
    assert ">No dog</textarea>" in again.text
