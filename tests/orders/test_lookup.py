"""The front door: forgiving to people, silent to guessers."""

import re
import statistics
import time

import pytest
from starlette.applications import Starlette

from portal.intake.service import record_order
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from tests.factories.browsers import Browser, open_browser
from tests.factories.merchants import NOW
from tests.factories.records import order_record

CHANGING = re.compile(r'value="[\w-]{60,}"')
"""Masked form tokens: fresh on every page, for everyone."""


@pytest.fixture
async def order(merchant: MerchantFacts) -> Order:
    record = order_record()
    await record_order(merchant.id, record, NOW)
    return await Order.get(merchant_id=merchant.id, source_id=record.source_id)


@pytest.fixture
def browser(app: Starlette, merchant: MerchantFacts) -> Browser:
    return open_browser(app, merchant)


@pytest.mark.parametrize("contact", ["jonas@example.com", "  Jonas@Example.COM ", "10119", "101 19"])
async def test_the_order_is_found_by_email_or_postal_code(browser: Browser, order: Order, contact: str) -> None:
    found = await browser.look_up(f" #{order.number.lstrip('#').lower()}", contact)
    assert found.headers["location"] == f"/orders/{order.id}"
    page = await browser.get(found.headers["location"])
    assert (page.status_code, order.number in page.text) == (200, True)


async def test_a_hit_and_a_miss_answer_the_form_alike(browser: Browser, order: Order) -> None:
    hit = await browser.submit("/lookup", {"number": order.number, "contact": "10119"})
    miss = await browser.submit("/lookup", {"number": order.number, "contact": "99999"})
    assert (hit.status_code, hit.headers["location"]) == (miss.status_code, miss.headers["location"])
    assert hit.content == miss.content
    assert set(hit.headers) == set(miss.headers)


async def test_every_kind_of_miss_reads_the_same(
    app: Starlette, merchant: MerchantFacts, other_merchant: MerchantFacts, order: Order
) -> None:
    foreign = order_record(number=order.number)
    await record_order(other_merchant.id, foreign, NOW)
    pages = []
    for contact in ("99999", "nobody@example.com"):
        page = await open_browser(app, merchant).look_up(order.number, contact)
        pages.append(CHANGING.sub("", page.text))
        assert page.status_code == 404
    unknown = await open_browser(app, merchant).look_up("#FW-0", "jonas@example.com")
    pages.append(CHANGING.sub("", unknown.text).replace("#FW-0", order.number))
    assert len(set(pages)) == 1


async def test_a_hit_takes_as_long_as_a_miss(app: Starlette, merchant: MerchantFacts, order: Order) -> None:
    """Interleaved, by the median; the bound is wide because machines are noisy, a second query would still show."""
    from portal.orders.queries import find_order_by_contact

    spent: dict[str, list[float]] = {"10119": [], "99999": []}
    for _ in range(200):
        for contact, times in spent.items():
            start = time.perf_counter()
            await find_order_by_contact(merchant.id, order.number, contact)
            times.append(time.perf_counter() - start)
    hit, miss = (statistics.median(times) for times in spent.values())
    assert 0.5 < hit / miss < 2


async def test_missing_fields_are_named_and_linked(browser: Browser) -> None:
    answer = await browser.submit("/lookup", {"number": " # ", "contact": ""})
    assert answer.status_code == 422
    assert 'href="#number"' in answer.text
    assert 'href="#contact"' in answer.text


@pytest.mark.parametrize("number", ["x" * 10_000, "\x00", "'; DROP TABLE orders; --", "١٠٤٨٢", "<b>10482</b>"])
async def test_hostile_numbers_are_just_not_found(browser: Browser, number: str) -> None:
    answer = await browser.submit("/lookup", {"number": number, "contact": "10119"})
    assert answer.status_code in {303, 422}
    page = await browser.get("/lookup/result")
    assert "<b>10482</b>" not in page.text


async def test_guessing_at_one_order_is_slowed_down(app: Starlette, merchant: MerchantFacts, order: Order) -> None:
    browser = open_browser(app, merchant)
    answers = [await browser.submit("/lookup", {"number": order.number, "contact": f"{n:05}"}) for n in range(12)]
    assert [answer.status_code for answer in answers] == [303] * 10 + [429] * 2
    assert answers[-1].headers["retry-after"] == "300"


async def test_the_limit_of_one_order_leaves_others_alone(
    app: Starlette, merchant: MerchantFacts, order: Order
) -> None:
    browser = open_browser(app, merchant)
    for _ in range(11):
        await browser.submit("/lookup", {"number": "#OTHER", "contact": "1"})
    found = await browser.look_up(order.number, "10119")
    assert found.headers["location"] == f"/orders/{order.id}"


async def test_a_lookup_changes_the_session_and_keeps_what_was_found(
    browser: Browser, merchant: MerchantFacts, order: Order
) -> None:
    await browser.look_up(order.number, "10119")
    first = browser.client.cookies["doorstep"]
    await browser.look_up("#FW-0", "10119")
    assert browser.client.cookies["doorstep"] != first
    assert (await browser.get(f"/orders/{order.id}")).status_code == 200


async def test_an_order_is_not_shown_without_a_lookup_nor_on_another_host(
    app: Starlette, browser: Browser, order: Order, merchant: MerchantFacts, other_merchant: MerchantFacts
) -> None:
    assert (await browser.get(f"/orders/{order.id}")).headers["location"] == "/?again=1"
    await browser.look_up(order.number, "10119")
    other = open_browser(app, other_merchant)
    other.client.cookies.set("doorstep", browser.client.cookies["doorstep"])
    for path in ("", "/live", "/return", "/return/reasons", "/return/check"):
        assert (await other.get(f"/orders/{order.id}{path}")).headers["location"] == "/?again=1"
