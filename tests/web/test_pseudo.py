"""In the pseudo-language every translated text stands in ⟦ ⟧: what stands outside and is no data was forgotten."""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from httpx2 import Response
from starlette.applications import Starlette

from graphql_api.application import create_application
from portal.intake.service import record_order
from portal.integrations.records import AddressRecord, OrderRecord
from portal.labels.document import return_label_html
from portal.labels.look import PrintLook
from portal.labels.rules import LabelFacts
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.policies.service import publish_policy
from portal.returns.rules import REASONS
from portal.settings import Settings
from portal.tracking.rules import ParcelStatus
from portal.tracking.service import HeardScan, record_scans
from portal.tracking.wording import BY_REASON
from portal.web.locale import PSEUDO, own_name
from tests.factories.browsers import Browser, open_browser
from tests.factories.merchants import NOW
from tests.factories.policies import FIRST_POLICY
from tests.factories.records import delivered_parcel, line_record, order_record, parcel_record

CONTACT = "jonas@example.com"
FORM = {"content-type": "application/x-www-form-urlencoded"}
SPOKEN = re.compile(r"⟦[^⟦⟧]*⟧")
LETTERS = re.compile(r"[^\W\d_]{2,}")
SAID = ("aria-label", "alt", "title", "placeholder")
SILENT = {"script", "style"}
DATA = {"bdi", "time"}
"""Elements that hold facts: what a shop or a carrier wrote, and formatted days."""
VOID = {"input", "img", "meta", "link", "br", "hr"}
FACTS = (
    "Fernweh",
    "Ridge shell jacket",
    "Cairn beanie",
    "Outlet scarf",
    "Name mug",
    "Gift card",
    *(own_name(language) for language in ("en", "de", "es", "ar", PSEUDO)),
)
"""Facts that stand in places where no element may stand: a page's title, an option, a hidden repetition of a name."""
LINES = (
    line_record(),
    line_record("l2", title="Cairn beanie", sku="FW-BNE-01", quantity=3),
    line_record("l3", title="Outlet scarf", sku="FW-SCF-01", final_sale=True),
    line_record("l4", title="Name mug", sku="FW-MUG-01", personalised=True, properties=(("Gravur", "Für Oma"),)),
    line_record("l5", title="Gift card", sku="FW-GIFT", gift_card=True, requires_shipping=False),
)
ALL = tuple((line.source_id, line.quantity) for line in LINES if line.requires_shipping)


class _Reader(HTMLParser):
    """Collects what a reader meets outside of translated texts and outside of data."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.texts += [given[name] or "" for name in SAID if name in given]
        if tag not in VOID:
            is_data = (
                tag in DATA | SILENT or given.get("translate") == "no" or "by" in (given.get("class") or "").split()
            )
            self.open.append((tag, is_data))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(is_data for _, is_data in self.open):
            self.texts.append(data)


def loose(html: str, *facts: str) -> list[str]:
    """The words of a page that nobody translated."""
    reader = _Reader()
    reader.feed(html)
    return [text.strip() for text in reader.texts if LETTERS.search(_unspoken(text, facts))]


def _unspoken(text: str, facts: tuple[str, ...]) -> str:
    # A sentence may hold another one: the innermost goes first.
    while SPOKEN.search(text):
        text = SPOKEN.sub("", text)
    for fact in (*FACTS, *facts):
        text = text.replace(fact, "")
    return text


def judged(answer: Response, status: int = 200) -> str:
    """The page, after every word of it was found to be translated."""
    assert answer.status_code == status, answer.text[:500]
    assert f'lang="{PSEUDO}"' in answer.text
    assert loose(answer.text) == []
    return answer.text


async def stored(merchant: MerchantFacts, **changes: object) -> OrderRecord:
    """An order of the merchant, with the first policy in force."""
    await publish_policy(merchant.id, FIRST_POLICY, NOW)
    record = order_record(**changes)
    await record_order(merchant.id, record, NOW)
    return record


async def reader_of(app: Starlette, merchant: MerchantFacts) -> Browser:
    """A browser that reads the pseudo-language, which the merchants of tests offer."""
    browser = open_browser(app, merchant)
    judged(await browser.get(f"/{PSEUDO}/"))
    return browser


async def order_page(app: Starlette, merchant: MerchantFacts, **changes: object) -> str:
    record = await stored(merchant, **changes)
    browser = await reader_of(app, merchant)
    found = await browser.look_up(record.number, CONTACT)
    return judged(await browser.get(found.headers["location"]))


def test_the_reader_finds_what_is_not_translated() -> None:
    page = (
        '<p title="Loose">⟦Said ⟦within⟧ 1⟧ <bdi>Data</bdi><b>forgotten</b> 12</p><img alt="⟦Said⟧"><script>no</script>'
    )
    assert loose(page) == ["Loose", "forgotten"]
    assert loose("<p>Parcel Fernweh</p>", "Parcel") == []


async def test_the_front_door_and_what_it_answers(app: Starlette, merchant: MerchantFacts) -> None:
    browser = await reader_of(app, merchant)
    judged(await browser.submit("/lookup", {"number": "", "contact": ""}), 422)
    judged(await browser.look_up("nobody", "nobody@example.com"), 404)


async def test_pages_that_say_no(app: Starlette, merchant: MerchantFacts) -> None:
    browser = await reader_of(app, merchant)
    judged(await browser.get("/nowhere"), 404)
    judged(await browser.client.post("/lookup", data={"number": "1", "contact": "1"}), 403)
    judged(await browser.client.post("/lookup", data={f"number-{number}": "1" for number in range(6001)}), 400)
    judged(await browser.client.post("/lookup", content=_too_much(), headers=FORM), 413)
    judged(await browser.client.post("/"), 405)


async def _too_much() -> AsyncIterator[bytes]:
    # Of no announced length: with one, the server refuses before any page is there to say so.
    for _ in range(30):
        yield b"a=%b&" % (b"x" * 10_000)


async def test_the_page_for_too_many_tries(app: Starlette, merchant: MerchantFacts) -> None:
    browser = await reader_of(app, merchant)
    answers = [await browser.submit("/lookup", {"number": "FW-1", "contact": "1"}) for _ in range(11)]
    assert answers[0].status_code == 303
    judged(answers[-1], 429)


async def test_the_page_for_a_fault_of_ours(settings: Settings, merchant: MerchantFacts) -> None:
    def broken() -> object:
        raise RuntimeError("the clock stands still")

    faulty = create_application(settings, clock=broken)  # type: ignore[arg-type]  # a clock that raises is the point
    browser = open_browser(faulty, merchant, **{"accept-language": "de", "cookie": f"doorstep-language={PSEUDO}"})
    judged(await browser.get("/lookup/result"), 500)
    await faulty.state.limiter.close()


@pytest.mark.parametrize("status", list(ParcelStatus))
async def test_an_order_page_in_every_state(app: Starlette, merchant: MerchantFacts, status: ParcelStatus) -> None:
    at = NOW - timedelta(hours=20) if status is ParcelStatus.DELIVERED else None
    parcel = parcel_record(status=str(status), delivered_at=at, lines=ALL)
    text = await order_page(app, merchant, lines=LINES, parcels=(parcel,))
    assert text.count("<h1>⟦") == 1


@pytest.mark.parametrize("reason", sorted(BY_REASON))
async def test_an_incident_for_every_reason(app: Starlette, merchant: MerchantFacts, reason: str) -> None:
    parcel = parcel_record()
    record = await stored(merchant, parcels=(parcel,))
    scan = HeardScan(
        parcel.tracking_number,
        ParcelStatus.EXCEPTION,
        NOW - timedelta(hours=2),
        reason=reason,
        city="Nohra",
        estimated_date=(NOW + timedelta(days=2)).date(),
    )
    await record_scans(merchant.id, "demo", [scan], NOW)
    browser = await reader_of(app, merchant)
    found = await browser.look_up(record.number, CONTACT)
    assert BY_REASON[reason] in judged(await browser.get(found.headers["location"]))


ORDERS: Mapping[str, dict[str, object]] = {
    "not sent": {"parcels": ()},
    "partly sent": {"lines": LINES, "parcels": (parcel_record(),)},
    "two parcels": {
        "lines": LINES,
        "parcels": (delivered_parcel(lines=(("l1", 1),)), parcel_record("p2", lines=(("l2", 3),))),
    },
    "cancelled": {"cancelled_at": NOW - timedelta(days=1), "parcels": ()},
    "a gift": {"gift": True},
    "nothing to send": {"lines": (LINES[4],), "parcels": ()},
    "long ago": {
        "placed_at": NOW - timedelta(days=200),
        "parcels": (delivered_parcel(190, lines=(("l1", 1),)),),
    },
    "twenty lines": {
        "lines": tuple(line_record(f"t{number}") for number in range(20)),
        "parcels": (parcel_record(lines=tuple((f"t{number}", 1) for number in range(20))),),
    },
}


@pytest.mark.parametrize("name", list(ORDERS))
async def test_an_order_page_of_every_kind(app: Starlette, merchant: MerchantFacts, name: str) -> None:
    assert "<h1>⟦" in await order_page(app, merchant, **ORDERS[name])


async def test_the_hours_of_a_courier_and_a_moved_date(app: Starlette, merchant: MerchantFacts) -> None:
    parcel = parcel_record()
    record = await stored(merchant, parcels=(parcel,))
    today = NOW.date()
    browser = await reader_of(app, merchant)
    found = await browser.look_up(record.number, CONTACT)
    for hours, status, day, said in (
        (30, ParcelStatus.IN_TRANSIT, today, ""),
        (20, ParcelStatus.IN_TRANSIT, today + timedelta(days=1), "⟦The carrier has moved the date."),
        (2, ParcelStatus.OUT_FOR_DELIVERY, today, "⟦The courier comes between 10:00 and 14:00.⟧"),
    ):
        at = NOW - timedelta(hours=hours)
        scan = HeardScan(parcel.tracking_number, status, at, estimated_date=day, estimated_window=("10:00", "14:00"))
        await record_scans(merchant.id, "demo", [scan], NOW)
        assert said in judged(await browser.get(found.headers["location"]))


async def test_a_return_from_the_first_step_to_its_status(app: Starlette, merchant: MerchantFacts) -> None:
    record = await stored(merchant, lines=LINES, parcels=(delivered_parcel(lines=ALL),))
    browser = await reader_of(app, merchant)
    order = await Order.get(merchant_id=merchant.id, source_id=record.source_id)
    await browser.look_up(record.number, CONTACT)
    judged(await browser.get(f"/orders/{order.id}/proof"))
    await browser.prove(merchant, order.id)
    base, ids = f"/orders/{order.id}/return", await _line_ids(order)
    judged(await browser.get(base))
    judged(await browser.submit(base, {}, on=base), 422)
    judged(await browser.submit(base, {f"quantity-{ids['l2']}": "9"}, on=base), 422)
    judged(await browser.submit(base, {f"quantity-{ids['l3']}": "1"}, on=base), 422)
    chosen = {f"quantity-{ids['l1']}": "1", f"quantity-{ids['l2']}": "2"}
    quote = await browser.submit(f"{base}/quote", chosen, on=base)
    assert loose(quote.text) == []
    await browser.submit(base, chosen, on=base)
    await _give_reasons(browser, base, ids)
    check = judged(await browser.get(f"{base}/check"))
    hidden = dict(re.findall(r'name="(csrf_token|draft|stamp)" value="([^"]+)"', check))
    judged(await browser.client.post(f"/orders/{order.id}/returns", data={**hidden, "stamp": "old"}), 409)
    sent = await browser.client.post(f"/orders/{order.id}/returns", data=hidden)
    judged(await browser.get(sent.headers["location"]))
    judged(await browser.get("/returns/R-1001"))
    judged(await browser.get(f"/orders/{order.id}"))


async def _give_reasons(browser: Browser, base: str, ids: dict[str, str]) -> None:
    page = judged(await browser.get(f"{base}/reasons"))
    assert page.count("⟦") > len(REASONS)
    wrong = {f"comment-{ids['l1']}": "9" * 501}
    judged(await browser.submit(f"{base}/reasons", wrong, on=f"{base}/reasons"), 422)
    reasons = {f"reason-{ids[line]}": "size_too_small" for line in ("l1", "l2")}
    await browser.submit(f"{base}/reasons", reasons, on=f"{base}/reasons")


async def _line_ids(order: Order) -> dict[str, str]:
    return {line.source_id: str(line.id) for line in await order.lines.all()}  # type: ignore[attr-defined]  # related


def test_the_printed_label() -> None:
    facts = LabelFacts(
        return_number="R-1001",
        order_number="#FW-10482",
        merchant_name="Fernweh",
        to_address=AddressRecord(name="Fernweh", line1="Weg 12", city="Erfurt", postal_code="99084", country="DE"),
        from_lines=("J. W.", "10••• Berlin"),
        carrier_name="DHL",
        ship_by=NOW.date(),
        items=tuple((f"Item {number}", number) for number in range(1, 12)),
        tracking_code="",
        drop_off_payload="R-1001",
        locale=PSEUDO,
        country="DE",
        from_country="DE",
    )
    html = return_label_html(facts, PrintLook())
    assert loose(html, "Weg", "ERFURT", "Berlin") == []
    assert html.count("⟦") >= 12
