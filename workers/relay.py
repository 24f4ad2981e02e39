"""The relay: hears of a committed effect within milliseconds and rings for a worker.

It may die, be doubled or lose Redis at any moment: what is owed stays in PostgreSQL and is rung for again.
"""

import asyncio
from datetime import timedelta

import asyncpg
from arq.connections import ArqRedis
from redis.exceptions import RedisError

from portal.db.outbox import CHANNEL, WAKE_AGAIN, claim_for_relay, purge_done
from portal.db.setup import credentials, database, transaction
from portal.settings import Settings
from workers.outage import DATABASE_AWAY, Outage, end, pause, stop_on_signals
from workers.queue import connect, redis_settings, ring

BATCH = 200
TIDY_SECONDS = 600.0
POLL_SECONDS = 1.0
"""How late an effect starts at most when no notification comes: a retry falls due, a pooler eats LISTEN."""


async def run_relay(settings: Settings) -> None:
    """The relay process: run until SIGTERM or SIGINT."""
    async with database(settings):
        await relay(settings, stop_on_signals())


async def relay(settings: Settings, stop: asyncio.Event, wake_again: timedelta = WAKE_AGAIN) -> None:
    """Ring for what is due until `stop`, through restarts of both servers. Needs an open database."""
    bell = asyncio.Event()
    redis = connect(redis_settings(settings.redis_url))
    try:
        async with asyncio.TaskGroup() as tasks:
            listening = tasks.create_task(_listen(str(settings.database_url), bell, stop))
            tasks.create_task(_ring_at_the_end(stop, bell))
            tasks.create_task(_tidy(stop))
            await _relay(redis, bell, stop, wake_again)
            await end(listening)
    finally:
        await redis.aclose(close_connection_pool=True)


async def _relay(redis: ArqRedis, bell: asyncio.Event, stop: asyncio.Event, wake_again: timedelta) -> None:
    database_outage, redis_outage = Outage("PostgreSQL"), Outage("Redis")
    while not stop.is_set():
        bell.clear()
        try:
            rung = await _ring_batch(redis, wake_again)
        except RedisError as error:
            await pause(stop, redis_outage.seen(error))
        except DATABASE_AWAY as error:
            await pause(stop, database_outage.seen(error))
        else:
            database_outage.over()
            if rung:
                redis_outage.over()
            if rung < BATCH and not stop.is_set():
                await pause(bell, POLL_SECONDS)


async def _ring_batch(redis: ArqRedis, wake_again: timedelta) -> int:
    """The rows stay locked until Redis has the jobs: when it is away, or we die, nothing was changed."""
    async with transaction():
        waiting = await claim_for_relay(BATCH, wake_again)
        if waiting:
            await ring(redis, waiting)
    return len(waiting)


async def _tidy(stop: asyncio.Event) -> None:
    """Take away what was done long ago, a little every few minutes."""
    outage = Outage("PostgreSQL")
    while not stop.is_set():
        try:
            more = await purge_done()
        except DATABASE_AWAY as error:
            await pause(stop, outage.seen(error))
        else:
            outage.over()
            await pause(stop, 1 if more else TIDY_SECONDS)


async def _ring_at_the_end(stop: asyncio.Event, bell: asyncio.Event) -> None:
    await stop.wait()
    bell.set()


async def _listen(database_url: str, bell: asyncio.Event, stop: asyncio.Event) -> None:
    """Keep one connection that hears the notifications; a lost one is replaced, and polling bridges the gap."""
    outage = Outage("PostgreSQL notifications")
    while not stop.is_set():
        try:
            await _hear(database_url, bell, outage)
        except DATABASE_AWAY as error:
            await pause(stop, outage.seen(error))


async def _hear(database_url: str, bell: asyncio.Event, outage: Outage) -> None:
    """Ring the bell for every notification until the connection is gone."""
    address = {key: value for key, value in credentials(database_url).items() if key not in {"minsize", "maxsize"}}
    connection = await asyncpg.connect(**address)
    gone = asyncio.Event()
    try:
        connection.add_termination_listener(lambda _: gone.set())
        await connection.add_listener(CHANNEL, lambda *_: bell.set())
        outage.over()
        bell.set()  # something may have been committed while nobody listened
        await gone.wait()
    finally:
        connection.terminate()
