"""A real shop's history: imported from its file, its parcels tracked to the door, every page held against the file.

Needs the data set beside the project (see tests/factories/olist.py); tells why when it is not there.
"""

import tempfile
import time
from datetime import UTC
from pathlib import Path

import orjson

from portal.db.setup import connection
from portal.intake.service import record_orders
from portal.orders.importing import import_orders
from portal.tracking.inbox import Kept, apply_waiting, keep_deliveries
from tests.bench.ground import Ground
from tests.bench.rounds import say
from tests.factories.merchants import NOW, make_merchant
from tests.factories.olist import FOLDER, SOURCE, is_at_hand, moment, read_rows, scans, write_orders

COPIES = 4
IN_ONE_DELIVERY = 100


async def run(ground: Ground) -> None:
    """Tell orders and scans a second."""
    if not is_at_hand():
        say(f"  not measured: the data set is not at {FOLDER}")
        return
    merchant, rows = await make_merchant(currency="BRL", country="BR", time_zone="America/Sao_Paulo"), read_rows(COPIES)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "orders.jsonl"
        write_orders(file, rows)
        for word in ("imported", "known again"):
            begun = time.perf_counter()
            report = await import_orders(merchant.id, "doorstep", file, store=record_orders, now=NOW)
            taken = time.perf_counter() - begun
            say(f"  {report.read:,} orders {word} in {taken:.1f} s: {report.read / taken:,.0f} a second")
            if report.refused:
                raise RuntimeError(f"refused: {report.refusals[0]}")
    told = [scan for row in rows for scan in scans(row)]
    bodies = [
        orjson.dumps({"events": told[first : first + IN_ONE_DELIVERY]})
        for first in range(0, len(told), IN_ONE_DELIVERY)
    ]
    begun = time.perf_counter()
    await keep_deliveries([Kept(merchant.id, SOURCE, body, NOW) for body in bodies])
    await apply_waiting(merchant.id, NOW)
    taken = time.perf_counter() - begun
    say(f"  {len(told):,} scans applied in {taken:.1f} s: {len(told) / taken:,.0f} a second")
    pages = await connection().execute_query_dict(
        "SELECT o.source_id, p.content -> 'parcels' -> 0 ->> 'status' AS status, "
        "p.content -> 'parcels' -> 0 ->> 'delivered_at' AS delivered_at "
        "FROM orders o JOIN order_pages p ON p.id = o.id WHERE o.merchant_id = $1",
        [merchant.id],
    )
    found = {page["source_id"]: (page["status"], page["delivered_at"]) for page in pages}
    wrong = [row["order_id"] for row in rows if found[row["order_id"]] != _expected(row)]
    say(f"  {len(found):,} pages held against the file: {len(wrong)} differ")
    if wrong:
        raise AssertionError(wrong[:5])


def _expected(row: dict[str, str]) -> tuple[str | None, str | None]:
    delivered = row["order_delivered_customer_date"]
    if not row["order_delivered_carrier_date"]:
        return None, None
    return ("delivered", moment(delivered).astimezone(UTC).isoformat()) if delivered else ("picked_up", None)
