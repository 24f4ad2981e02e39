"""Writing a merchant's orders into a file, with progress on the screen."""

import asyncio
import os
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from portal.commands.installation import Mistake, ready_with_database
from portal.commands.merchants import merchant_id_of
from portal.settings import Settings

FORMATS = ("jsonl", "csv")


def export_orders(file: Path, *, merchant: str, form: str, console: Console) -> int:
    """Write every order; the file appears when it is complete. Returns how many. Raises Mistake."""
    if form not in FORMATS:
        raise Mistake(f"Formats are: {', '.join(FORMATS)}.")
    part = file.with_name(f".{file.name}.part")
    try:
        with ready_with_database() as settings, _bar(console) as bar:
            written = asyncio.run(_export(settings, bar, part, merchant, form))
        os.replace(part, file)
    except OSError as error:
        raise Mistake(f"{file}: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)
    console.print(f"{file.name}: {written} orders", highlight=False)
    return written


async def _export(settings: Settings, bar: Progress, part: Path, merchant: str, form: str) -> int:
    from portal.db.setup import database
    from portal.orders.exporting import count_orders, write_json_lines, write_table

    async with database(settings):
        merchant_id = await merchant_id_of(merchant)
        task = bar.add_task(part.name, total=await count_orders(merchant_id))
        if form == "csv":
            with part.open("w", encoding="utf-8", newline="") as table:
                return await write_table(merchant_id, table, lambda: bar.advance(task))
        with part.open("wb") as lines:
            return await write_json_lines(merchant_id, lines, lambda: bar.advance(task))


def _bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=not console.is_terminal, disable=not console.is_terminal)
