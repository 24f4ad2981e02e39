"""Importing orders and pictures from files, with progress on the screen."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from portal.commands.installation import Mistake, now, ready_with_database
from portal.commands.merchants import merchant_id_of
from portal.settings import Settings

if TYPE_CHECKING:
    from portal.orders.importing import ImportReport
    from portal.orders.importing_csv import ColumnMapping

SHOWN = 20
"""Refusals printed; the report file has all of them."""
NOTHING_READ, SOME_REFUSED = 2, 3
"""Exit codes, as `--help` says."""
PEEK = 64 * 1024


class NothingRead(Mistake):
    """A file that holds no order at all."""

    exit_code = NOTHING_READ


def import_orders(
    file: Path, *, source: str, merchant: str, report_path: Path | None, console: Console, mapping: Path | None = None
) -> "ImportReport":
    """Import a file of orders and say what became of it. Raises Mistake."""
    from portal.orders.importing import TABLE, UnknownSource, list_sources, mapping_of
    from portal.orders.importing_csv import ColumnMapping, MappingRefused, TableRefused, read_mapping

    _require_text(file)
    if mapping and source != TABLE:
        raise Mistake("A mapping of columns belongs to --source csv.")
    try:
        columns = read_mapping(mapping) if mapping else ColumnMapping()
        if source != TABLE:
            mapping_of(source)
    except (MappingRefused, OSError) as error:
        raise Mistake(str(error)) from error
    except UnknownSource as error:
        raise Mistake(f"{_sentence(error)}. Known: {', '.join([*list_sources(), TABLE])}.") from error
    with ready_with_database() as settings, _bar(console) as bar:
        try:
            report, shared = asyncio.run(_import(settings, bar, file, source, merchant, report_path, columns))
        except TableRefused as error:
            raise Mistake(f"{file}: {error}") from error
    if not report.read and not report.refused:
        raise NothingRead(f"{file}: There is nothing in this file.")
    _tell(report, file, report_path, console)
    _tell_shared(shared, console)
    return report


def exit_code(report: "ImportReport") -> int:
    """What `doorstep import orders` ends with: 0, 3 when some records were refused, 2 when all were."""
    if not report.refused:
        return 0
    return SOME_REFUSED if report.read else NOTHING_READ


def _require_text(file: Path) -> None:
    """Raises NothingRead for what is no text, or blank from end to end; a pipe cannot be looked at twice."""
    if not file.is_file():
        return
    with file.open("rb") as opened:
        chunk = opened.read(PEEK)
        if b"\0" in chunk and not chunk.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise NothingRead(f"{file}: This is not a text file.")
        while chunk and not chunk.removeprefix(b"\xef\xbb\xbf").strip():
            chunk = opened.read(PEEK)
    if not chunk:
        raise NothingRead(f"{file}: There is nothing in this file.")


def _sentence(error: Exception) -> str:
    said = str(error)
    return said[:1].upper() + said[1:]


async def _import(
    settings: Settings,
    bar: Progress,
    file: Path,
    source: str,
    merchant: str,
    report_path: Path | None,
    columns: "ColumnMapping",
) -> "tuple[ImportReport, list[tuple[str, int]]]":
    from portal.db.setup import database
    from portal.intake.service import record_orders
    from portal.orders.importing import import_orders as run
    from portal.orders.importing import list_shared_numbers
    from portal.tracking.numbers import doubts_about

    task = bar.add_task(file.name, total=file.stat().st_size)
    async with database(settings):
        merchant_id = await merchant_id_of(merchant)
        report = await run(
            merchant_id,
            source,
            file,
            store=record_orders,
            now=now(),
            report_path=report_path,
            columns=columns,
            judge=doubts_about,
            progress=lambda position: bar.update(task, completed=position),
        )
        changed = report.created or report.updated
        return report, await list_shared_numbers(merchant_id) if changed else []


def _bar(console: Console) -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=console, transient=not console.is_terminal, disable=not console.is_terminal)


def _tell(report: "ImportReport", file: Path, report_path: Path | None, console: Console) -> None:
    older = f"{report.outdated} older than what we have, " if report.outdated else ""
    _say(
        console,
        f"{file.name}: {report.created} new, {report.updated} changed, {report.unchanged} skipped as they were, "
        f"{older}{report.refused} refused",
    )
    for refused in report.refusals[:SHOWN]:
        where = f" ({refused.path})" if refused.path else ""
        _say(console, f"  line {refused.line}, order {refused.number or '?'}: {refused.reason}{where}")
    rest = f"all of them are in {report_path}" if report_path else "name a file with --report to have them all"
    if report.refused > SHOWN:
        _say(console, f"  … and {report.refused - SHOWN} more; {rest}")
    for doubt in report.doubts[:SHOWN]:
        _say(console, f"  notice: line {doubt.line}, order {doubt.number or '?'}: {doubt.reason}")
    if report.doubtful > SHOWN:
        _say(console, f"  … and {report.doubtful - SHOWN} more notices; {rest}")


def _tell_shared(shared: list[tuple[str, int]], console: Console) -> None:
    for number, count in shared[:SHOWN]:
        _say(console, f"  notice: {count} orders have the number {number}; the email or postal code tells them apart")
    if len(shared) > SHOWN:
        _say(console, f"  … and {len(shared) - SHOWN} more numbers that several orders share")


def _say(console: Console, line: str) -> None:
    """One line, however long: what reads our output is often no terminal."""
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def import_images(folder: Path, *, merchant: str, console: Console) -> int:
    """Take every picture of a folder, named by SKU; returns how many files were refused. Raises Mistake."""
    from portal.db.setup import database
    from portal.orders.images import is_picture, store_images
    from portal.storage.objects import open_store

    async def take(settings: Settings) -> tuple[int, list[str]]:
        async with database(settings):
            return await store_images(open_store(settings.storage), await merchant_id_of(merchant), folder)

    with ready_with_database() as settings:
        taken, refused = asyncio.run(take(settings))
    _say(console, f"{folder}: {taken} {'picture' if taken == 1 else 'pictures'} taken, {len(refused)} refused")
    for name in refused[:SHOWN]:
        _say(console, f"  {name}: not a picture that we show (SVG, PNG, JPEG, WebP), or larger than 1 MB")
    ignored = sum(path.is_file() and not is_picture(path) for path in folder.iterdir())
    if ignored:
        _say(console, f"  {ignored} other {'file' if ignored == 1 else 'files'} left alone: not named like a picture")
    return len(refused)
