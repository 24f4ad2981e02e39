"""The queue between relay and workers: names, serialisation, and ringing for many effects in one round trip."""

from collections.abc import Iterator, Sequence
from uuid import UUID

import orjson
from arq.connections import ArqRedis, RedisSettings
from arq.constants import job_key_prefix
from arq.jobs import serialize_job
from arq.utils import timestamp_ms

from portal.db.outbox import Waiting

QUEUE = "doorstep:effects"
JOB = "run_effects"
TOGETHER = 10
"""Effects on their first try travel in one job; one that was tried before travels alone, it may kill its worker."""

_A_DAY = 24 * 60 * 60 * 1000


def redis_settings(redis_url: str | None) -> RedisSettings:
    """Where the queue is. No retries inside arq: our own loops know how to wait."""
    if redis_url is None:
        raise RuntimeError("REDIS_URL is not set and no embedded Valkey was started")
    found = RedisSettings.from_dsn(redis_url)
    found.conn_retries = 0
    found.conn_timeout = 2
    return found


def connect(settings: RedisSettings) -> ArqRedis:
    """A client that connects when it is first used."""
    return ArqRedis(
        host=str(settings.host),
        port=settings.port,
        unix_socket_path=settings.unix_socket_path,
        db=settings.database,
        username=settings.username,
        password=settings.password,
        ssl=settings.ssl,
        socket_connect_timeout=settings.conn_timeout,
        socket_timeout=5,
        default_queue_name=QUEUE,
        job_serializer=orjson.dumps,
        job_deserializer=orjson.loads,
    )


async def ring(redis: ArqRedis, waiting: Sequence[Waiting]) -> None:
    """Enqueue one arq job per bundle, in one round trip (arq's own call takes four for each job)."""
    now = timestamp_ms()
    async with redis.pipeline(transaction=True) as pipe:
        for bundle in bundles(waiting):
            ids = [str(each.effect_id) for each in bundle]
            job_id = bundle[0].job_id
            pipe.psetex(
                job_key_prefix + job_id, _A_DAY, serialize_job(JOB, (ids,), {}, None, now, serializer=orjson.dumps)
            )
            pipe.zadd(QUEUE, {job_id: now})
        await pipe.execute()


def bundles(waiting: Sequence[Waiting]) -> Iterator[Sequence[Waiting]]:
    """First tries in groups of one topic, the others one by one."""
    fresh: dict[str, list[Waiting]] = {}
    for each in waiting:
        if each.fence or each.wakes > 1:
            yield [each]
        else:
            fresh.setdefault(each.topic, []).append(each)
    for group in fresh.values():
        for start in range(0, len(group), TOGETHER):
            yield group[start : start + TOGETHER]


def effect_ids(job_argument: Sequence[str]) -> list[UUID]:
    """The ids as the worker reads them from the job."""
    return [UUID(text) for text in job_argument]
