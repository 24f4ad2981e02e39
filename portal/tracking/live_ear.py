"""One connection per web process that hears which order pages have changed. A lost one is replaced, however long it
takes.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from asyncpg.exceptions import InterfaceError, PostgresError

from portal.db.setup import credentials

log = structlog.get_logger()
CHANNEL = "doorstep_live"
AGAIN_SECONDS = (0.2, 1.0, 5.0)
"""Pauses before the next try; the last one counts from then on."""


class Ear:
    """Calls `heard(order_id, version)` for every change. Until `deaf_until` (a monotonic second) changes may have gone
    by unheard.
    """

    def __init__(self, database_url: str, heard: Callable[[UUID, int], None]) -> None:
        self._database_url = database_url
        self._heard = heard
        self.deaf_until = time.monotonic()

    async def listen(self) -> None:
        """Until cancelled."""
        tries = 0
        while True:
            try:
                await self._hear()
                tries = 0
            except (OSError, TimeoutError, PostgresError, InterfaceError) as error:
                log.warning("open pages hear nothing for now", error=type(error).__name__, tries=tries)
            await asyncio.sleep(AGAIN_SECONDS[min(tries, len(AGAIN_SECONDS) - 1)])
            tries += 1

    async def _hear(self) -> None:
        wanted = {name: value for name, value in credentials(self._database_url).items() if name not in POOL_ONLY}
        link = await asyncpg.connect(**wanted)
        gone = asyncio.Event()
        try:
            link.add_termination_listener(lambda _: gone.set())
            await link.add_listener(CHANNEL, self._told)
            self.deaf_until = time.monotonic()
            await gone.wait()
        finally:
            link.terminate()

    def _told(self, *said: Any) -> None:
        """A notification: connection, process, channel, and "order:version" once or more."""
        for word in str(said[-1]).split():
            order_id, _, version = word.partition(":")
            self._heard(UUID(order_id), int(version))


POOL_ONLY = frozenset({"minsize", "maxsize"})
