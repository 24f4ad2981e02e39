"""Effects that were given up: which they are, why, and trying them again."""

import asyncio
from typing import Any
from uuid import UUID

from portal.commands.installation import Mistake, ready_with_database
from portal.commands.merchants import merchant_id_of
from portal.settings import Settings


def list_dead_letters(slug: str) -> list[dict[str, Any]]:
    """What a merchant is owed and nobody tries any more, newest first. Raises Mistake."""
    from portal.db.outbox import list_dead
    from portal.db.setup import database

    async def ask(settings: Settings) -> list[dict[str, Any]]:
        async with database(settings):
            return await list_dead(await merchant_id_of(slug))

    with ready_with_database() as settings:
        return asyncio.run(ask(settings))


def replay_dead_letter(slug: str, effect_id: str) -> None:
    """Give one of them all its tries again. Raises Mistake when there is none of this id."""
    from portal.db.outbox import replay
    from portal.db.setup import database

    try:
        wanted = UUID(effect_id)
    except ValueError as error:
        raise Mistake(f"{effect_id!r} is no id. `doorstep outbox list` shows those there are.") from error

    async def tell(settings: Settings) -> bool:
        async with database(settings):
            return await replay(await merchant_id_of(slug), wanted)

    with ready_with_database() as settings:
        if not asyncio.run(tell(settings)):
            raise Mistake(f"Nothing with the id {effect_id} was given up.")
