"""What the worker does every so often: a task finds what is due and owes it to the outbox, or does it in small bites.

Every worker process looks; the database lets one of them have each turn. A task must bear dying half-way: whatever it
left is due again next time.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic

import structlog

from portal.db.schedule import take_turn
from workers.outage import DATABASE_AWAY, Outage, pause
from workers.running import Tools

log = structlog.get_logger(__name__)
LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Every(Generic[Tools]):
    """One task: its name in the schedule, how long between two starts, what it does. It talks to no server but ours."""

    name: str
    interval: timedelta
    run: Callable[[datetime, Tools], Awaitable[None]]


async def keep_schedule(
    tasks: Sequence[Every[Tools]], tools: Tools, stop: asyncio.Event, look: float = LOOK_SECONDS
) -> None:
    """Start what is due until `stop`; a task that fails is logged and has its next turn."""
    outage = Outage("PostgreSQL")
    while not stop.is_set():
        try:
            for task in tasks:
                if await take_turn(task.name, task.interval):
                    await _run(task, tools)
        except DATABASE_AWAY as error:
            await pause(stop, outage.seen(error))
        else:
            outage.over()
            await pause(stop, look)


async def _run(task: Every[Tools], tools: Tools) -> None:
    try:
        await task.run(datetime.now(UTC), tools)
    except DATABASE_AWAY:
        raise
    except Exception as error:
        # One broken task must not stop the others; the next turn tries again.
        log.error("scheduled task failed", task=task.name, error=f"{type(error).__name__}: {error}"[:500])
