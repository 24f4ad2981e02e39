"""Many small writes become few: what comes while one is on its way shares the next, and one ring stands for many."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from datetime import timedelta
from typing import Generic, TypeVar

import asyncpg
import structlog
from tortoise.exceptions import DBConnectionError, OperationalError

log = structlog.get_logger()
One = TypeVar("One")
Answer = TypeVar("Answer")
Key = TypeVar("Key", bound=Hashable)
RING_EVERY = timedelta(milliseconds=50)
LANES = 2
"""While one statement waits for the disk, the next is on its way."""


class Together(Generic[One, Answer]):
    """Writes things of one kind. The first go ahead alone, those that come meanwhile share the next call, up to `most`.

    Nobody waits for a clock, and everybody's answer still means that their own thing is written.
    """

    def __init__(
        self, write: Callable[[Sequence[One]], Awaitable[Sequence[Answer]]], most: int, lanes: int = LANES
    ) -> None:
        """`write` answers for each thing in the order given, and may be asked again for those of a call that failed.
        `lanes` is how many calls are under way at a time.
        """
        self._write, self._most, self._free = write, most, lanes
        self._waiting: list[tuple[One, asyncio.Future[Answer]]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def add(self, one: One) -> Answer:
        """Write it, alone or in company. Raises what writing this one raised."""
        if not self._free:
            answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
            self._waiting.append((one, answer))
            return await answer
        self._free -= 1
        try:
            return (await self._write([one]))[0]
        finally:
            self._go_on()

    def _go_on(self) -> None:
        if not self._waiting:
            self._free += 1
            return
        task = asyncio.create_task(self._write_waiting())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _write_waiting(self) -> None:
        together: list[tuple[One, asyncio.Future[Answer]]] = []
        try:
            together, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            await self._settle(together)
        finally:
            # Only a process that ends gets here with somebody unanswered.
            for _, answer in together:
                answer.cancel()
            self._go_on()

    async def _settle(self, together: Sequence[tuple[One, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._write([one for one, _ in together])
        except Exception as error:
            if len(together) == 1:
                _tell(together[0][1], error)
                return
            # One must not fail for another's sake: each is tried alone, and told its own fault.
            for each in together:
                await self._settle([each])
        else:
            for (_, answer), said in zip(together, answers, strict=True):
                if not answer.done():
                    answer.set_result(said)


def _tell(answer: "asyncio.Future[Answer]", error: Exception) -> None:
    if not answer.done():
        answer.set_exception(error)


class Bell(Generic[Key]):
    """Tells others that there is something to do: at most once in RING_EVERY, for everything that came until then.

    A ring that is lost costs time and nothing else: whoever is rung for also looks by itself.
    """

    def __init__(self, ring: Callable[[Sequence[Key]], Awaitable[object]]) -> None:
        self._ring_for = ring
        self._keys: dict[Key, None] = {}
        self._ringing: asyncio.Task[None] | None = None

    def ring(self, key: Key) -> None:
        """Ring soon; returns at once."""
        self._keys[key] = None
        if self._ringing is None or self._ringing.done():
            self._ringing = asyncio.create_task(self._ring())

    async def _ring(self) -> None:
        await asyncio.sleep(RING_EVERY.total_seconds())
        keys, self._keys = list(self._keys), {}
        try:
            await self._ring_for(keys)
        except (OSError, asyncpg.InterfaceError, asyncpg.PostgresError, DBConnectionError, OperationalError) as error:
            log.warning("not rung", error=type(error).__name__)
