"""What carriers and aggregators have delivered, from the command line: what became of it, and what was no scan."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from portal.commands.installation import Mistake, ready_with_database
from portal.commands.merchants import merchant_id_of
from portal.settings import Settings

T = TypeVar("T")
MOMENT = "%Y-%m-%d %H:%M:%S"


def list_deliveries(merchant: str, source: str, refused: bool, limit: int) -> list[tuple[str, ...]]:
    """Id, arrival, source, state and counts of the newest deliveries. Raises Mistake."""
    from portal.tracking.queries import list_deliveries as ask

    rows = _asked(merchant, lambda merchant_id: ask(merchant_id, source, refused, limit))
    return [(str(row.id), f"{row.received_at:{MOMENT}}", row.source, row.state, _counts(row)) for row in rows]


def show_delivery(merchant: str, delivery: str) -> str:
    """Everything about one delivery: each entry that is no scan with the reason, and its body last. Raises Mistake."""
    from portal.tracking.queries import find_delivery

    row = _asked(merchant, lambda merchant_id: find_delivery(merchant_id, _id(delivery)))
    if row is None:
        raise Mistake(f"There is no delivery {delivery}.")
    lines = [
        f"source: {row.source}",
        f"state: {row.state}",
        f"received_at: {_at(row.received_at)}",
        f"ended_at: {_at(row.ended_at)}",
        _counts(row),
        *(f"refused: {json.dumps(entry, ensure_ascii=True)}" for entry in row.refused or []),
    ]
    return "\n".join([*lines, "", _printable(bytes(row.body).decode(errors="replace"))])


def _asked(slug: str, question: Callable[[UUID], Awaitable[T]]) -> T:
    from portal.db.setup import database

    async def ask(settings: Settings) -> T:
        async with database(settings):
            return await question(await merchant_id_of(slug))

    with ready_with_database() as settings:
        return asyncio.run(ask(settings))


def _counts(row: Any) -> str:
    counts = f"{row.taken} taken, {row.known} known, {row.strangers} without a parcel"
    refused = f", {len(row.refused)} refused" if row.refused else ""
    return f"{counts}{refused}{': ' + row.reason if row.reason else ''}"


def _printable(text: str) -> str:
    """What a carrier wrote cannot steer the terminal."""
    return "".join(character for character in text if character.isprintable() or character == "\n")


def _at(moment: datetime | None) -> str:
    return f"{moment:{MOMENT}}" if moment else "never"


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Mistake(f"Not an id: {text}") from error
