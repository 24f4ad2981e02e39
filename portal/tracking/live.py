"""Open order pages of this process: who looks at which order, and the newest version each has been told.

A stream holds one number, never a queue: whoever reads slowly misses numbers, not the newest. Every stream is looked
at again every twenty seconds, many in one statement: whether its session may still see the order, and whether its
number is still the newest. So a notification that got lost costs seconds, not the news.
"""

import asyncio
import resource
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from asyncpg.exceptions import InterfaceError, PostgresError
from tortoise.exceptions import BaseORMException

from portal.db.setup import connection
from portal.kernel.ids import digest
from portal.tracking.live_ear import Ear

log = structlog.get_logger()
BEAT_SECONDS = 20.0
"""How often a stream says something at least; a page that hears nothing for twice as long asks by itself."""
LIFE_SECONDS = 3600.0
"""How long a stream lasts; the browser opens another by itself."""
MOST_STREAMS, MOST_OF_SESSION = 6000, 6
OTHER_FILES = 512
"""Open files of a process that are not pages."""
AT_ONCE, TICK_SECONDS = 500, 1.0
DATABASE_AWAY = (OSError, TimeoutError, PostgresError, InterfaceError, BaseORMException)

WATCH = """
INSERT INTO live_pages (id, merchant_id, until)
SELECT DISTINCT w.id, w.merchant_id, now() + interval '10 minutes'
FROM unnest($1::uuid[], $2::uuid[]) AS w (id, merchant_id)
WHERE NOT EXISTS (SELECT FROM live_pages l WHERE l.id = w.id AND l.until > now() + interval '5 minutes')
ORDER BY w.id ON CONFLICT (id) DO UPDATE SET until = EXCLUDED.until
"""
FORGET = """
DELETE FROM live_pages WHERE id IN (
    SELECT id FROM live_pages WHERE until < now() ORDER BY until LIMIT $1 FOR UPDATE SKIP LOCKED)
"""
NEWEST = """
SELECT w.place, p.version
FROM unnest($1::int[], $2::uuid[], $3::uuid[], $4::bytea[]) AS w (place, id, merchant_id, token_hash)
JOIN shopper_sessions s ON s.merchant_id = w.merchant_id AND s.token_hash = w.token_hash AND s.expires_at > $5
    AND s.order_ids ? w.id::text
JOIN order_pages p ON p.id = w.id AND p.merchant_id = w.merchant_id
"""


@dataclass(frozen=True, slots=True)
class Seat:
    """Whose page of which order; the session by the hash of its token."""

    merchant_id: UUID
    order_id: UUID
    token_hash: bytes

    @classmethod
    def of(cls, merchant_id: UUID, order_id: UUID, token: str) -> "Seat":
        """The seat of the browser with this session token."""
        return cls(merchant_id, order_id, digest(token))


class Stream:
    """What one open page is to be told. `told` is the version it has; `looked_at` a monotonic second."""

    __slots__ = ("_bell", "ended", "looked_at", "newest", "opened_at", "seat", "told")

    def __init__(self, seat: Seat, seen: int) -> None:
        self.seat, self.told, self.newest = seat, seen, seen
        self.opened_at = self.looked_at = time.monotonic()
        self._bell: asyncio.Future[None] | None = None
        self.ended = False

    def tell(self, version: int) -> None:
        """There is this version, or the beat is due and it still is the newest."""
        self.newest = max(self.newest, version)
        self._ring()

    def end(self) -> None:
        """Nothing more will be told: the page is gone, or must not see the order any longer."""
        self.ended = True
        self._ring()

    async def next(self) -> int | None:
        """The newest version, when there is something to say; None at the end. For one reader at a time."""
        if not self.ended and self._bell is None:
            self._bell = asyncio.get_running_loop().create_future()
        if self._bell is not None:
            await self._bell
        self._bell = None
        if self.ended:
            return None
        self.told = self.newest
        return self.told

    def _ring(self) -> None:
        if self._bell is None:
            self._bell = asyncio.get_running_loop().create_future()
        if not self._bell.done():
            self._bell.set_result(None)


class Hub:
    """The streams of one process. It listens while there are any; `clock` says when a session is over."""

    def __init__(self, database_url: str, clock: Callable[[], datetime]) -> None:
        self._by_order: dict[UUID, list[Stream]] = {}
        self._by_session: dict[bytes, int] = {}
        self._turns: deque[Stream] = deque()
        self._count = 0
        self._ear = Ear(database_url, self._hear)
        self._clock = clock
        self._work: asyncio.Task[None] | None = None
        self._closing = False

    def __len__(self) -> int:
        return self._count

    def has_room(self, seat: Seat) -> bool:
        """Whether one more stream may be opened here; if not, the page asks now and then instead."""
        if self._closing or self._by_session.get(seat.token_hash, 0) >= MOST_OF_SESSION:
            return False
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        return len(self) < min(MOST_STREAMS, files - OTHER_FILES)

    def open(self, seat: Seat, seen: int) -> Stream:
        """A stream that is told what comes after version `seen`; the caller checks access, watches, and closes it."""
        stream = Stream(seat, seen)
        self._count += 1
        self._by_order.setdefault(seat.order_id, []).append(stream)
        self._by_session[seat.token_hash] = self._by_session.get(seat.token_hash, 0) + 1
        self._turns.append(stream)
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._look_after())
        return stream

    def close(self, stream: Stream) -> None:
        """Forget a stream."""
        self._count -= 1
        streams = self._by_order[stream.seat.order_id]
        streams.remove(stream)
        if not streams:
            del self._by_order[stream.seat.order_id]
        self._by_session[stream.seat.token_hash] -= 1
        if not self._by_session[stream.seat.token_hash]:
            del self._by_session[stream.seat.token_hash]
        stream.end()

    def end_all(self) -> None:
        """End every stream at once and open no more: the process is about to end."""
        self._closing = True
        for streams in self._by_order.values():
            for stream in streams:
                stream.end()

    async def stop(self) -> None:
        """The same, and listen no longer."""
        self.end_all()
        work, self._work = self._work, None
        if work is not None:
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work

    def _hear(self, order_id: UUID, version: int) -> None:
        for stream in self._by_order.get(order_id, ()):
            if version > stream.told:
                stream.tell(version)

    async def _look_after(self) -> None:
        """Listen, and look at every stream in its turn."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._ear.listen())
            tasks.create_task(self._take_turns())

    async def _take_turns(self) -> None:
        while True:
            due = self._due()
            if due:
                await self._look_at(due)
            if len(due) < AT_ONCE:
                await asyncio.sleep(TICK_SECONDS)

    def _due(self) -> list[Stream]:
        """Streams whose turn it is: after twenty seconds, and all of them after nobody could listen for a while."""
        before = max(time.monotonic() - BEAT_SECONDS, self._ear.deaf_until)
        due: list[Stream] = []
        while self._turns and len(due) < AT_ONCE and self._turns[0].looked_at <= before:
            stream = self._turns.popleft()
            if not stream.ended:
                due.append(stream)
        return due

    async def _look_at(self, due: Sequence[Stream]) -> None:
        newest: dict[int, int] | None
        try:
            await watch(due)
            newest = await newest_versions([stream.seat for stream in due], self._clock())
        except DATABASE_AWAY as error:
            # The streams only carry numbers, and what a page then asks for is checked again.
            log.warning("open pages could not be looked at", count=len(due), error=type(error).__name__)
            newest = None
        now = time.monotonic()
        for place, stream in enumerate(due):
            stream.looked_at = now
            version = stream.newest if newest is None else newest.get(place)
            if version is None or now - stream.opened_at > LIFE_SECONDS:
                stream.end()
            else:
                stream.tell(version)
                self._turns.append(stream)


async def watch(streams: Sequence[Stream]) -> None:
    """Let the database tell of changes to these orders for some minutes; it forgets what nobody looks at any longer."""
    seats = [stream.seat for stream in streams]
    columns = [[seat.order_id for seat in seats], [seat.merchant_id for seat in seats]]
    await connection().execute_query(WATCH, columns)
    if len(seats) > 1:
        await forget_unwatched(AT_ONCE)


async def forget_unwatched(most: int) -> int:
    """Forget up to `most` orders, of all merchants, that nobody looks at any longer. Returns how many."""
    gone, _ = await connection().execute_query(FORGET, [most])
    return gone


async def newest_versions(seats: Sequence[Seat], now: datetime) -> dict[int, int]:
    """The version of each order's page by the place of its seat; none where the session may not see it any longer."""
    columns = [
        list(range(len(seats))),
        [seat.order_id for seat in seats],
        [seat.merchant_id for seat in seats],
        [seat.token_hash for seat in seats],
    ]
    _, rows = await connection().execute_query(NEWEST, [*columns, now])
    return {row["place"]: int(row["version"]) for row in rows}
