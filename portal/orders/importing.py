"""Importing a shop's orders from a file: records are stored by the hundred, one refused stops no other.

The shop is a name (`source`): the room of that name under `integrations` has a `mapping` module with
`order_payloads`, `order_number` and `order_record`. Orders know no vendor; the name finds it.
"""

import json
import pkgutil
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import IO
from uuid import UUID

import asyncpg
from tortoise.exceptions import IntegrityError, OperationalError

from portal import integrations
from portal.db.setup import connection
from portal.integrations.records import OrderRecord, RecordRefused
from portal.kernel.refusal import Refusal
from portal.orders.importing_csv import ColumnMapping, read_orders
from portal.orders.importing_json import JsonRefused, Piece, parse_strictly, read_pieces

TABLE, OWN = "csv", "doorstep"
"""The source that is a table, and the format of our own that its rows become."""

MOST_KEPT = 1000
"""Refusals kept in the report; the file given by `report_path` has all of them."""

AT_ONCE = 200
"""Orders stored in one transaction."""

Store = Callable[[UUID, Sequence[OrderRecord], datetime], Awaitable[list[str]]]
Progress = Callable[[int], None]
Judge = Callable[[OrderRecord], Sequence[tuple[str, str]]]
"""What is doubtful about an order that is kept all the same: paths and reasons."""


class UnknownSource(ValueError):
    """No shop of that name."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why one record was not taken. `line` counts from 1; `path` points into the record, as in line_items[0].price."""

    line: int
    number: str
    reason: str
    path: str

    def as_json(self) -> str:
        """One line for the report file."""
        facts = {
            "line": self.line,
            "order": self.number,
            "reason": self.reason,
            "path": self.path,
        }
        return json.dumps(facts, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Read:
    """One entry of a file: a record or a refusal, never both. `position` is how many bytes have been read."""

    line: int
    position: int
    number: str
    record: OrderRecord | None = None
    refused: Refused | None = None


@dataclass(slots=True)
class ImportReport:
    """What became of every record of a file. `refusals` holds the first 1,000.

    `outdated` are orders that we already know from a later word of the shop; they are left as they are.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    outdated: int = 0
    refused: int = 0
    refusals: list[Refused] = field(default_factory=list)
    doubtful: int = 0
    doubts: list[Refused] = field(default_factory=list)
    """What was kept, but cannot be right; the first 1,000 as well."""

    @property
    def read(self) -> int:
        """Records that were understood, whatever they changed."""
        return self.created + self.updated + self.unchanged + self.outdated

    def count(self, outcome: str) -> None:
        """One more of an outcome of `record_orders`. Raises ValueError for a word that is none."""
        if outcome not in ("created", "updated", "unchanged", "outdated"):
            raise ValueError(f"not an outcome: {outcome!r}")
        setattr(self, outcome, getattr(self, outcome) + 1)


def list_sources() -> list[str]:
    """The shops that orders can be imported from."""
    rooms = (module.name for module in pkgutil.iter_modules(integrations.__path__) if module.ispkg)
    return sorted(name for name in rooms if find_spec(f"{integrations.__name__}.{name}.mapping"))


def mapping_of(source: str) -> ModuleType:
    """The mapping module of a shop. Raises UnknownSource."""
    if source not in list_sources():
        raise UnknownSource(f"unknown source {source[:40]!r}")
    return import_module(f"{integrations.__name__}.{source}.mapping")


def read_records(path: Path, source: str = "shopify", columns: ColumnMapping | None = None) -> Iterator[Read]:
    """Every entry of a file of JSON lines or of one JSON document, or of a table ("csv"), which `columns` explains.

    Raises OSError, UnknownSource and, for a table without its columns, TableRefused.
    """
    if source == TABLE:
        yield from _read_table(path, columns or ColumnMapping())
        return
    mapping = mapping_of(source)
    for piece in read_pieces(path):
        yield from _read_piece(mapping, piece)


def _read_piece(mapping: ModuleType, piece: Piece) -> Iterator[Read]:
    try:
        if piece.problem:
            raise JsonRefused(piece.problem)
        document = parse_strictly(piece.text)
    except JsonRefused as error:
        yield _refusal(piece, "", str(error), piece.where)
        return
    for inner, payload in mapping.order_payloads(document):
        path = ".".join(part for part in (piece.where, inner) if part)
        number = mapping.order_number(payload)
        try:
            yield Read(
                piece.line,
                piece.position,
                number,
                record=mapping.order_record(payload, path),
            )
        except RecordRefused as error:
            yield _refusal(piece, number, error.reason, error.path)


def _read_table(path: Path, columns: ColumnMapping) -> Iterator[Read]:
    mapping = mapping_of(OWN)
    for rows in read_orders(path, columns):
        where = Read(rows.line, rows.position, rows.number)
        if rows.problem:
            yield replace(where, refused=Refused(rows.line, rows.number, rows.problem, rows.path))
            continue
        try:
            yield replace(where, record=mapping.order_record(rows.payload))
        except RecordRefused as error:
            yield replace(where, refused=Refused(rows.line, rows.number, error.reason, error.path))


def _refusal(piece: Piece, number: str, reason: str, path: str) -> Read:
    return Read(
        piece.line,
        piece.position,
        number,
        refused=Refused(piece.line, number, reason, path),
    )


async def import_orders(
    merchant_id: UUID,
    source: str,
    path: Path,
    *,
    store: Store,
    now: datetime,
    report_path: Path | None = None,
    progress: Progress | None = None,
    columns: ColumnMapping | None = None,
    judge: Judge = lambda record: (),
) -> ImportReport:
    """Store every readable order of a file; the same file twice changes nothing. `progress` is told the bytes read.

    `store` is `intake.service.record_orders`; orders stand below intake, so it is handed in.
    Refusals go to `report_path` as JSON lines as they happen, and what `judge` doubts of orders that are kept; the file
    is written anew, empty when all is well.
    A fault (the database is gone) is no refusal and is raised: what came before is stored, running again is safe.
    Raises OSError and UnknownSource.
    """
    if report_path and report_path.exists() and report_path.samefile(path):
        raise FileExistsError(f"the report would overwrite the orders in {path}")
    report = ImportReport()
    entries = read_records(path, source, columns)
    report_file = report_path.open("w", encoding="utf-8") if report_path else None
    try:
        for together in _portions(entries):
            for entry, outcome in zip(together, await _store(store, merchant_id, together, now), strict=True):
                if isinstance(outcome, Refused):
                    _note(report, outcome, report_file)
                    continue
                report.count(outcome)
                for path_within, reason in judge(entry.record) if entry.record else ():
                    _doubt(report, Refused(entry.line, entry.number, reason, path_within), report_file)
            if progress:
                progress(together[-1].position)
    finally:
        if report_file:
            report_file.close()
    return report


def _portions(entries: Iterable[Read]) -> Iterator[list[Read]]:
    """As many entries as are stored together, in their order; of one order that comes twice each by itself."""
    together: list[Read] = []
    named: set[tuple[str, str]] = set()
    for entry in entries:
        name = (entry.record.source, entry.record.source_id) if entry.record else None
        if len(together) == AT_ONCE or name in named:
            yield together
            together, named = [], set()
        together.append(entry)
        if name:
            named.add(name)
    if together:
        yield together


async def _store(store: Store, merchant_id: UUID, entries: Sequence[Read], now: datetime) -> list[str | Refused]:
    """Store what could be read; says of each entry what became of it, or why it is refused."""
    records = [entry.record for entry in entries if entry.record is not None]
    try:
        stored = iter(await store(merchant_id, records, now) if records else [])
    except (RecordRefused, Refusal, IntegrityError, OperationalError) as error:
        if len(records) > 1:
            # One of them is not taken, and none is stored: each is tried alone.
            return [(await _store(store, merchant_id, [entry], now))[0] for entry in entries]
        refused = _refused(next(entry for entry in entries if entry.record is not None), error)
        return [entry.refused or refused for entry in entries]
    return [entry.refused or next(stored) for entry in entries]


def _refused(entry: Read, error: Exception) -> Refused:
    """Why one record was not stored. Raises the error again when that is not the record's fault."""
    if isinstance(error, RecordRefused):
        return Refused(entry.line, entry.number, error.reason, error.path)
    if isinstance(error, Refusal):
        return Refused(entry.line, entry.number, str(error), "")
    # A value that the tables do not take is this record's fault; anything else is ours, and stops the import.
    if not isinstance(error.__cause__, asyncpg.DataError | asyncpg.IntegrityConstraintViolationError):
        raise error
    return Refused(entry.line, entry.number, f"the database does not take it: {error.__cause__}", "")


async def list_shared_numbers(merchant_id: UUID) -> list[tuple[str, int]]:
    """Numbers that several orders of a merchant have, as several shops in one have them, and how many have each."""
    rows = await connection().execute_query_dict(
        "SELECT min(number) AS number, count(*) AS orders FROM orders WHERE merchant_id = $1 "
        "GROUP BY number_key HAVING count(*) > 1 ORDER BY 1",
        [merchant_id],
    )
    return [(row["number"], row["orders"]) for row in rows]


def _note(report: ImportReport, refused: Refused, report_file: IO[str] | None) -> None:
    report.refused += 1
    if len(report.refusals) < MOST_KEPT:
        report.refusals.append(refused)
    if report_file:
        report_file.write(refused.as_json() + "\n")


def _doubt(report: ImportReport, doubt: Refused, report_file: IO[str] | None) -> None:
    report.doubtful += 1
    if len(report.doubts) < MOST_KEPT:
        report.doubts.append(doubt)
    if report_file:
        report_file.write(doubt.as_json() + "\n")
