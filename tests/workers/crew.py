"""A relay and a worker inside the test's own loop, and what tests ask of them."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4

from portal.db.outbox import Claim, publish
from portal.db.outbox_models import Outbox
from portal.db.setup import connection, transaction
from portal.embedded import valkey
from portal.settings import Settings
from tests.factories.merchants import NOW
from workers.outage import DATABASE_AWAY
from workers.relay import relay
from workers.running import Handler, Runner
from workers.worker import work

PATIENCE = 20.0


@dataclass(frozen=True)
class Asked:
    """An event for tests."""

    number: int = 0
    topic: ClassVar[str] = "test.asked"


@dataclass(frozen=True)
class NobodyKnows:
    """An event that no release handles."""

    topic: ClassVar[str] = "test.nobody_knows"


class Calls:
    """A handler that notes what it was called with, and fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.claims: list[Claim] = []
        self.moments: list[float] = []
        self._failures = failures

    async def __call__(self, claim: Claim, tools: Any) -> None:
        self.claims.append(claim)
        self.moments.append(time.monotonic())
        if len(self.claims) <= self._failures:
            raise RuntimeError("the carrier did not answer: password=hunter2")

    def of(self, effect_id: UUID) -> list[Claim]:
        return [claim for claim in self.claims if claim.effect_id == effect_id]


async def ask(merchant_id: UUID, event: Any = None, key: str | None = None) -> UUID:
    """Publish one event in a transaction of its own."""
    async with transaction():
        found = await publish(event or Asked(), merchant_id=merchant_id, dedupe_key=key or uuid4().hex, now=NOW)
    assert found is not None
    return found


async def until(condition: Callable[[], Awaitable[bool]] | Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait for a condition; fails the test when it does not come true in time."""
    async with asyncio.timeout(seconds):
        while True:
            answer = condition()
            if answer if isinstance(answer, bool) else await answer:
                return
            await asyncio.sleep(0.01)


async def ended(effect_id: UUID) -> Outbox:
    """The row, once its effect is done or dead."""

    async def over() -> bool:
        try:
            return await Outbox.filter(id=effect_id).exclude(state="pending").exists()
        except DATABASE_AWAY:
            return False

    await until(over)
    return await Outbox.get(id=effect_id)


async def make_due(effect_id: UUID) -> None:
    """Let the back-off of an effect have passed."""
    await connection().execute_query(
        "UPDATE outbox SET wake_at = clock_timestamp(), available_at = clock_timestamp() WHERE id = $1", [effect_id]
    )


async def end_lease(effect_id: UUID) -> None:
    """Let the lease of an effect have run out."""
    await connection().execute_query(
        "UPDATE outbox SET wake_at = clock_timestamp(), lease_until = clock_timestamp() - interval '1 ms'"
        " WHERE id = $1",
        [effect_id],
    )


@contextlib.contextmanager
def own_redis(settings: Settings, folder: Path) -> Iterator[Settings]:
    """Settings with a Valkey that nobody else rings in, or kills."""
    address = valkey.start(folder, durable=False)
    try:
        yield settings.model_copy(update={"redis_url": address})
    finally:
        valkey.stop(folder)


@contextlib.asynccontextmanager
async def running_relay(settings: Settings, wake_again: timedelta = timedelta(seconds=15)) -> AsyncIterator[None]:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(relay(settings, stop, wake_again))
        try:
            yield
        finally:
            stop.set()


@contextlib.asynccontextmanager
async def running_worker(
    settings: Settings, handlers: Mapping[str, Handler[Any]], completion_wait: float = 5.0, **options: Any
) -> AsyncIterator[asyncio.Event]:
    """Yields the event that asks the worker to stop. `options` go to the Runner."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(work(settings, Runner(handlers, None, **options), stop, completion_wait))
        try:
            yield stop
        finally:
            stop.set()
