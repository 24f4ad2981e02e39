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
from workers.outage import DATABASE_AWAY, Outage, end, pause
from workers.running import Tools

log = structlog.get_logger(__name__)
LOOK_SECONDS = 1.0
END_SECONDS = 20.0
"""So long what runs may take to end by itself when the worker stops."""


@dataclass(frozen=True, slots=True)
class Every(Generic[Tools]):
    """One task: its name in the schedule, how long between two starts, what it does. It talks to no server but ours."""

    name: str
    interval: timedelta
    run: Callable[[datetime, Tools], Awaitable[None]]


async def keep_schedule(
    tasks: Sequence[Every[Tools]],
    tools: Tools,
    stop: asyncio.Event,
    look: float = LOOK_SECONDS,
    end_seconds: float = END_SECONDS,
) -> None:
    """Start what is due until `stop`, side by side but none beside itself; a task that fails is logged and has its next
    turn. What still runs at the end may end by itself, and is cancelled after `end_seconds`.
    """
    outage = Outage("PostgreSQL")
    running: dict[str, asyncio.Task[None]] = {}
    try:
        while not stop.is_set():
            try:
                for task in tasks:
                    await _start(task, tools, running)
            except DATABASE_AWAY as error:
                await pause(stop, outage.seen(error))
            else:
                outage.over()
                await pause(stop, look)
        if running:
            await asyncio.wait(running.values(), timeout=end_seconds)
    finally:
        for started in running.values():
            await end(started)
        await asyncio.gather(*running.values(), return_exceptions=True)


async def _start(task: Every[Tools], tools: Tools, running: dict[str, asyncio.Task[None]]) -> None:
    """Start a task when it is due and over. Raises what its last run saw of a database that is away."""
    before = running.get(task.name)
    if before is not None:
        if not before.done():
            return
        running.pop(task.name).result()
    if await take_turn(task.name, task.interval):
        running[task.name] = asyncio.create_task(_run(task, tools))


async def _run(task: Every[Tools], tools: Tools) -> None:
    try:
        await task.run(datetime.now(UTC), tools)
    except DATABASE_AWAY:
        raise
    except Exception as error:
        # One broken task must not stop the others; the next turn tries again.
        log.error("scheduled task failed", task=task.name, error=f"{type(error).__name__}: {error}"[:500])
