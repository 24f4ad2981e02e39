"""Taking orders out: as our own JSON lines, or as a table with one row a line. Read page by page, never all at once.

Both can be read again (`importing`). Cells that a spreadsheet would run as a formula get an apostrophe in front.
"""

import csv
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import IO, Any
from uuid import UUID

import orjson

from portal.db.setup import connection
from portal.kernel.money import Money
from portal.orders.importing_csv import ADDRESS, COLUMNS, LINE, ORDER

PAGE = 500
FORMULA = ("=", "+", "-", "@", "\t", "\r")
Document = dict[str, Any]

# One statement a page: an order with its lines and parcels as JSON, in the order of the index.
_READ = """
SELECT o.id AS key, o.placed_at AS moment, row_to_json(o)::text AS facts,
    (SELECT coalesce(json_agg(l ORDER BY l.position), '[]') FROM order_lines l
      WHERE l.merchant_id = o.merchant_id AND l.order_id = o.id)::text AS lines,
    (SELECT coalesce(json_agg(json_build_object('parcel', p, 'inside',
        (SELECT coalesce(json_agg(json_build_object('line', l.source_id, 'quantity', i.quantity)
                                  ORDER BY l.position), '[]')
           FROM parcel_lines i JOIN order_lines l ON l.id = i.line_id WHERE i.parcel_id = p.id))
        ORDER BY p.position), '[]')
      FROM parcels p WHERE p.merchant_id = o.merchant_id AND p.order_id = o.id)::text AS parcels
FROM orders o
WHERE o.merchant_id = $1 AND ($2::timestamptz IS NULL OR (o.placed_at, o.id) > ($2, $3))
ORDER BY o.placed_at, o.id LIMIT $4
"""


async def count_orders(merchant_id: UUID) -> int:
    """How many orders a merchant has."""
    rows = await connection().execute_query_dict(
        "SELECT count(*) AS n FROM orders WHERE merchant_id = $1", [merchant_id]
    )
    return int(rows[0]["n"])


async def read_documents(merchant_id: UUID, page: int = PAGE) -> AsyncIterator[Document]:
    """Every order in our own JSON, the oldest first; `page` orders are held at a time."""
    moment: datetime | None = None
    key: UUID | None = None
    while True:
        rows = await connection().execute_query_dict(_READ, [merchant_id, moment, key, page])
        for row in rows:
            yield _document(orjson.loads(row["facts"]), orjson.loads(row["lines"]), orjson.loads(row["parcels"]))
        if len(rows) < page:
            return
        moment, key = rows[-1]["moment"], rows[-1]["key"]


async def write_json_lines(merchant_id: UUID, file: IO[bytes], progress: Callable[[], None]) -> int:
    """One order a line; returns how many."""
    written = 0
    async for document in read_documents(merchant_id):
        file.write(orjson.dumps(document) + b"\n")
        written += 1
        progress()
    return written


async def write_table(merchant_id: UUID, file: IO[str], progress: Callable[[], None]) -> int:
    """A header and one row a line; returns how many orders."""
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    written = 0
    async for document in read_documents(merchant_id):
        writer.writerows(rows_of(document))
        written += 1
        progress()
    return written


def rows_of(document: Document) -> Iterable[list[str]]:
    """An order as rows of COLUMNS; a line that travels in several parcels has a row for each."""
    first = True
    for line in document["lines"]:
        inside = [
            (parcel, entry["quantity"])
            for parcel in document["parcels"]
            for entry in parcel["lines"]
            if entry["line"] == line["id"]
        ]
        for parcel, quantity in inside or [({}, "")]:
            cells = {"number": document["number"], **_line_cells(line), **_parcel_cells(parcel, quantity)}
            yield _row({**_order_cells(document), **cells} if first else cells)
            first = False


def safe_cell(value: object) -> str:
    """Text that a spreadsheet shows and does not run (OWASP: CSV injection)."""
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _row(cells: Document) -> list[str]:
    return [safe_cell(cells.get(name)) for name in COLUMNS]


def _order_cells(document: Document) -> Document:
    customer = document["customer"]
    shipping = [each for each in document["charges"] if each["kind"] == "shipping"]
    fees = [each for each in document["charges"] if each["kind"] != "shipping"]
    tender = document["tenders"][0] if document["tenders"] else {}
    cells = {name: document.get(name) for name in ORDER}
    cells |= {name: customer[name] for name in ("email", "phone", "name", "locale")}
    cells |= {"customer_id": customer["id"], "tags": ", ".join(document["tags"])}
    cells |= {"payment_method": tender.get("method"), "payment_gateway": tender.get("gateway")}
    for name, charges in (("shipping", shipping), ("fees", fees)):
        if charges:
            taxes = [tax for charge in charges for tax in charge["taxes"]]
            cells |= {name: _net(charges), f"{name}_tax": _sum(taxes)}
    for prefix, key in (("ship_", "shipping_address"), ("bill_", "billing_address")):
        address = document[key] or {}
        cells |= {f"{prefix}{name}": address.get(name) for name in ADDRESS}
    return cells


def _line_cells(line: Document) -> Document:
    cells = {name: line.get(name) for name in LINE}
    cells |= {"line_id": line["id"], "discount": _sum(line["discounts"]), "tax": _sum(line["taxes"])}
    labels = [share["label"] for share in line["discounts"] if share["label"]]
    rates = [share["rate"] for share in line["taxes"] if share["rate"]]
    return cells | {"discount_label": ", ".join(labels), "tax_rate": rates[0] if len(rates) == 1 else ""}


def _parcel_cells(parcel: Document, quantity: object) -> Document:
    names = ("carrier", "tracking_number", "tracking_url", "shipped_at", "delivered_at", "status")
    return {name: parcel.get(name) for name in names} | {"parcel_id": parcel.get("id"), "parcel_quantity": quantity}


def _net(charges: Sequence[Document]) -> str:
    """What charges cost after their discounts: a table has no place for more."""
    off = [share for charge in charges for share in charge["discounts"]]
    return str(sum((Decimal(each["price"]) for each in charges), Decimal(0)) - Decimal(_sum(off) or 0))


def _sum(shares: Sequence[Document]) -> str:
    return str(sum((Decimal(share["amount"]) for share in shares), Decimal(0))) if shares else ""


def _document(order: Document, lines: list[Document], parcels: list[Document]) -> Document:
    currency = order["currency"]
    customer = order["customer"]
    return {
        "source": order["source"],
        "id": order["source_id"],
        **{
            name: order[name]
            for name in ("number", "currency", "shop_currency", "taxes_included", "channel", "location")
        },
        **{name: order[name] for name in ("note", "tags", "gift", "cancel_reason")},
        "placed_at": order["placed_at"],
        "updated_at": order["source_updated_at"],
        "cancelled_at": order["cancelled_at"],
        "total": _amount(order["total"], currency),
        "paid": None if order["paid"] is None else _amount(order["paid"], currency),
        "refunded": _amount(order["refunded"], currency) if order["refunded"] else None,
        "customer": {"id": customer["source_id"], **{name: customer[name] for name in customer if name != "source_id"}},
        "shipping_address": order["shipping_address"],
        "billing_address": order["billing_address"],
        "lines": [_line(line, currency) for line in lines],
        "charges": [
            {
                "kind": each["kind"],
                "title": each["title"],
                "price": _amount(each["price"], currency),
                **_shares(each, currency),
            }
            for each in order["charges"]
        ],
        "tenders": [
            {**each, "amount": None if each["amount"] is None else _amount(each["amount"], currency)}
            for each in order["tenders"]
        ],
        "parcels": [_parcel(each["parcel"], each["inside"]) for each in parcels],
    }


_AS_THEY_ARE = ("title", "variant", "sku", "product_id", "product_type", "vendor", "tags", "quantity", "grams",
                "requires_shipping", "gift_card", "final_sale", "personalised", "properties", "cancelled_quantity",
                "refunded_quantity")  # fmt: skip


def _line(line: Document, currency: str) -> Document:
    return {
        "id": line["source_id"],
        **{name: line[name] for name in _AS_THEY_ARE},
        "unit_price": _amount(line["unit_price"], currency),
        "refunded": _amount(line["refunded"], currency) if line["refunded"] else None,
        **_shares(line, currency),
    }


def _shares(part: Document, currency: str) -> Document:
    return {
        key: [{**share, "amount": _amount(share["amount"], currency)} for share in part[key]]
        for key in ("discounts", "taxes")
    }


def _parcel(parcel: Document, inside: list[Document]) -> Document:
    names = ("carrier", "tracking_number", "tracking_url", "shipped_at", "delivered_at", "status", "cancelled",
             "location")  # fmt: skip
    return {"id": parcel["source_id"], **{name: parcel[name] for name in names}, "lines": inside}


def _amount(minor: int, currency: str) -> str:
    return format(Money(minor, currency).decimal, "f")
