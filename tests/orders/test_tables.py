"""Orders as tables and as our own JSON lines: in, out, and in again."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from portal.intake.service import record_order, record_orders
from portal.integrations.records import ChargeRecord, CustomerRecord, DiscountShare, TaxShare
from portal.kernel.money import Money
from portal.merchants.queries import MerchantFacts
from portal.orders.exporting import read_documents, safe_cell, write_json_lines, write_table
from portal.orders.importing import Read, import_orders, read_records
from portal.orders.importing_csv import ColumnMapping, MappingRefused, TableRefused, read_mapping
from portal.orders.models import Order
from tests.factories.merchants import NOW, make_merchant
from tests.factories.records import delivered_parcel, line_record, order_record, parcel_record

HEADER = "number,placed_at,currency,email,title,sku,quantity,unit_price,discount,shipping,tracking_number,shipped_at\n"
FIRST = "A1,2026-11-10T09:00:00+01:00,EUR,a@example.net,Hat,H1,2,10.00,1.00,4.90,T1,2026-11-11T09:00:00+01:00\n"
SECOND = "A1,,,,Scarf,S1,1,20.00,,,,\n"
THIRD = "A2,2026-11-10T09:00:00+01:00,EUR,b@example.net,Hat,H1,1,10.00,,,,\n"


def read(tmp_path: Path, text: str | bytes, mapping: ColumnMapping | None = None) -> list[Read]:
    file = tmp_path / "orders.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(read_records(file, "csv", mapping))


def test_rows_of_one_number_are_one_order(tmp_path: Path) -> None:
    first, second = read(tmp_path, HEADER + FIRST + SECOND + THIRD)
    assert first.record is not None
    assert first.record.total == Money(4390, "EUR")
    assert [(line.title, line.quantity) for line in first.record.lines] == [("Hat", 2), ("Scarf", 1)]
    assert first.record.parcels[0].lines == (("1", 2),)
    assert second.record is not None
    assert (second.line, second.record.number) == (4, "A2")


def test_a_mapping_names_columns_and_how_to_read_them(tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        '[columns]\nnumber = "Bestellung"\nplaced_at = "Datum"\ntitle = "Artikel"\nquantity = "Menge"\n'
        'unit_price = "Preis"\n[reading]\ndelimiter = ";"\ndecimal = ","\ndate_format = "%d.%m.%Y %H:%M"\n'
        'time_zone = "Europe/Berlin"\ncurrency = "EUR"\nsource = "till"\n'
    )
    text = "Bestellung;Datum;Artikel;Menge;Preis;Rest\n7;10.11.2026 09:30;Mütze;1;1.234,50;x\n"
    [found] = read(tmp_path, "\ufeff" + text, read_mapping(mapping))
    assert found.record is not None
    assert (found.record.source, found.record.total) == ("till", Money(123450, "EUR"))
    assert found.record.placed_at.isoformat() == "2026-11-10T08:30:00+00:00"


@pytest.mark.parametrize(
    "text",
    ["[columns]\ntitle = 'x'", "[columns]\nnumber = 1", "[colums]", "[columns]\nnumber='a'\nprize='b'",
     "[columns]\nnumber='a'\n[reading]\ntime_zone='Mars'", "[columns]\nnumber='a'\n[reading]\ndelimiter=';;'", "["],
)  # fmt: skip
def test_a_mapping_that_cannot_be_used_says_so(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mapping.toml"
    file.write_text(text)
    with pytest.raises(MappingRefused, match=r"mapping\.toml"):
        read_mapping(file)


@pytest.mark.parametrize(
    ("rows", "path"),
    [
        (FIRST.replace("10.00", "ten"), "lines[0].unit_price"),
        (FIRST.replace("Hat,H1,2", "Hat,H1,-2"), "quantity"),
        (FIRST.replace("Hat,H1,2", "Hat,H1,²"), "quantity"),
        (FIRST.replace("EUR", "XXX1"), "currency"),
        (FIRST.replace("2026-11-10T09:00:00+01:00", "yesterday"), "placed_at"),
        (FIRST.replace("1.00,4.90", "99.00,4.90"), "lines[0].discounts"),
        (FIRST.encode().replace(b"Hat", b"H\xfct"), "lines[0].title"),
        (FIRST + THIRD + SECOND.replace("A1,,", "A1,2026-11-10T09:00:00+01:00,"), ""),
        (FIRST.replace("A1,", ",", 1), ""),
        (FIRST.replace("Hat", '"Hat"x'), ""),
    ],
)
def test_rows_that_cannot_be_read_are_refused_with_their_place(tmp_path: Path, rows: str | bytes, path: str) -> None:
    body = rows if isinstance(rows, bytes) else rows.encode()
    refused = [found.refused for found in read(tmp_path, HEADER.encode() + body) if found.refused]
    assert [entry.path for entry in refused] == [path]


def test_a_table_without_its_number_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(TableRefused, match="no column 'number'"):
        read(tmp_path, "order,total\n1,2\n")


async def fill(merchant: MerchantFacts) -> None:
    """Orders with all there is to say."""
    tax = (TaxShare("VAT", "0.19", Money(1000, "EUR")),)
    nasty = line_record("l2", title="=1+1", sku="@SUM(A1)", quantity=3, taxes=tax, properties=(("Engraving", "-J"),),
                        discounts=(DiscountShare("TEN", Money(100, "EUR")),))  # fmt: skip
    charge = ChargeRecord("shipping", "shipping", "Standard", Money(490, "EUR"))
    total = Money(18900 + 3 * 18900 - 100 + 490, "EUR")
    parcels = (delivered_parcel(source_id="p1"), parcel_record("p2", lines=(("l2", 2),)))
    person = CustomerRecord("7", "jonas@example.net", "+49", "Jonas\nWeber", "de", ("vip",))
    await record_order(
        merchant.id,
        order_record(lines=(line_record(), nasty), charges=(charge,), total=total, parcels=parcels, customer=person),
        NOW,
    )
    for number in range(3):
        await record_order(merchant.id, order_record(placed_at=NOW - timedelta(days=9 + number)), NOW)


@pytest.mark.parametrize("form", ["jsonl", "csv"])
async def test_what_is_exported_can_be_imported_and_says_the_same(
    merchant: MerchantFacts, tmp_path: Path, form: str
) -> None:
    await fill(merchant)
    file, other = tmp_path / f"orders.{form}", await make_merchant()
    if form == "csv":
        with file.open("w", newline="") as table:
            assert await write_table(merchant.id, table, lambda: None) == 4
    else:
        with file.open("wb") as lines:
            assert await write_json_lines(merchant.id, lines, lambda: None) == 4
    source = "csv" if form == "csv" else "doorstep"
    report = await import_orders(other.id, source, file, store=record_orders, now=NOW)
    assert (report.created, report.refused) == (4, 0), report.refusals
    again = await import_orders(other.id, source, file, store=record_orders, now=NOW)
    assert (again.unchanged, again.created, again.updated) == (4, 0, 0)
    mine = {row.number: row for row in await Order.filter(merchant_id=merchant.id)}
    theirs = {row.number: row for row in await Order.filter(merchant_id=other.id)}
    assert {number: row.total for number, row in mine.items()} == {number: row.total for number, row in theirs.items()}
    if form == "jsonl":
        exported = [orjson.dumps(document) async for document in read_documents(merchant.id)]
        assert exported == [orjson.dumps(document) async for document in read_documents(other.id)]


async def test_an_export_holds_no_formula_and_no_other_merchants_order(
    merchant: MerchantFacts, other_merchant: MerchantFacts
) -> None:
    await fill(merchant)
    await record_order(other_merchant.id, order_record(), NOW)
    table = io.StringIO()
    await write_table(merchant.id, table, lambda: None)
    cells = [cell for row in csv.reader(io.StringIO(table.getvalue())) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert {"'=1+1", "'@SUM(A1)", "'+49"} <= set(cells)
    assert len(await Order.filter(merchant_id=other_merchant.id)) == 1
    assert safe_cell("plain") == "plain"


@pytest.mark.parametrize("page", [1, 2, 3, 4, 5])
async def test_pages_of_an_export_neither_lose_nor_repeat(merchant: MerchantFacts, page: int) -> None:
    await fill(merchant)
    numbers = [document["number"] async for document in read_documents(merchant.id, page)]
    assert sorted(numbers) == sorted([row.number for row in await Order.filter(merchant_id=merchant.id)])
