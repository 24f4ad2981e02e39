"""The order page says the answer first, whatever has become of the parcels."""

from datetime import date, timedelta
from typing import Any

import pytest
from starlette.applications import Starlette

from portal.intake.service import record_order
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
        ("available_for_pickup", {"city": "Berlin"}, "It is waiting for you in Berlin."),
        ("delivered", {}, "Delivered Friday 20 November"),
        ("delayed", {"reason": "weather_delay"}, "Bad weather is slowing the carrier down."),
        ("lost", {}, "Your parcel is lost. We are sorry."),
        ("on_hold", {"reason": "customs_documentation"}, "Customs asks for more papers."),
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


async def test_an_order_that_waits_says_when_it_is_expected(app: Starlette, merchant: MerchantFacts) -> None:
    browser, order = await open_order(app, merchant, parcels=())
    shown = (await browser.get(f"/orders/{order.id}")).text
    assert "Expected by" in shown
    assert "Ridge shell jacket" in shown


async def test_a_cancelled_order_says_so(app: Starlette, merchant: MerchantFacts) -> None:
    browser, order = await open_order(app, merchant, parcels=(), cancelled_at=NOW)
    assert "This order was cancelled" in (await browser.get(f"/orders/{order.id}")).text


async def test_name_and_address_are_masked(app: Starlette, merchant: MerchantFacts) -> None:
    browser, order = await open_order(app, merchant)
    shown = (await browser.get(f"/orders/{order.id}")).text
    assert "Jonas W••••, 1•••• Berlin" in shown
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
