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


def import_orders(
    file: Path, *, source: str, merchant: str, report_path: Path | None, console: Console, mapping: Path | None = None
) -> "ImportReport":
    """Import a file of orders and say what became of it. Raises Mistake."""
    from portal.orders.importing import TABLE, UnknownSource, list_sources, mapping_of
    from portal.orders.importing_csv import ColumnMapping, MappingRefused, TableRefused, read_mapping

    if mapping and source != TABLE:
        raise Mistake("A mapping of columns belongs to --source csv.")
    try:
        columns = read_mapping(mapping) if mapping else ColumnMapping()
        if source != TABLE:
            mapping_of(source)
    except (MappingRefused, OSError) as error:
        raise Mistake(str(error)) from error
    except UnknownSource as error:
        raise Mistake(f"{error}. Known: {', '.join([*list_sources(), TABLE])}.") from error
    with ready_with_database() as settings, _bar(console) as bar:
        try:
            report = asyncio.run(_import(settings, bar, file, source, merchant, report_path, columns))
        except TableRefused as error:
            raise Mistake(f"{file}: {error}") from error
    _tell(report, file, report_path, console)
    return report


async def _import(
    settings: Settings,
    bar: Progress,
    file: Path,
    source: str,
    merchant: str,
    report_path: Path | None,
    columns: "ColumnMapping",
) -> "ImportReport":
    from portal.db.setup import database
    from portal.intake.service import record_order
    from portal.orders.importing import import_orders as run

    task = bar.add_task(file.name, total=file.stat().st_size)
    async with database(settings):
        merchant_id = await merchant_id_of(merchant)
        return await run(
            merchant_id,
            source,
            file,
            store=record_order,
            now=now(),
            report_path=report_path,
            columns=columns,
            progress=lambda position: bar.update(task, completed=position),
        )


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
    console.print(
        f"{file.name}: {report.created} new, {report.updated} changed, {report.unchanged} skipped as they were, "
        f"{report.refused} refused",
        highlight=False,
    )
    for refused in report.refusals[:SHOWN]:
        where = f" ({refused.path})" if refused.path else ""
        console.print(f"  line {refused.line}, order {refused.number or '?'}: {refused.reason}{where}", markup=False)
    if report.refused > SHOWN:
        rest = f"all of them are in {report_path}" if report_path else "name a file with --report to have them all"
        console.print(f"  … and {report.refused - SHOWN} more; {rest}", markup=False)


def import_images(folder: Path, *, merchant: str, console: Console) -> int:
    """Take every picture of a folder, named by SKU; returns how many files were refused. Raises Mistake."""
    from portal.db.setup import database
    from portal.orders.images import store_images
    from portal.storage.objects import open_store

    async def take(settings: Settings) -> tuple[int, list[str]]:
        async with database(settings):
            return await store_images(open_store(settings.storage), await merchant_id_of(merchant), folder)

    with ready_with_database() as settings:
        taken, refused = asyncio.run(take(settings))
    console.print(f"{folder}: {taken} pictures taken, {len(refused)} refused", highlight=False)
    for name in refused[:SHOWN]:
        console.print(f"  {name}: not a picture that we show (SVG, PNG, JPEG, WebP), or larger than 1 MB", markup=False)
    return len(refused)
