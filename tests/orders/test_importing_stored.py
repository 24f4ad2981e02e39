"""Files of orders all the way into the database."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from portal.db.setup import connection
from portal.intake.service import record_orders
from portal.merchants.queries import MerchantFacts
from portal.orders.importing import ImportReport, import_orders
from portal.orders.models import Order, OrderLine
from portal.tracking.rules import ParcelStatus
from portal.tracking.service import HeardScan, record_scans
from tests.factories.shopify import discount, fulfillment, line_item, order, refund, shipping_line, tax

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
UUIDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def written(tmp_path: Path, *payloads: dict[str, Any]) -> Path:
    file = tmp_path / "orders.jsonl"
    file.write_text("".join(json.dumps(payload, default=str) + "\n" for payload in payloads))
    return file


async def imported(merchant: MerchantFacts, file: Path) -> ImportReport:
    return await import_orders(merchant.id, "shopify", file, store=record_orders, now=NOW)


def busy_order(**more: Any) -> dict[str, Any]:
    lines = [
        line_item(1, "50.00", 3, discounts=[discount("5.00")], taxes=[tax("23.15")]),
        line_item(2, "10.00", taxes=[tax("1.60")], properties=[{"name": "Engraving", "value": "L + M"}]),
    ]
    return order(
        lines,
        shipping=[shipping_line("4.90", taxes=[tax("0.78")])],
        fulfillments=[fulfillment(901, [(1, 2)], tracking_numbers=["A1", "B2"]), fulfillment(902, [(2, 1)])],
        refunds=[refund([(1, 1, "48.33", "7.72")])],
        **more,
    )


async def test_the_same_file_twice_changes_nothing(merchant: MerchantFacts, tmp_path: Path) -> None:
    file = written(tmp_path, busy_order(), order(id=2, name="#2"))
    first = await imported(merchant, file)
    rows = await Order.filter(merchant_id=merchant.id).order_by("id").values()
    second = await imported(merchant, file)
    assert (first.created, second.created, second.unchanged, second.refused) == (2, 0, 2, 0)
    assert await Order.filter(merchant_id=merchant.id).order_by("id").values() == rows


async def test_what_is_stored_is_what_the_shopper_paid(merchant: MerchantFacts, tmp_path: Path) -> None:
    await imported(merchant, written(tmp_path, busy_order()))
    stored = await Order.get(merchant_id=merchant.id, source_id="5550001")
    first = await OrderLine.get(merchant_id=merchant.id, order_id=stored.id, source_id="1")
    assert (stored.number, stored.total, stored.currency) == ("FW-10482", 15990, "EUR")
    assert (first.unit_price, first.refunded_quantity, first.refunded) == (5000, 1, 4833)


async def test_a_newer_word_updates_and_an_older_one_is_left(merchant: MerchantFacts, tmp_path: Path) -> None:
    newer = busy_order(note="ring twice", updated_at="2026-11-20T00:00:00Z")
    report = await imported(merchant, written(tmp_path, busy_order(), newer, busy_order(note="late")))
    assert (report.created, report.updated, report.outdated) == (1, 1, 1)


async def test_bad_records_between_good_ones_stop_nothing(merchant: MerchantFacts, tmp_path: Path) -> None:
    file = written(tmp_path, busy_order(), order(id=2, currency="EUX"), {}, order(id=3, name="#3"))
    report = await imported(merchant, file)
    assert (report.created, report.refused) == (2, 2)
    assert await Order.filter(merchant_id=merchant.id).count() == 2


async def test_many_at_once_come_out_as_one_by_one(
    merchant: MerchantFacts, other_merchant: MerchantFacts, tmp_path: Path
) -> None:
    shared = fulfillment(7, [(1, 1)], tracking_numbers=["A1"])
    payloads = [
        busy_order(),
        order(id=2, name="#2", fulfillments=[shared]),
        order(id=3, name="#3", fulfillments=[{**shared, "id": 8}]),
        busy_order(note="ring twice", updated_at="2026-11-20T00:00:00Z"),
    ]
    early = HeardScan("A1", ParcelStatus.IN_TRANSIT, NOW, city="Leipzig")
    for one in (merchant, other_merchant):
        await record_scans(one.id, "demo", [early], NOW)
    await imported(merchant, written(tmp_path, *payloads))
    for payload in payloads:
        await imported(other_merchant, written(tmp_path, payload))
    assert await pages(merchant) == await pages(other_merchant)


async def pages(merchant: MerchantFacts) -> list[str]:
    """Every page of a merchant, with the ids that differ between merchants told by their first appearance."""
    rows = await connection().execute_query_dict(
        "SELECT p.content::text AS content FROM order_pages p JOIN orders o ON o.id = p.id "
        "WHERE p.merchant_id = $1 ORDER BY o.number",
        [merchant.id],
    )
    ids: dict[str, str] = {}
    return [UUIDS.sub(lambda found: ids.setdefault(found[0], str(len(ids))), row["content"]) for row in rows]


async def test_an_order_goes_to_its_merchant_only(
    merchant: MerchantFacts, other_merchant: MerchantFacts, tmp_path: Path
) -> None:
    await imported(merchant, written(tmp_path, busy_order()))
    assert await Order.filter(merchant_id=other_merchant.id).count() == 0


async def test_everything_at_its_longest_still_fits_the_tables(merchant: MerchantFacts, tmp_path: Path) -> None:
    huge = {"price": "999999999999.99", "price_set": None, "total_discount": None, "total_discount_set": None}
    line = line_item(
        **{
            **huge,
            "id": "9" * 64,
            "title": "ß" * 512,
            "variant_title": "ß" * 512,
            "sku": "s" * 255,
            "vendor": "v" * 255,
        },
        product_type="t" * 255,
        grams=1_000_000_000,
    )
    parcel = fulfillment(
        "8" * 64,
        [("9" * 64, 1)],
        tracking_company="c" * 120,
        tracking_numbers=["n" * 128, "m" * 128],
        tracking_number=None,
    )
    payload = order(
        [line],
        id="7" * 64,
        name="#" + "ß" * 63,
        email="e" * 254,
        note="n" * 5000,
        source_name="p" * 255,
        cancel_reason="r" * 64,
        cancelled_at="2026-11-10T08:00:00Z",
        location_id="6" * 64,
        fulfillments=[parcel],
        processed_at="9999-12-31T23:59:59Z",
    )
    report = await imported(merchant, written(tmp_path, payload))
    assert (report.refusals, report.created) == ([], 1)
