"""Taking a merchant's product feed, from the command line."""

import asyncio
from pathlib import Path

from rich.console import Console

from portal.commands.installation import Mistake, now, ready_with_database
from portal.commands.merchants import merchant_id_of
from portal.settings import Settings

SHOWN = 20


def import_products(file: Path, *, merchant: str, language: str, console: Console) -> int:
    """Let the feed be this file; returns how many products were refused. Raises Mistake."""
    from portal.db.setup import database
    from portal.products.feed import FeedRefused, read_feed
    from portal.products.service import FeedReport, replace_feed

    async def take(settings: Settings) -> FeedReport:
        async with database(settings):
            return await replace_feed(await merchant_id_of(merchant), language, read_feed(file), now())

    with ready_with_database() as settings:
        try:
            report = asyncio.run(take(settings))
        except FeedRefused as refused:
            raise Mistake(f"{file}: {refused}. Nothing was changed.") from refused
    say = f"{file.name}: {report.taken} products taken, {report.refused} refused"
    console.print(say, markup=False, highlight=False, soft_wrap=True)
    for line in report.refusals[:SHOWN]:
        console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)
    return report.refused
