"""The relay: hears of a committed effect within milliseconds and rings for a worker.

It may die, be doubled or lose Redis at any moment: what is owed stays in PostgreSQL and is rung for again.
"""

import asyncio
from datetime import timedelta

import asyncpg
from arq.connections import ArqRedis
from redis.exceptions import RedisError

from portal.db.outbox import CHANNEL, WAKE_AGAIN, claim_for_relay
from portal.db.setup import credentials, database, transaction
from portal.settings import Settings
from workers.outage import DATABASE_AWAY, Outage, pause, stop_on_signals
from workers.queue import connect, redis_settings, ring

BATCH = 100
POLL_SECONDS = 1.0
"""How late an effect starts at most when no notification comes: a retry that falls due, or a pooler that eats LISTEN."""


async def run_relay(settings: Settings, stop: asyncio.Event | None = None, wake_again: timedelta = WAKE_AGAIN) -> None:
    """Run until SIGTERM, SIGINT or `stop`."""
    stop = stop or stop_on_signals()
    bell = asyncio.Event()
    redis = connect(redis_settings(settings.redis_url))
    try:
        async with database(settings), asyncio.TaskGroup() as tasks:
            listening = tasks.create_task(_listen(str(settings.database_url), bell, stop))
            await _relay(redis, bell, stop, wake_again)
            listening.cancel()
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
            if rung < BATCH:
                await pause(bell, POLL_SECONDS)


async def _ring_batch(redis: ArqRedis, wake_again: timedelta) -> int:
    """The rows stay locked until Redis has the jobs: when it is away, or we die, nothing was changed."""
    async with transaction():
        waiting = await claim_for_relay(BATCH, wake_again)
        if waiting:
            await ring(redis, waiting)
    return len(waiting)


async def _listen(database_url: str, bell: asyncio.Event, stop: asyncio.Event) -> None:
    """Keep one connection that hears the notifications; a lost one is replaced, and polling bridges the gap."""
    outage = Outage("PostgreSQL notifications")
    while not stop.is_set():
        try:
            gone = await _hear(database_url, bell)
        except DATABASE_AWAY as error:
            await pause(stop, outage.seen(error))
        else:
            outage.over()
            await gone.wait()


async def _hear(database_url: str, bell: asyncio.Event) -> asyncio.Event:
    """Listen until the returned event says that the connection is gone."""
    address = {key: value for key, value in credentials(database_url).items() if key not in {"minsize", "maxsize"}}
    connection = await asyncpg.connect(**address)
    gone = asyncio.Event()
    connection.add_termination_listener(lambda _: gone.set())
    await connection.add_listener(CHANNEL, lambda *_: bell.set())
    bell.set()  # something may have been committed while nobody listened
    return gone
