"""Tracking numbers at import: a wrong one never refuses an order, and is told; a missing carrier is read from it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from portal.intake.service import record_order, record_orders
from portal.merchants.queries import MerchantFacts
from portal.orders.importing import ImportReport, import_orders
from portal.tracking.models import Parcel
from portal.tracking.numbers import doubts_about
from portal.tracking.polling_numbers import list_faulty_numbers
from tests.factories.merchants import NOW
from tests.factories.records import delivered_parcel, order_record, parcel_record
from tests.factories.shopify import fulfillment, order

WRONG, RIGHT = "1Z5R89390357567128", "1Z5R89390357567127"
LATER = datetime(2026, 11, 21, 12, tzinfo=UTC)


async def imported(merchant: MerchantFacts, tmp_path: Path, number: str, **more: Any) -> ImportReport:
    sent = [fulfillment(tracking_number=number, tracking_numbers=[number], **more)]
    file = tmp_path / "orders.jsonl"
    file.write_text(json.dumps(order(fulfillments=sent), default=str) + "\n")
    return await import_orders(
        merchant.id,
        "shopify",
        file,
        store=record_orders,
        now=LATER,
        report_path=tmp_path / "report.jsonl",
        judge=doubts_about,
    )


async def test_a_wrong_number_is_kept_and_told(merchant: MerchantFacts, tmp_path: Path) -> None:
    report = await imported(merchant, tmp_path, WRONG, tracking_company="UPS")
    assert (report.created, report.refused, report.doubtful) == (1, 0, 1)
    told = f"kept, but nobody can track {WRONG}: the check digit is 8 and should be 7"
    assert report.doubts[0].reason == told
    assert told in (tmp_path / "report.jsonl").read_text()
    assert (await Parcel.get(merchant_id=merchant.id)).tracking_number == WRONG


@pytest.mark.parametrize("number", [RIGHT, "LOCAL-COURIER-77"])
async def test_right_numbers_and_strange_ones_are_not_told(
    merchant: MerchantFacts, tmp_path: Path, number: str
) -> None:
    report = await imported(merchant, tmp_path, number, tracking_company="UPS")
    assert (report.created, report.doubts) == (1, [])
    assert (tmp_path / "report.jsonl").read_text() == ""


async def test_a_number_names_the_carrier_that_the_shop_leaves_out(merchant: MerchantFacts) -> None:
    parcels = [("p1", RIGHT, ""), ("p2", "00340434161094042557", "Our van"), ("p3", "986578788855", "")]
    records = tuple(parcel_record(one, tracking_number=number, carrier=carrier) for one, number, carrier in parcels)
    await record_order(merchant.id, order_record(parcels=records), NOW)
    kept = await Parcel.filter(merchant_id=merchant.id).order_by("position").values_list("carrier", flat=True)
    assert list(kept) == ["UPS", "Our van", ""]


async def test_faulty_numbers_of_parcels_on_their_way_are_listed(merchant: MerchantFacts) -> None:
    on_its_way = order_record(parcels=(parcel_record(tracking_number=WRONG, carrier="UPS"),))
    arrived = order_record(parcels=(delivered_parcel(tracking_number=WRONG, carrier="UPS"),))
    for record in (on_its_way, arrived, order_record()):
        await record_order(merchant.id, record, NOW)
    (found,) = await list_faulty_numbers(merchant.id, NOW)
    assert (found.order, found.number, found.fault) == (
        on_its_way.number,
        WRONG,
        "the check digit is 8 and should be 7",
    )
