"""The worker process: arq takes the wake-ups, a Runner does the effects; a lost Redis costs time, never the process."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
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
from workers.queue import JOB, QUEUE, effect_ids, redis_settings
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
    async with _in_background(runner.keep_leases()):
        await _take_wake_ups(settings, runner, stop, completion_wait)


async def _take_wake_ups(settings: Settings, runner: Runner[Any], stop: asyncio.Event, completion_wait: float) -> None:
    outage = Outage("Redis")
    jobs: set[asyncio.Task[Any]] = set()
    clients: list[ArqRedis] = []
    while not stop.is_set():
        worker = _worker(settings, runner, outage, clients)
        try:
            await _until(stop, worker)
        except REDIS_AWAY as error:
            # What runs needs no Redis: it goes on, and is waited for at the end.
            await pause(stop, outage.seen(error))
        jobs = {job for job in jobs | set(worker.tasks.values()) if not job.done()}
    await _end(runner, jobs, completion_wait)
    for client in clients:
        await client.aclose(close_connection_pool=True)


def _worker(settings: Settings, runner: Runner[Any], outage: Outage, clients: list[ArqRedis]) -> Worker:
    async def run_effects(ctx: dict[Any, Any], ids: list[str]) -> None:
        await runner.run(effect_ids(ids))

    async def connected(ctx: dict[Any, Any]) -> None:
        clients.append(ctx["redis"])
        outage.over()

    return Worker(
        functions=[func(run_effects, name=JOB)],
        queue_name=QUEUE,
        redis_settings=redis_settings(settings.redis_url),
        on_startup=connected,
        handle_signals=False,
        poll_delay=0.05,
        max_jobs=100,
        # The Runner's own limit comes first; then it may need as long again to write the outcome.
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


@asynccontextmanager
async def _in_background(work: Any) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
