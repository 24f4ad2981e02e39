"""The order page says the answer first, whatever has become of the parcels."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from starlette.applications import Starlette

from portal.intake.service import record_order
from portal.kernel.money import Money
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.policies.service import publish_policy
from portal.tracking.rules import ParcelStatus
from portal.tracking.service import HeardScan, record_scans
from portal.web.locale import Speech
from tests.factories.browsers import Browser, open_browser
from tests.factories.merchants import NOW
from tests.factories.policies import FIRST_POLICY
from tests.factories.records import delivered_parcel, line_record, order_record, parcel_record

EUR_189 = Money(18900, "EUR")
NUMBER = "00340434161094042557"


async def open_order(app: Starlette, merchant: MerchantFacts, **facts: Any) -> tuple[Browser, Order]:
    record = order_record(**facts)
    await record_order(merchant.id, record, NOW)
    order = await Order.get(merchant_id=merchant.id, source_id=record.source_id)
    browser = open_browser(app, merchant)
    await browser.look_up(order.number, "10119")
    return browser, order


async def heard(merchant: MerchantFacts, status: str, **facts: Any) -> None:
    scan = HeardScan(NUMBER, ParcelStatus(status), NOW - timedelta(hours=3), **facts)
    await record_scans(merchant.id, "demo", [scan], NOW)


@pytest.mark.parametrize(
    ("status", "facts", "said"),
    [
        ("in_transit", {"estimated_date": date(2026, 11, 24)}, "Arrives Tuesday 24 November"),
        ("in_transit", {"estimated_date": date(2026, 11, 21)}, "Arrives tomorrow"),
        ("out_for_delivery", {"city": "Berlin"}, "Arrives today"),
        ("available_for_pickup", {"city": "Berlin"}, "It is waiting for you at the DHL pick-up point in Berlin."),
        ("delivered", {}, "Delivered Friday 20 November"),
        ("delayed", {"reason": "weather_delay"}, "Bad weather is slowing the carrier down."),
        ("lost", {}, "Your parcel is lost. We are sorry."),
        ("on_hold", {"reason": "customs_documentation"}, "Customs needs more documents."),
        ("attempt_failed", {"reason": "consignee_not_home"}, "Nobody was at home when the courier came."),
        ("returned_to_sender", {}, "Back with us"),
        ("unknown", {"code": "XQ-77"}, "On its way to you"),
    ],
)
async def test_the_page_says_what_has_become_of_the_parcel(
    app: Starlette, merchant: MerchantFacts, status: str, facts: dict[str, Any], said: str
) -> None:
    browser, order = await open_order(app, merchant, parcels=(parcel_record(tracking_number=NUMBER),))
    await heard(merchant, "in_transit") if status == "unknown" else None
    await heard(merchant, status, **facts)
    shown = (await browser.get(f"/orders/{order.id}")).text
    assert said in shown.replace(",", "").replace("&#39;", "'") or said in shown
    assert "XQ-77" not in shown


@pytest.mark.parametrize("status", list(ParcelStatus))
@pytest.mark.parametrize("language", ["en", "ar"])
async def test_every_status_has_a_page_in_every_direction(
    app: Starlette, merchant: MerchantFacts, status: ParcelStatus, language: str
) -> None:
    browser, order = await open_order(app, merchant, parcels=(parcel_record(tracking_number=NUMBER),))
    await heard(merchant, status)
    assert (await browser.get(f"/{language}/orders/{order.id}")).status_code == 200


async def test_a_parcel_in_the_van_does_not_name_a_later_day(app: Starlette, merchant: MerchantFacts) -> None:
    browser, order = await open_order(app, merchant, parcels=(parcel_record(tracking_number=NUMBER),))
    await heard(merchant, "out_for_delivery")
    shown = (await browser.get(f"/orders/{order.id}")).text
    assert shown.count("Arrives today") > 2
    assert "Expected" not in shown


async def test_an_order_that_waits_says_when_it_is_expected(app: Starlette, merchant: MerchantFacts) -> None:
    browser, order = await open_order(app, merchant, parcels=())
    shown = (await browser.get(f"/orders/{order.id}")).text
    assert "Expected by" in shown
    assert "Ridge shell jacket" in shown


async def test_a_cancelled_order_says_so_and_lists_what_was_in_it(app: Starlette, merchant: MerchantFacts) -> None:
    await publish_policy(merchant.id, FIRST_POLICY, NOW)
    line = line_record(cancelled_quantity=1)
    browser, order = await open_order(app, merchant, lines=(line,), parcels=(), cancelled_at=NOW, refunded=EUR_189)
    shown = (await browser.get(f"/orders/{order.id}")).text
    assert "This order was cancelled" in shown
    assert "€189.00 was paid back." in shown
    assert "Ridge shell jacket" in shown
    assert not {"Going to", "Send something back"} & set(re.findall(r">([^<>]+)<", shown))


async def test_what_was_cancelled_of_an_order_stays_in_sight(app: Starlette, merchant: MerchantFacts) -> None:
    lines = (line_record(), line_record("l2", title="Cairn beanie", cancelled_quantity=1))
    browser, order = await open_order(app, merchant, lines=lines)
    _, _, after = (await browser.get(f"/orders/{order.id}")).text.partition('id="cancelled"')
    assert "Cairn beanie" in after
    assert "Ridge shell jacket" not in after


async def test_an_order_that_needs_no_parcel_has_no_rail_and_no_destination(
    app: Starlette, merchant: MerchantFacts
) -> None:
    await publish_policy(merchant.id, FIRST_POLICY, NOW)
    card = line_record(title="Gift card", gift_card=True, requires_shipping=False)
    browser, order = await open_order(app, merchant, lines=(card,), parcels=())
    shown = (await browser.get(f"/orders/{order.id}")).text
    assert "Gift card" in shown.partition("<main")[2]
    assert not [word for word in ('id="rail"', "Going to", "Not delivered", "Send something back") if word in shown]


async def test_what_was_bought_in_the_shop_did_not_travel(app: Starlette, merchant: MerchantFacts) -> None:
    sold = parcel_record(tracking_number="", carrier="", status="delivered", delivered_at=NOW - timedelta(days=2))
    browser, order = await open_order(app, merchant, channel="pos", parcels=(sold,))
    shown = (await browser.get(f"/orders/{order.id}")).text
    assert "Bought in our shop on" in shown
    assert "Ridge shell jacket" in shown
    assert not [word for word in ('id="rail"', "Going to", "Your parcel") if word in shown]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("on_hold", "customs_duties_unpaid"),
        ("exception", "consignee_incorrect_address"),
        ("attempt_failed", "carrier_address_not_found"),
    ],
)
async def test_no_date_is_promised_while_somebody_has_to_settle_something(
    app: Starlette, merchant: MerchantFacts, status: str, reason: str
) -> None:
    browser, order = await open_order(app, merchant, parcels=(parcel_record(tracking_number=NUMBER),))
    await heard(merchant, status, reason=reason, estimated_date=date(2026, 11, 24))
    shown = (await browser.get(f"/orders/{order.id}")).text
    assert "No date until this is solved" in shown
    assert "Expected" not in shown


@pytest.mark.parametrize(("day", "said"), [(None, True), (date(2026, 11, 24), False)])
async def test_a_new_date_is_announced_only_until_it_is_there(
    app: Starlette, merchant: MerchantFacts, day: date | None, said: bool
) -> None:
    browser, order = await open_order(app, merchant, parcels=(parcel_record(tracking_number=NUMBER),))
    await heard(merchant, "delayed", estimated_date=day)
    shown = (await browser.get(f"/orders/{order.id}")).text
    assert ("This page shows the new date" in shown) is said
    assert ("Expected" in shown) is not said


async def test_a_parcel_in_trouble_is_not_hidden_behind_one_that_is_fine(
    app: Starlette, merchant: MerchantFacts
) -> None:
    lines = (line_record(), line_record("l2", title="Cairn beanie"))
    parcels = (parcel_record(), parcel_record("p2", tracking_number=NUMBER, lines=(("l2", 1),)))
    browser, order = await open_order(app, merchant, lines=lines, parcels=parcels)
    await heard(merchant, "lost")
    shown = (await browser.get(f"/orders/{order.id}")).text
    assert "Parcel 2 is lost." in shown
    assert "?subject=%23" in shown


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("lost", "the parcel is lost"),
        ("damaged", "write to us about the damage"),
        ("returning", "already on its way to us"),
        ("returned_to_sender", "already with us"),
        ("in_transit", "Not delivered yet"),
    ],
)
async def test_why_nothing_can_be_sent_back_depends_on_the_parcel(
    app: Starlette, merchant: MerchantFacts, status: str, said: str
) -> None:
    await publish_policy(merchant.id, FIRST_POLICY, NOW)
    browser, order = await open_order(app, merchant, parcels=(parcel_record(tracking_number=NUMBER),))
    await heard(merchant, status)
    assert said in (await browser.get(f"/orders/{order.id}")).text
    await browser.prove(merchant, order.id)
    assert said in (await browser.get(f"/orders/{order.id}/return")).text


async def test_a_final_sale_is_told_before_a_delivery_that_is_to_come(app: Starlette, merchant: MerchantFacts) -> None:
    await publish_policy(merchant.id, FIRST_POLICY, NOW)
    browser, order = await open_order(app, merchant, lines=(line_record(final_sale=True),))
    aside = (await browser.get(f"/orders/{order.id}")).text.partition('id="aside"')[2]
    assert "sold as final sale" in aside
    assert "Not delivered yet" not in aside


async def test_an_order_that_this_browser_has_not_looked_up_asks_for_it_and_says_why(
    app: Starlette, merchant: MerchantFacts
) -> None:
    _, order = await open_order(app, merchant)
    stranger = open_browser(app, merchant)
    doors = [(await stranger.get(f"/orders/{order_id}")).headers["location"] for order_id in (order.id, uuid4())]
    assert doors == ["/?again=1", "/?again=1"]
    assert "For your privacy" in (await stranger.get("/?again=1")).text


async def test_name_and_address_are_masked(app: Starlette, merchant: MerchantFacts) -> None:
    browser, order = await open_order(app, merchant)
    shown = (await browser.get(f"/orders/{order.id}")).text
    assert "<bdi>Jonas W••••</bdi>" in shown
    assert '<bdi dir="ltr">1•••• Berlin</bdi>' in shown
    for secret in ("Weber", "Torstr", "10119", "jonas@example.com"):
        assert secret not in shown


async def test_the_live_part_is_silent_until_something_changes(app: Starlette, merchant: MerchantFacts) -> None:
    browser, order = await open_order(app, merchant, parcels=(parcel_record(tracking_number=NUMBER),))
    assert (await browser.get(f"/orders/{order.id}/live?version=1")).status_code == 204
    await heard(merchant, "out_for_delivery")
    changed = await browser.get(f"/orders/{order.id}/live?version=1")
    assert changed.status_code == 200
    assert changed.text.lstrip().startswith('<div id="live"')


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 40, "1;drop"])
async def test_a_strange_version_gets_the_newest(app: Starlette, merchant: MerchantFacts, version: str) -> None:
    browser, order = await open_order(app, merchant)
    assert (await browser.get(f"/orders/{order.id}/live", params={"version": version})).status_code == 200


async def test_the_last_day_to_return_is_told(app: Starlette, merchant: MerchantFacts) -> None:
    await publish_policy(merchant.id, FIRST_POLICY, NOW)
    browser, order = await open_order(app, merchant, parcels=(delivered_parcel(),))
    shown = (await browser.get(f"/orders/{order.id}")).text
    assert Speech("en", "DE", "Europe/Berlin").date(date(2026, 12, 19), "day") in shown
    assert f"/orders/{order.id}/return" in shown


async def test_hostile_names_are_only_text(app: Starlette, merchant: MerchantFacts) -> None:
    evil = '<img src=x onerror=alert(1)>"\'{{7*7}}<div hx-get="/x" hx-trigger="load">'
    line = line_record(title=evil, variant=evil, properties=((evil, evil),))
    browser, order = await open_order(app, merchant, lines=(line,), parcels=(parcel_record(carrier=evil[:120]),))
    shown = (await browser.get(f"/orders/{order.id}")).text
    assert "<img src=x" not in shown
    assert '<div hx-get="/x"' not in shown
