"""`doorstep import orders`: a file of a shop's orders, a progress bar, and a report of what was refused and why."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from portal.db.setup import database
from portal.intake.service import record_order
from portal.merchants.queries import find_merchant_by_slug
from portal.orders.importing import ImportReport, UnknownSource, import_orders
from portal.settings import Settings

ALL_FINE, SOME_REFUSED, NOTHING_READ = 0, 1, 2
MOST_SHOWN = 20


def run_import(
    settings: Settings,
    merchant_slug: str,
    source: str,
    file: Path,
    report_file: Path | None,
    console: Console,
) -> int:
    """Import `file` from a command line. Returns 0 all fine, 1 some records refused, 2 nothing could be read."""
    return asyncio.run(_with_database(settings, merchant_slug, source, file, report_file, console))


async def _with_database(
    settings: Settings,
    merchant_slug: str,
    source: str,
    file: Path,
    report_file: Path | None,
    console: Console,
) -> int:
    async with database(settings):
        return await import_file(merchant_slug, source, file, report_file, console, now=datetime.now(UTC))


async def import_file(
    merchant_slug: str,
    source: str,
    file: Path,
    report_file: Path | None,
    console: Console,
    *,
    now: datetime,
) -> int:
    """As `run_import`, in an open database."""
    merchant = await find_merchant_by_slug(merchant_slug)
    if merchant is None:
        console.print(f"There is no merchant {escape(merchant_slug)!r}.", style="red")
        return NOTHING_READ
    try:
        with _progress(console) as bar:
            task = bar.add_task(escape(file.name), total=file.stat().st_size)
            report = await import_orders(
                merchant.id,
                source,
                file,
                store=record_order,
                now=now,
                report_path=report_file,
                progress=lambda position: bar.update(task, completed=position),
            )
    except (OSError, UnknownSource) as error:
        console.print(escape(str(error)), style="red")
        return NOTHING_READ
    _show(report, report_file, console)
    if not report.read:
        return NOTHING_READ
    return SOME_REFUSED if report.refused else ALL_FINE


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=console,
    )


def _show(report: ImportReport, report_file: Path | None, console: Console) -> None:
    if not report.read and not report.refused:
        console.print("No orders in the file.", style="red")
        return
    counts = ("created", "updated", "unchanged", "outdated", "refused")
    console.print(", ".join(f"{getattr(report, name)} {name}" for name in counts))
    if not report.refused:
        return
    table = Table("Line", "Order", "Reason", "At", box=None)
    for refused in report.refusals[:MOST_SHOWN]:
        table.add_row(
            str(refused.line),
            escape(refused.number),
            escape(refused.reason),
            escape(refused.path),
        )
    console.print(table)
    if report.refused > MOST_SHOWN:
        console.print(f"and {report.refused - MOST_SHOWN} more.")
    if report_file:
        console.print(f"All of them, one JSON object a line: {escape(str(report_file))}")
