"""Outbox effects against their floor, and how long a committed effect waits for its handler.

Floor: one connection claims rows in batches of ten (FOR UPDATE SKIP LOCKED) and marks them done, nothing else.
Ours: relay, queue, worker, lease and fence, with a handler that does nothing. Interleaved, median of the rounds.
"""

import asyncio
import contextlib
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4

import asyncpg
import structlog

from portal.db.outbox import Claim, publish
from portal.db.setup import connection, credentials, database, migrate, transaction
from portal.embedded.servers import embedded_servers
from portal.settings import Settings, read_settings
from workers.relay import relay
from workers.running import Runner
from workers.worker import work

EFFECTS, ROUNDS, SINGLES = 2000, 7, 50

FLOOR_TABLE = """
CREATE TABLE floor (id uuid PRIMARY KEY, payload jsonb NOT NULL, state text NOT NULL, wake_at timestamptz NOT NULL);
CREATE INDEX floor_due ON floor (wake_at) WHERE state = 'pending';
"""
FLOOR_CLAIM = """
UPDATE floor SET state = 'running' WHERE id IN (
    SELECT id FROM floor WHERE state = 'pending' AND wake_at <= clock_timestamp()
    ORDER BY wake_at LIMIT 10 FOR UPDATE SKIP LOCKED
) RETURNING id, payload::text
"""
FLOOR_DONE = "UPDATE floor SET state = 'done' WHERE id = ANY($1)"


@dataclass(frozen=True)
class Nothing:
    """An event whose effect is nothing."""

    sent: float = 0.0
    topic: ClassVar[str] = "bench.nothing"


class Counter:
    """Handler that counts, and notes when it was called."""

    def __init__(self) -> None:
        self.seen = 0
        self.wanted = 0
        self.reached = asyncio.Event()
        self.waits: list[float] = []

    async def __call__(self, claim: Claim, tools: Any) -> None:
        self.seen += 1
        self.waits.append(time.perf_counter() - claim.payload["sent"])
        if self.seen == self.wanted:
            self.reached.set()

    def expect(self, number: int) -> None:
        self.seen, self.wanted = 0, number
        self.waits.clear()
        self.reached.clear()


async def floor(link: asyncpg.Connection) -> float:
    """Seconds to claim and finish EFFECTS rows in batches of ten."""
    await link.execute("TRUNCATE floor")
    await link.execute(
        "INSERT INTO floor SELECT gen_random_uuid(), '{}', 'pending', clock_timestamp() FROM generate_series(1, $1)",
        EFFECTS,
    )
    started = time.perf_counter()
    while rows := await link.fetch(FLOOR_CLAIM):
        await link.execute(FLOOR_DONE, [row["id"] for row in rows])
    return time.perf_counter() - started


async def ours(merchant_id: UUID, counter: Counter) -> float:
    """Seconds from the commit of EFFECTS effects until all of them are done."""
    counter.expect(EFFECTS)
    async with transaction():
        for _ in range(EFFECTS):
            await publish(Nothing(), merchant_id=merchant_id, dedupe_key=uuid4().hex, now=datetime.now(UTC))
    started = time.perf_counter()
    await counter.reached.wait()
    while (await connection().execute_query_dict("SELECT count(*) AS n FROM outbox WHERE state = 'pending'"))[0]["n"]:
        await asyncio.sleep(0.002)
    return time.perf_counter() - started


async def waits(merchant_id: UUID, counter: Counter) -> list[float]:
    """Seconds from just before each of SINGLES commits until its handler begins, one effect at a time."""
    found = []
    for number in range(SINGLES):
        counter.expect(1)
        # Commits fall everywhere in the worker's polling interval, not always at the same place.
        await asyncio.sleep((number % 10) / 200)
        async with transaction():
            event = Nothing(time.perf_counter())
            await publish(event, merchant_id=merchant_id, dedupe_key=uuid4().hex, now=datetime.now(UTC))
        await counter.reached.wait()
        found.extend(counter.waits)
    return found


async def measure(settings: Settings) -> None:
    counter, stop = Counter(), asyncio.Event()
    async with _opened(settings) as (link, merchant_id), asyncio.TaskGroup() as tasks:
        tasks.create_task(relay(settings, stop))
        tasks.create_task(work(settings, Runner({Nothing.topic: counter}, None), stop))
        latency = await waits(merchant_id, counter)
        pairs = [(await floor(link), await ours(merchant_id, counter)) for _ in range(ROUNDS)]
        stop.set()
    ratio = statistics.median(base / own for base, own in pairs)
    base, own = (EFFECTS / statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"outbox effect: {ratio:.2f} of the floor ({own:,.0f}/s against {base:,.0f}/s), aim 0.50")
    worst = statistics.quantiles(latency, n=20)[-1]
    print(f"commit to start: median {statistics.median(latency) * 1e3:.0f} ms, p95 {worst * 1e3:.0f} ms, aim 50 ms")


@contextlib.asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[tuple[asyncpg.Connection, UUID]]:
    url = str(settings.database_url)
    await migrate(url)
    address = {key: value for key, value in credentials(url).items() if key not in {"minsize", "maxsize"}}
    link = await asyncpg.connect(**address)
    try:
        await link.execute(FLOOR_TABLE)
        async with database(settings):
            yield link, await _merchant()
    finally:
        await link.close()


async def _merchant() -> UUID:
    from tests.factories.merchants import make_merchant

    return (await make_merchant()).id


def run() -> None:
    """Start servers of our own in a temporary folder, measure, print, remove them."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        with embedded_servers(Path(folder) / "data") as servers:
            asyncio.run(
                measure(
                    read_settings(
                        DOORSTEP_ENV="development",
                        DATABASE_URL=servers.database_url,
                        REDIS_URL=servers.redis_url,
                        DOORSTEP_DATA_DIR=folder,
                    )
                )
            )


if __name__ == "__main__":
    run()
