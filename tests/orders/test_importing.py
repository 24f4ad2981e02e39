"""Files of orders: what is read, what is refused with its line, and that one never harms the other."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from tortoise.exceptions import OperationalError

from portal.integrations.records import OrderRecord, RecordRefused
from portal.kernel.refusal import Refusal
from portal.orders.importing import AT_ONCE, ImportReport, UnknownSource, import_orders, read_records
from tests.factories.shopify import line_item, order

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MERCHANT = uuid4()


def as_json(payload: Any) -> str:
    return json.dumps(payload, default=str)


def written(tmp_path: Path, *entries: Any, name: str = "orders.jsonl") -> Path:
    """A file of one entry a line; texts are written as they are."""
    file = tmp_path / name
    file.write_text("".join(f"{entry if isinstance(entry, str) else as_json(entry)}\n" for entry in entries))
    return file


class Shelf:
    """Keeps records as the orders room would: new, changed or the same."""

    def __init__(self) -> None:
        self.records: dict[str, OrderRecord] = {}

    async def __call__(self, merchant_id: UUID, records: Sequence[OrderRecord], now: datetime) -> list[str]:
        assert (merchant_id, now) == (MERCHANT, NOW)
        return [self.keep(record) for record in records]

    def keep(self, record: OrderRecord) -> str:
        """What became of it."""
        before = self.records.get(record.source_id)
        self.records[record.source_id] = record
        return "created" if before is None else "unchanged" if before == record else "updated"


async def imported(file: Path, store: Any = None, **more: Any) -> ImportReport:
    return await import_orders(MERCHANT, "shopify", file, store=store or Shelf(), now=NOW, **more)


def test_good_and_bad_lines_are_told_apart(tmp_path: Path) -> None:
    file = written(tmp_path, order(), "", "{nonsense", order(name="#2", line_items=[]), order(id=2))
    found = list(read_records(file))
    assert [entry.line for entry in found] == [1, 3, 4, 5]
    assert [entry.refused and (entry.refused.number, entry.refused.path) for entry in found] == [
        None,
        ("", ""),
        ("#2", "line_items"),
        None,
    ]


def test_a_line_may_be_an_envelope(tmp_path: Path) -> None:
    file = written(tmp_path, {"order": order()}, {"orders": [order(id=2), order(id=3, currency="EUX")]})
    found = list(read_records(file))
    assert [entry.record is not None for entry in found] == [True, True, False]
    assert found[2].refused is not None
    assert (found[2].line, found[2].refused.path) == (2, "orders[1].currency")


def test_the_rest_of_a_document_is_read_past_a_bad_order(tmp_path: Path) -> None:
    text = '{"orders": [\n' + as_json(order()) + ',\n{"id": 2, "id": 2},\n' + as_json(order(id=3)) + "\n]}"
    found = list(read_records(written(tmp_path, text, name="orders.json")))
    assert [(entry.line, entry.record is not None) for entry in found] == [(2, True), (3, False), (4, True)]
    assert found[1].refused is not None
    assert (found[1].refused.path, found[1].refused.reason) == ("orders[1]", "the key 'id' twice in one object")


def test_wrong_encoding_is_said_of_its_line(tmp_path: Path) -> None:
    file = tmp_path / "orders.jsonl"
    file.write_bytes(as_json(order()).encode() + b'\n{"name": "M\xfcller"}\n')
    found = list(read_records(file))
    assert found[1].refused is not None
    assert (found[1].line, found[1].refused.reason) == (2, "not UTF-8 at byte 11")


def test_progress_ends_with_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, order(), order(id=2))
    positions = [entry.position for entry in read_records(file)]
    assert positions == sorted(positions)
    assert positions[-1] == file.stat().st_size - 1


@pytest.mark.parametrize("source", ["etsy", "../shopify", "records", ""])
def test_an_unknown_shop_is_said_before_anything_is_read(tmp_path: Path, source: str) -> None:
    with pytest.raises(UnknownSource):
        list(read_records(tmp_path / "missing.jsonl", source))


async def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    file, shelf = written(tmp_path, order(), order(id=2, name="#2")), Shelf()
    first, second = await imported(file, shelf), await imported(file, shelf)
    assert (first.created, first.unchanged) == (2, 0)
    assert (second.created, second.unchanged, second.refused) == (0, 2, 0)


async def test_a_newer_word_updates(tmp_path: Path) -> None:
    file = written(tmp_path, order(), order([line_item(quantity=2)]))
    report = await imported(file)
    assert (report.created, report.updated, report.read) == (1, 1, 2)


async def test_refusals_are_counted_and_written_a_line_each(tmp_path: Path) -> None:
    file = written(tmp_path, order(), "[]", "{", order(name="#2", currency="EUX"))
    errors = tmp_path / "errors.jsonl"
    report = await imported(file, report_path=errors)
    assert (report.created, report.refused) == (1, 2)
    written_errors = [json.loads(line) for line in errors.read_text().splitlines()]
    assert written_errors[1] == {"line": 4, "order": "#2", "reason": "unknown currency 'EUX'", "path": "currency"}
    assert len(written_errors) == len(report.refusals) == 2


async def test_the_error_file_is_empty_when_all_is_well(tmp_path: Path) -> None:
    errors = tmp_path / "errors.jsonl"
    errors.write_text("of last time")
    await imported(written(tmp_path, order()), report_path=errors)
    assert errors.read_text() == ""


async def test_what_the_domain_refuses_is_reported_and_the_next_is_stored(tmp_path: Path) -> None:
    shelf = Shelf()

    async def store(merchant_id: UUID, records: Sequence[OrderRecord], now: datetime) -> list[str]:
        named = {record.source_id for record in records}
        if "1" in named:
            raise Refusal("order_frozen")
        if "2" in named:
            raise RecordRefused("too late", "updated_at")
        return await shelf(merchant_id, records, now)

    report = await imported(written(tmp_path, order(id=1), order(id=2), order(id=3)), store)
    assert (report.created, report.refused) == (1, 2)
    assert [refused.path for refused in report.refusals] == ["", "updated_at"]


async def test_a_fault_is_not_a_refusal(tmp_path: Path) -> None:
    async def store(merchant_id: UUID, records: Sequence[OrderRecord], now: datetime) -> list[str]:
        raise ConnectionError("the database is gone")

    with pytest.raises(ConnectionError):
        await imported(written(tmp_path, order()), store)


async def test_a_missing_file_is_an_error_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await imported(tmp_path / "missing.jsonl")


async def test_the_report_never_overwrites_the_orders(tmp_path: Path) -> None:
    file = written(tmp_path, order())
    before = file.read_bytes()
    with pytest.raises(FileExistsError):
        await imported(file, report_path=file)
    assert file.read_bytes() == before


async def test_a_value_that_the_tables_do_not_take_is_this_record_alone(tmp_path: Path) -> None:
    shelf = Shelf()

    async def store(merchant_id: UUID, records: Sequence[OrderRecord], now: datetime) -> list[str]:
        if any(record.source_id == "1" for record in records):
            raise OperationalError("too long") from asyncpg.StringDataRightTruncationError("too long")
        return await shelf(merchant_id, records, now)

    report = await imported(written(tmp_path, order(id=1), order(id=2)), store)
    assert (report.created, report.refused) == (1, 1)


async def test_many_are_stored_at_once_and_told_in_the_order_of_the_file(tmp_path: Path) -> None:
    sizes: list[int] = []
    shelf = Shelf()

    async def store(merchant_id: UUID, records: Sequence[OrderRecord], now: datetime) -> list[str]:
        sizes.append(len(records))
        return await shelf(merchant_id, records, now)

    entries = [order(id=number, name=f"#{number}") for number in range(2 * AT_ONCE)]
    report = await imported(written(tmp_path, *entries[:7], "{", *entries[7:], order(currency="EUX")), store)
    assert (report.created, max(sizes), len(sizes)) == (2 * AT_ONCE, AT_ONCE, 3)
    assert [refused.line for refused in report.refusals] == [8, 2 * AT_ONCE + 2]


async def test_a_table_that_is_missing_is_a_fault(tmp_path: Path) -> None:
    async def store(merchant_id: UUID, record: OrderRecord, now: datetime) -> str:
        raise OperationalError("no table") from asyncpg.UndefinedTableError("no table")

    with pytest.raises(OperationalError):
        await imported(written(tmp_path, order()), store)
