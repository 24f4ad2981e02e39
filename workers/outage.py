"""A server that is away: wait longer each time, say it once when it goes and once when it is back."""

import asyncio
import random
import signal
import time
from contextlib import suppress
from typing import Any

import asyncpg
import structlog
from redis.exceptions import RedisError
from tortoise.exceptions import DBConnectionError

log = structlog.get_logger(__name__)

DATABASE_AWAY = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection that was cut while it spoke
    asyncpg.TooManyConnectionsError,
    DBConnectionError,
)
"""What asyncpg and tortoise raise while PostgreSQL stops, is down or starts. OSError includes a time-out."""

REDIS_AWAY = (OSError, RedisError)


class Outage:
    """Whether one server is away, and how long to wait before it is asked again."""

    def __init__(self, server: str, first: float = 0.1, longest: float = 5.0) -> None:
        self.server = server
        self._first, self._longest = first, longest
        self._wait: float | None = None
        self._since = 0.0

    def seen(self, error: BaseException) -> float:
        """Note a failure. Returns the seconds to wait, spread so that many processes do not come back at once."""
        if self._wait is None:
            self._since = time.monotonic()
            log.warning("server away", server=self.server, error=type(error).__name__)
            self._wait = self._first
        else:
            self._wait = min(self._wait * 2, self._longest)
        return self._wait * random.uniform(0.5, 1)

    def over(self) -> None:
        """Note a success."""
        if self._wait is not None:
            log.info("server back", server=self.server, seconds=round(time.monotonic() - self._since, 1))
            self._wait = None


async def pause(event: asyncio.Event, seconds: float) -> None:
    """Wait, but no longer than until the event, most often the wish to stop."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


async def end(task: asyncio.Task[Any]) -> None:
    """Cancel a task until it is over; what it raises is for whoever looks at it.

    Python 3.11's wait_for, which redis uses, swallows a cancellation that comes together with a result.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=0.2)


def stop_on_signals() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
