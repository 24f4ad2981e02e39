"""A real shop's history, where it is at hand: Olist's orders as our own JSON lines, and their parcels' way as scans.

The data set belongs to nobody's repository: it is read from beside the project and never copied. Only some of its
orders have lines; one without gets a line that says so, at no price.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "olist"
ZONE = ZoneInfo("America/Sao_Paulo")
SOURCE, CARRIER = "olist", "Correios"
Row = dict[str, str]


def is_at_hand() -> bool:
    """Whether the data set lies where it is looked for."""
    return (FOLDER / "orders.csv").is_file()


def read_rows(copies: int = 1) -> list[Row]:
    """The orders; with more than one copy each copy is an order of its own, with a customer of its own."""
    with (FOLDER / "orders.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    return [{**row, "order_id": row["order_id"] + f"-{copy}" * bool(copy)} for copy in range(copies) for row in rows]


def read_items() -> dict[str, list[Row]]:
    """The lines by order."""
    found: dict[str, list[Row]] = defaultdict(list)
    with (FOLDER / "order_items.csv").open(newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            found[row["order_id"]].append(row)
    return found


def write_orders(file: Path, rows: Iterable[Row]) -> None:
    """The orders as `doorstep import orders --source doorstep` reads them."""
    items = read_items()
    with file.open("w", encoding="utf-8") as out:
        for row in rows:
            payload = order_payload(row, items.get(row["order_id"].partition("-")[0], []))
            out.write(json.dumps(payload) + "\n")


def order_payload(row: Row, items: list[Row]) -> dict[str, Any]:
    """One order; what was handed to the carrier is one parcel with all of its lines."""
    lines = [
        {"id": item["order_item_id"], "title": f"Product {item['product_id'][:8]}", "sku": item["product_id"],
         "quantity": 1, "unit_price": item["price"], "vendor": item["seller_id"]}
        for item in items
    ] or [{"id": "1", "title": "What was ordered is not recorded", "quantity": 1, "unit_price": "0.00"}]  # fmt: skip
    freight = sum((Decimal(item["freight_value"]) for item in items), Decimal("0.00"))
    handed_over = row["order_delivered_carrier_date"]
    parcel = {
        "id": "1", "carrier": CARRIER, "tracking_number": tracking_number(row),
        "shipped_at": at(handed_over) if handed_over else None,
        "lines": [{"line": line["id"], "quantity": 1} for line in lines],
    }  # fmt: skip
    ended = row["order_status"] in {"canceled", "unavailable"} and not handed_over
    return {
        "id": row["order_id"], "number": row["order_id"][:8] + row["order_id"][32:], "source": SOURCE,
        "currency": "BRL",
        "placed_at": at(row["order_purchase_timestamp"]), "updated_at": at(row["order_purchase_timestamp"]),
        "cancelled_at": at(row["order_approved_at"] or row["order_purchase_timestamp"]) if ended else None,
        "cancel_reason": row["order_status"] if ended else "",
        "customer": {"id": row["customer_id"], "email": f"{row['customer_id']}@example.com"},
        "lines": lines, "parcels": [parcel] if handed_over else [],
        "charges": [{"kind": "shipping", "title": "Frete", "price": str(freight)}] if freight else [],
    }  # fmt: skip


def tracking_number(row: Row) -> str:
    """The data set names none: one made of the order's id."""
    return f"OL{row['order_id'].replace('-', '')[:24].upper()}{row['order_id'][32:].replace('-', 'C')}"


def scans(row: Row) -> Iterator[dict[str, Any]]:
    """The parcel's way in our own language: announced with the promised day, handed over, delivered."""
    if not row["order_delivered_carrier_date"]:
        return
    promised = row["order_estimated_delivery_date"][:10]
    for status, moment, more in (
        ("info_received", row["order_approved_at"], {"estimated_delivery": promised}),
        ("picked_up", row["order_delivered_carrier_date"], {}),
        ("delivered", row["order_delivered_customer_date"], {}),
    ):
        if moment:
            yield {"tracking_number": tracking_number(row), "status": status, "occurred_at": at(moment), **more}


def at(text: str) -> str:
    """A local time of São Paulo with its offset."""
    return moment(text).isoformat()


def moment(text: str) -> datetime:
    """The same as a moment."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)
