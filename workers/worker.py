"""The worker process: arq takes the wake-ups, a Runner does the effects; a lost Redis costs time, never the process."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from datetime import UTC, timedelta
from typing import Any

import orjson
import structlog
from arq.connections import ArqRedis
from arq.worker import Worker, func

from portal.db.outbox import LEASE
from portal.db.setup import database
from portal.settings import Settings
from workers.outage import REDIS_AWAY, Outage, pause, stop_on_signals
from workers.queue import JOB, QUEUE, connect, effect_ids, redis_settings
from workers.running import TIME_LIMIT, Handler, Runner, Tools

log = structlog.get_logger(__name__)

COMPLETION_WAIT = 25.0
"""Seconds that running effects get to end by themselves after SIGTERM, before they are handed over."""


async def serve(
    settings: Settings,
    handlers: Mapping[str, Handler[Tools]],
    open_tools: Callable[[Settings], AbstractAsyncContextManager[Tools]],
    lease: timedelta = LEASE,
) -> None:
    """The worker process: run effects until SIGTERM or SIGINT; then finish what runs, or hand it over."""
    async with database(settings), open_tools(settings) as tools:
        await work(settings, Runner(handlers, tools, lease), stop_on_signals())


async def work(
    settings: Settings, runner: Runner[Any], stop: asyncio.Event, completion_wait: float = COMPLETION_WAIT
) -> None:
    """Take wake-ups until `stop`, through restarts of both servers. Needs an open database."""
    # Without the keeper leases would run out unnoticed: when it fails, the whole worker does.
    async with asyncio.TaskGroup() as tasks:
        keeper = tasks.create_task(runner.keep_leases())
        await _take_wake_ups(settings, runner, stop, completion_wait)
        keeper.cancel()


async def _take_wake_ups(settings: Settings, runner: Runner[Any], stop: asyncio.Event, completion_wait: float) -> None:
    outage = Outage("Redis")
    redis = connect(redis_settings(settings.redis_url))
    jobs: set[asyncio.Task[Any]] = set()
    try:
        while not stop.is_set():
            worker = _worker(redis, runner, outage)
            try:
                await _until(stop, worker)
            except REDIS_AWAY as error:
                # What runs needs no Redis: it goes on, and is waited for at the end.
                await pause(stop, outage.seen(error))
            jobs = {job for job in jobs | set(worker.tasks.values()) if not job.done()}
        await _end(runner, jobs, completion_wait)
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


async def _until(stop: asyncio.Event, worker: Worker) -> None:
    """Take jobs until we are asked to stop. Raises what arq raises when it loses Redis."""
    taking = asyncio.create_task(worker.async_run())
    asked = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({taking, asked}, return_when=asyncio.FIRST_COMPLETED)
        if taking.done():
            taking.result()
    finally:
        asked.cancel()
        taking.cancel()
        with suppress(asyncio.CancelledError, *REDIS_AWAY):
            await taking


async def _end(runner: Runner[Any], jobs: set[asyncio.Task[Any]], completion_wait: float) -> None:
    if jobs:
        log.info("waiting for running effects", jobs=len(jobs), seconds=completion_wait)
        await asyncio.wait(jobs, timeout=completion_wait)
        runner.hand_over()
        await asyncio.gather(*jobs, return_exceptions=True)
