"""Orders from a table: one row a line, the rows of an order one after the other, columns named by a mapping.

The first row names the columns. A mapping (TOML) says which column is what (`[columns]`, our name = their name) and how
to read it (`[reading]`: delimiter, decimal, date_format, time_zone, source, and values for all orders). Without one the
columns have our names, those of COLUMNS; the export writes them. What an order says once stands in its first row that
says it. Each order becomes our own JSON and is read by `integrations.doorstep`.
"""

import csv
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ORDER = ("number", "id", "source", "placed_at", "updated_at", "currency", "total", "taxes_included", "email", "phone",
         "name", "customer_id", "locale", "channel", "location", "note", "tags", "gift", "cancelled_at",
         "cancel_reason", "shipping", "shipping_tax", "fees", "fees_tax", "payment_method",
         "payment_gateway")  # fmt: skip
ADDRESS = ("name", "company", "line1", "line2", "city", "postal_code", "region", "country", "phone")
LINE = ("line_id", "title", "variant", "sku", "product_id", "product_type", "vendor", "quantity", "unit_price",
        "discount", "discount_label", "tax", "tax_rate", "requires_shipping", "gift_card", "final_sale", "personalised",
        "cancelled_quantity", "refunded_quantity", "refunded")  # fmt: skip
PARCEL = ("parcel_id", "carrier", "tracking_number", "tracking_url", "shipped_at", "delivered_at", "status",
          "parcel_quantity")  # fmt: skip
COLUMNS = (*ORDER, *(f"ship_{name}" for name in ADDRESS), *(f"bill_{name}" for name in ADDRESS), *LINE, *PARCEL)
READING = frozenset({"delimiter", "decimal", "date_format", "time_zone"})
MOST_ROWS = 5000
_YES, _NO = frozenset({"true", "yes", "1", "y", "ja", "si", "sí"}), frozenset({"false", "no", "0", "n", "nein"})
_FLAGS = frozenset({"taxes_included", "gift", "requires_shipping", "gift_card", "final_sale", "personalised"})
_COUNTS = frozenset({"quantity", "cancelled_quantity", "refunded_quantity", "parcel_quantity"})
_AMOUNTS = frozenset(
    {"total", "shipping", "shipping_tax", "fees", "fees_tax", "unit_price", "discount", "tax", "refunded"}
)
_OF_SHARES = frozenset({"line_id", "discount", "discount_label", "tax", "tax_rate"})
_AS_IT_IS = frozenset({*ORDER[:8], "channel", "location", "note", "tags", "gift", "cancelled_at", "cancel_reason"})
_MOMENTS = frozenset({"placed_at", "updated_at", "cancelled_at", "shipped_at", "delivered_at"})


class MappingRefused(ValueError):
    """A mapping that cannot be used; the text says why, for the operator."""


class TableRefused(ValueError):
    """A table, or some rows of it, that cannot be read; the text says why, `path` which column."""

    def __init__(self, reason: str, path: str = "") -> None:
        super().__init__(reason)
        self.path = path


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """How to read a table. `columns`: our name to theirs; `values`: what holds for every order."""

    columns: Mapping[str, str] = field(default_factory=lambda: {name: name for name in COLUMNS})
    values: Mapping[str, str] = field(default_factory=dict)
    delimiter: str = ","
    decimal: str = "."
    date_format: str = ""
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))


@dataclass(frozen=True, slots=True)
class Rows:
    """One order's rows as our JSON, or why they cannot be read. `position` counts bytes read."""

    line: int
    position: int
    payload: Mapping[str, Any] = field(default_factory=dict)
    number: str = ""
    problem: str = ""
    path: str = ""


def read_mapping(path: Path) -> ColumnMapping:
    """Raises MappingRefused and OSError."""
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MappingRefused(f"{path}: {error}") from error
    columns, reading = document.get("columns", {}), document.get("reading", {})
    if not isinstance(columns, dict) or not isinstance(reading, dict) or set(document) - {"columns", "reading"}:
        raise MappingRefused(f"{path}: there are two tables, [columns] and [reading]")
    unknown = sorted((set(columns) - set(COLUMNS)) | (set(reading) - READING - set(ORDER)))
    if unknown:
        raise MappingRefused(f"{path}: unknown: {', '.join(unknown)}. Columns are: {', '.join(COLUMNS)}")
    if any(not isinstance(value, str) for value in (*columns.values(), *reading.values())):
        raise MappingRefused(f"{path}: every value is a text in quotes")
    if "number" not in columns:
        raise MappingRefused(f"{path}: [columns] has to say which column is the order's number")
    delimiter, decimal = reading.get("delimiter", ","), reading.get("decimal", ".")
    if len(delimiter) != 1 or delimiter in '"\r\n' or decimal not in (".", ","):
        raise MappingRefused(f"{path}: delimiter is one character, decimal is '.' or ','")
    try:
        zone = ZoneInfo(reading.get("time_zone", "UTC"))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise MappingRefused(f"{path}: unknown time zone {reading['time_zone']!r}") from error
    values = {name: value for name, value in reading.items() if name in ORDER}
    return ColumnMapping(columns, values, delimiter, decimal, reading.get("date_format", ""), zone)


def read_orders(path: Path, mapping: ColumnMapping) -> Iterator[Rows]:
    """Every order of a table. Raises OSError, and TableRefused when its first row does not name the columns."""
    # Bytes that are no UTF-8 stay visible as lone surrogates, and refuse the order that they stand in.
    with path.open("rb") as binary, TextIOWrapper(binary, "utf-8-sig", "surrogateescape", newline="") as file:
        seen: set[str] = set()
        for line, rows, problem in _groups(file, mapping):
            position = binary.tell()
            number = rows[0].get("number", "") if rows else ""
            if problem:
                yield Rows(line, position, number=number, problem=problem)
                continue
            if number in seen:
                reason = "its rows do not follow each other: sort the table by order number"
                yield Rows(line, position, number=number, problem=reason)
                continue
            seen.add(number)
            try:
                yield Rows(line, position, _payload(rows, mapping), number)
            except TableRefused as error:
                yield Rows(line, position, number=number, problem=str(error), path=error.path)


def _groups(file: IO[str], mapping: ColumnMapping) -> Iterator[tuple[int, list[dict[str, str]], str]]:
    """(first line, rows by our names, problem) of each order."""
    reader = csv.reader(file, delimiter=mapping.delimiter, strict=True)
    header = next(reader, [])
    places = {name: header.index(theirs) for name, theirs in mapping.columns.items() if theirs in header}
    if "number" not in places:
        raise TableRefused(f"the first row has no column {mapping.columns['number']!r}")
    rows: list[dict[str, str]] = []
    first = 2
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield line, [], f"not a row of a table: {error}"
            continue
        row = {name: _plain(cells[at]) for name, at in places.items() if at < len(cells)} if cells else {}
        if cells is not None and not any(row.values()):
            continue
        if rows and (cells is None or row.get("number") not in ("", rows[0]["number"])):
            yield first, rows, "more than 5,000 rows" if len(rows) > MOST_ROWS else ""
            rows = []
        if cells is None:
            return
        if not rows:
            first = line
            if not row.get("number"):
                yield line, [], "a row without an order number"
                continue
        if len(rows) <= MOST_ROWS:
            rows.append(row)


def _plain(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from running it as a formula."""
    cell = cell.strip()
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in "=+-@\t\r" else cell


def _payload(rows: list[dict[str, str]], mapping: ColumnMapping) -> dict[str, Any]:
    once = {name: next((row[name] for row in rows if row.get(name)), "") for name in COLUMNS}
    once |= {name: value for name, value in mapping.values.items() if not once[name]}
    told = {name: _value(name, once[name], mapping) for name in ORDER if once[name]}
    order = {name: value for name, value in told.items() if name in _AS_IT_IS}
    order["customer"] = {
        "email": once["email"], "phone": once["phone"], "name": once["name"], "id": once["customer_id"],
        "locale": once["locale"],
    }  # fmt: skip
    order["lines"] = _lines(rows, mapping)
    order["parcels"] = _parcels(rows, order["lines"], mapping)
    order["charges"] = [
        {"kind": kind, "price": told[name], "taxes": [{"amount": told[f"{name}_tax"]}] if f"{name}_tax" in told else []}
        for name, kind in (("shipping", "shipping"), ("fees", "fee"))
        if name in told
    ]
    if once["payment_method"] or once["payment_gateway"]:
        order["tenders"] = [{"method": once["payment_method"], "gateway": once["payment_gateway"]}]
    for prefix, key in (("ship_", "shipping_address"), ("bill_", "billing_address")):
        address = {name: once[f"{prefix}{name}"] for name in ADDRESS}
        if any(address.values()):
            order[key] = address
    return order


def _lines(rows: list[dict[str, str]], mapping: ColumnMapping) -> list[dict[str, Any]]:
    """A line for each line id, or for each row without one; a line in two parcels has two rows."""
    lines: dict[str, dict[str, Any]] = {}
    for index, row in enumerate(rows, start=1):
        if not (row.get("title") or row.get("unit_price")):
            continue
        told = {name: _value(name, row[name], mapping) for name in LINE if row.get(name)}
        identifier = row.get("line_id") or str(index)
        row["line_id"] = identifier
        entry = {name: value for name, value in told.items() if name not in _OF_SHARES}
        entry["id"] = identifier
        if "discount" in told:
            entry["discounts"] = [{"label": row.get("discount_label", ""), "amount": told["discount"]}]
        if "tax" in told:
            entry["taxes"] = [{"amount": told["tax"], "rate": row.get("tax_rate") or None}]
        lines.setdefault(identifier, entry)
    return list(lines.values())


def _parcels(rows: list[dict[str, str]], lines: list[dict[str, Any]], mapping: ColumnMapping) -> list[dict[str, Any]]:
    """A parcel for each parcel id or tracking number; it holds the lines of its rows."""
    quantities = {line["id"]: line.get("quantity", 0) for line in lines}
    parcels: dict[str, dict[str, Any]] = {}
    for row in rows:
        key = row.get("parcel_id") or row.get("tracking_number") or ""
        if not key:
            continue
        told = {name: _value(name, row[name], mapping) for name in PARCEL if row.get(name)}
        entry = {name: value for name, value in told.items() if name not in ("parcel_id", "parcel_quantity")}
        parcel = parcels.setdefault(key, {**entry, "id": key, "lines": []})
        if row.get("line_id"):
            quantity = told.get("parcel_quantity", quantities.get(row["line_id"], 0))
            parcel["lines"].append({"line": row["line_id"], "quantity": quantity})
    return list(parcels.values())


def _value(name: str, text: str, mapping: ColumnMapping) -> Any:
    """A cell as our JSON has it. Raises TableRefused."""
    if name in _FLAGS:
        if text.casefold() not in _YES | _NO:
            raise TableRefused("not yes or no", name)
        return text.casefold() in _YES
    if name in _COUNTS:
        if not text.isascii() or not text.isdecimal() or len(text) > 9:
            raise TableRefused("not a whole number", name)
        return int(text)
    if name in _AMOUNTS and mapping.decimal == ",":
        return text.replace(".", "").replace(",", ".")
    return _moment(name, text, mapping) if name in _MOMENTS else text


def _moment(name: str, text: str, mapping: ColumnMapping) -> str:
    try:
        found = datetime.strptime(text, mapping.date_format) if mapping.date_format else datetime.fromisoformat(text)
    except ValueError as error:
        raise TableRefused("not a date and time as the mapping says", name) from error
    return (found if found.tzinfo else found.replace(tzinfo=mapping.zone)).isoformat()
