"""The worker process: arq takes the wake-ups, a Runner does the effects; a lost Redis costs time, never the process."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, timedelta
from typing import Any

import orjson
import structlog
from arq.connections import ArqRedis
from arq.worker import Worker, func

from portal.db.outbox import LEASE
from portal.db.setup import database
from portal.settings import Settings
from workers.outage import REDIS_AWAY, Outage, end, pause, stop_on_signals
from workers.queue import JOB, QUEUE, connect, effect_ids, redis_settings
from workers.running import TIME_LIMIT, Handler, Runner, Tools
from workers.schedule import Every, keep_schedule

log = structlog.get_logger(__name__)

COMPLETION_WAIT = 25.0
"""Seconds that running effects get to end by themselves after SIGTERM, before they are handed over."""
HAND_OVER_SECONDS = 5.0


async def serve(
    settings: Settings,
    handlers: Mapping[str, Handler[Tools]],
    open_tools: Callable[[Settings], AbstractAsyncContextManager[Tools]],
    lease: timedelta = LEASE,
    schedule: Sequence[Every[Tools]] = (),
) -> None:
    """The worker process: run effects and keep the schedule until SIGTERM or SIGINT; then finish what runs, or hand it
    over.
    """
    async with database(settings), open_tools(settings) as tools, asyncio.TaskGroup() as tasks:
        stop = stop_on_signals()
        tasks.create_task(keep_schedule(schedule, tools, stop))
        await work(settings, Runner(handlers, tools, lease), stop)


async def work(
    settings: Settings, runner: Runner[Any], stop: asyncio.Event, completion_wait: float = COMPLETION_WAIT
) -> None:
    """Take wake-ups until `stop`, through restarts of both servers. Needs an open database."""
    # Without the keeper leases would run out unnoticed: when it fails, the whole worker does.
    async with asyncio.TaskGroup() as tasks:
        keeper = tasks.create_task(runner.keep_leases())
        await _take_wake_ups(settings, runner, stop, completion_wait)
        await end(keeper)


async def _take_wake_ups(settings: Settings, runner: Runner[Any], stop: asyncio.Event, completion_wait: float) -> None:
    outage = Outage("Redis")
    redis = connect(redis_settings(settings.redis_url))
    tasks: set[asyncio.Task[Any]] = set()
    try:
        while not stop.is_set():
            worker = _worker(redis, runner, outage)
            try:
                tasks.add(await _until(stop, worker))
            except REDIS_AWAY as error:
                await pause(stop, outage.seen(error))
            # When Redis was lost, what runs needs none: it goes on, and is waited for at the end.
            tasks = {task for task in tasks | set(worker.tasks.values()) if not task.done()}
        await _end(runner, tasks, completion_wait)
    finally:
        await redis.aclose(close_connection_pool=True)


def _worker(redis: ArqRedis, runner: Runner[Any], outage: Outage) -> Worker:
    async def run_effects(ctx: dict[Any, Any], ids: list[str]) -> None:
        await runner.run(effect_ids(ids))

    async def connected(ctx: dict[Any, Any]) -> None:
        outage.over()

    return Worker(
        functions=[func(run_effects, name=JOB)],
        redis_pool=redis,
        queue_name=QUEUE,
        on_startup=connected,
        handle_signals=False,
        poll_delay=0.05,
        max_jobs=100,
        # The Runner's own limits come first; this one only says how long the job of a killed worker lies about.
        job_timeout=3 * TIME_LIMIT,
        keep_result=0,
        max_tries=1,
        health_check_interval=10,
        job_completion_wait=int(COMPLETION_WAIT),
        job_serializer=orjson.dumps,
        job_deserializer=orjson.loads,
        timezone=UTC,
        log_results=False,
    )


async def _until(stop: asyncio.Event, worker: Worker) -> asyncio.Task[None]:
    """Take jobs until we are asked to stop. Returns arq's task, which ends after its jobs; raises if Redis is lost."""
    taking = asyncio.create_task(worker.async_run())
    asked = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({taking, asked}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        # arq's own way out, after its next look at the queue: to cancel it leaves connections half used.
        worker.allow_pick_jobs, worker.burst, worker.max_burst_jobs = False, True, 0
        await end(asked)
    if taking.done():
        taking.result()
    return taking


async def _end(runner: Runner[Any], tasks: set[asyncio.Task[Any]], completion_wait: float) -> None:
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=completion_wait)
        if late:
            log.info("handing effects over", waited_seconds=completion_wait)
            runner.hand_over()
            await asyncio.wait(late, timeout=HAND_OVER_SECONDS)
    for task in tasks:
        await end(task)
    await asyncio.gather(*tasks, return_exceptions=True)
