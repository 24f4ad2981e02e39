"""Real orders from file to page: every moment that the shop recorded is on the page that a shopper would see."""

import random
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from portal.intake.service import record_orders
from portal.merchants.queries import MerchantFacts
from portal.orders.importing import import_orders
from portal.orders.models import Order
from portal.tracking.explaining import explain_order
from portal.tracking.inbox import Kept, apply_waiting, keep_deliveries
from portal.tracking.queries import find_page
from tests.factories.merchants import NOW
from tests.factories.olist import FOLDER, SOURCE, Row, is_at_hand, moment, read_rows, scans, write_orders

pytestmark = pytest.mark.skipif(not is_at_hand(), reason=f"the data set is not at {FOLDER}")


def utc(text: str) -> str:
    return moment(text).astimezone(UTC).isoformat()


async def tell(merchant: MerchantFacts, rows: list[Row], seed: int) -> None:
    """All scans, each twice, shuffled, in deliveries of 200, as the door keeps them."""
    told = [scan for row in rows for scan in scans(row)] * 2
    random.Random(seed).shuffle(told)
    bodies = [orjson.dumps({"events": told[first : first + 200]}) for first in range(0, len(told), 200)]
    await keep_deliveries([Kept(merchant.id, SOURCE, body, NOW) for body in bodies])
    await apply_waiting(merchant.id, NOW)


async def test_real_orders_come_in_and_their_pages_say_what_happened(merchant: MerchantFacts, tmp_path: Path) -> None:
    every = read_rows()
    rows = [*random.Random(1).sample(every, 120), *(row for row in every if row["order_status"] != "delivered")]
    rows = list({row["order_id"]: row for row in rows}.values())
    write_orders(tmp_path / "orders.jsonl", rows)
    report = await import_orders(
        merchant.id, "doorstep", tmp_path / "orders.jsonl", store=record_orders, now=datetime.now(UTC)
    )
    assert (report.created, report.refusals) == (len(rows), [])
    await tell(merchant, rows, seed=2)
    ids = dict(await Order.filter(merchant_id=merchant.id).values_list("source_id", "id"))
    for row in rows:
        page = await find_page(merchant.id, ids[row["order_id"]])
        assert page is not None
        assert page.content["order"]["placed_at"] == utc(row["order_purchase_timestamp"])
        assert [said(parcel) for parcel in page.content["parcels"]] == expected(row)


def said(parcel: dict[str, object]) -> tuple[object, ...]:
    return parcel["status"], parcel["shipped_at"], parcel["delivered_at"], parcel["date"]


def expected(row: Row) -> list[tuple[object, ...]]:
    handed_over, delivered = row["order_delivered_carrier_date"], row["order_delivered_customer_date"]
    if not handed_over:
        return []
    status = "delivered" if delivered else "picked_up"
    promised = row["order_estimated_delivery_date"][:10] if row["order_approved_at"] else None
    return [(status, utc(handed_over), utc(delivered) if delivered else None, promised)]


async def test_the_log_of_a_real_order_says_why(merchant: MerchantFacts, tmp_path: Path) -> None:
    """An approval that was recorded after the hand-over is only data: the parcel was on its way already."""
    late = next(
        row for row in read_rows() if "" < row["order_delivered_carrier_date"] < row["order_approved_at"]
    )  # fmt: skip
    write_orders(tmp_path / "orders.jsonl", [late])
    await import_orders(merchant.id, "doorstep", tmp_path / "orders.jsonl", store=record_orders, now=NOW)
    await tell(merchant, [late], seed=3)
    parcels = await explain_order(merchant.id, late["order_id"][:8])
    assert parcels is not None
    effects = {scan.status: str(scan.effect) for scan in parcels[0].scans if scan.source == SOURCE}
    assert effects["info_received"] == "only_data"
