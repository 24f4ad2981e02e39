"""Reading over a shop's API what changed since the last success, so that a webhook that never came costs minutes.

A reading has a window, which begins before the last success (clocks and search indexes lag) and is gone through in
slices, oldest change first, each short enough for one effect. A slice that dies is repeated: what was fetched is known
by its event. `last_success_at` moves when everything in the window is kept, and not before.
"""

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import httpx2
import structlog
from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from portal.db.outbox import publish
from portal.db.outbox_rules import storable
from portal.db.schedule import give_back, take_turn
from portal.db.setup import connection, transaction
from portal.intake.events import ReadingDue
from portal.intake.fetching import credentials_of, fetch_and_keep, known_changes, refuse_unfetched
from portal.intake.models import ShopConnection
from portal.intake.platforms import api_of
from portal.intake.queries import get_connection
from portal.intake.troubles import note_trouble, rest_after
from portal.integrations.ports import AdapterError
from portal.integrations.shop_api import ChangedOrder
from portal.kernel.ids import new_id

log = structlog.get_logger()

EVERY = timedelta(minutes=5)
"""How long between two readings of a shop, give or take a tenth."""
WITHOUT_CREDENTIALS = timedelta(days=1)
"""When to look again at a shop that may only deliver; connecting it again comes first."""
OVERLAP = timedelta(minutes=10)
FIRST_DAYS = 60
"""How far back a first reading goes; what Shopify shows an app that was not granted more."""
AT_MOST = 100
"""Shops whose readings are owed in one turn."""
TOGETHER = 8
"""Orders that are taken in one bite, AT_ONCE at a time; after each the reading can be stopped."""
AT_ONCE = 4
SLICE_SECONDS = 12.0
"""After so long a slice ends with its bite; what is left is the next effect's."""
LIMIT_SECONDS = 25.0
"""So long a slice may take when the shop is slow; an effect has thirty seconds."""
A_WHILE = timedelta(minutes=1)
"""So long a slice has its shop to itself, if it dies; and an effect that is put off for longer is not waited for."""
TOO_MANY = 3
"""So many orders that cannot be fetched, and none that can: it is the shop and not the orders."""
GIVE_UP = timedelta(days=3)
"""An order that could not be fetched for so long is refused, visibly, and the window moves on."""
_NOT_OWED = """
SELECT s.id FROM shop_connections s WHERE s.id = ANY($1::uuid[]) AND NOT EXISTS (
    SELECT FROM outbox o WHERE o.merchant_id = s.merchant_id AND o.topic = $2 AND o.state = 'pending'
        AND o.payload ->> 'connection_id' = s.id::text AND o.available_at < clock_timestamp() + $3::interval)
"""
_OF_THE_SHOP = frozenset({"throttled", "unauthorised"})


@dataclass(slots=True)
class Slice:
    """What one slice did. `finished`: the window is read to its end; `trouble`: the shop is why it is not.

    `wait`: so many seconds until the shop lets us go on.
    """

    listed: int = 0
    fetched: int = 0
    known: int = 0
    missed: int = 0
    reached: datetime | None = None
    finished: bool = False
    wait: float = 0.0
    trouble: AdapterError | None = None


async def owe_readings(now: datetime) -> int:
    """Owe a reading of every shop that is due, unless one is owed already. Returns how many shops were due."""
    async with transaction():
        due = ShopConnection.filter(Q(due_at__isnull=True) | Q(due_at__lte=now), state="active").order_by("due_at")
        rows = await due.limit(AT_MOST).select_for_update(skip_locked=True).only("id", "merchant_id")
        values = [[row.id for row in rows], ReadingDue.topic, A_WHILE]
        wanted = {row["id"] for row in await connection().execute_query_dict(_NOT_OWED, values)}
        for row in rows:
            if row.id in wanted:
                key = f"{row.id}/{now.timestamp()}"
                await publish(ReadingDue(row.id), merchant_id=row.merchant_id, dedupe_key=key, now=now)
            await _rows(row).update(due_at=_next(now))
    return len(rows)


async def read_on(
    merchant_id: UUID,
    connection_id: UUID,
    client: httpx2.AsyncClient,
    clock: Callable[[], datetime],
    seconds: float = SLICE_SECONDS,
) -> Slice | None:
    """One slice of a shop's reading, which begins one when none is under way; owes the next slice when there is more.

    None when there is nothing to ask, or somebody else asks. Trouble with the shop is kept with it and not raised.
    """
    alone = f"reading/{connection_id}"
    if not await take_turn(alone, A_WHILE):
        return None
    try:
        shop, done = await _slice_of(merchant_id, connection_id, client, clock, seconds)
    finally:
        # Before the next slice is owed, which another worker may begin at once.
        await give_back(alone)
    if shop and done:
        await _settle(shop, done, clock())
    return done


async def _slice_of(
    merchant_id: UUID, connection_id: UUID, client: httpx2.AsyncClient, clock: Callable[[], datetime], seconds: float
) -> tuple[ShopConnection | None, Slice | None]:
    shop, now = await get_connection(merchant_id, connection_id), clock()
    if shop is None:
        return None, None
    if not credentials_of(shop):
        await _rows(shop).update(due_at=now + WITHOUT_CREDENTIALS)
        return shop, None
    if shop.read_until is None:
        await begin(shop, window_start(shop), now)
    return shop, await read_slice(shop, client, clock, seconds)


async def read_through(
    shop: ShopConnection, since: datetime | None, client: httpx2.AsyncClient, clock: Callable[[], datetime]
) -> AsyncGenerator[Slice, None]:
    """Read a shop now, to the end, slice by slice, for somebody who watches. Nothing that may be missing is left out:
    a `since` after the last success counts for a first reading only.
    """
    start = window_start(shop)
    if since:
        start = min(since, start) if shop.last_success_at else since
    await begin(shop, start, clock())
    while True:
        done = await read_slice(shop, client, clock)
        over = done.finished or done.trouble
        if over:
            await _settle(shop, done, clock())
        yield done
        if over:
            return
        await asyncio.sleep(done.wait)


async def _settle(shop: ShopConnection, done: Slice, now: datetime) -> None:
    """What comes after a slice: the shop rests, the reading has ended, or the next slice is owed."""
    if done.trouble:
        await note_trouble(shop, done.trouble, now)
    elif done.finished:
        await _end(shop, now)
    elif done.wait:
        await _rows(shop).update(due_at=now + timedelta(seconds=done.wait))
    else:
        async with transaction():
            key = f"{shop.id}/{new_id()}"
            await publish(ReadingDue(shop.id), merchant_id=shop.merchant_id, dedupe_key=key, now=now)
            await _rows(shop).update(due_at=_next(now))


def window_start(shop: ShopConnection) -> datetime:
    """From when changes may be missing."""
    if shop.last_success_at:
        return shop.last_success_at - OVERLAP
    return shop.first_from or shop.created_at - timedelta(days=FIRST_DAYS)


async def begin(shop: ShopConnection, since: datetime, now: datetime) -> None:
    """Begin a reading from `since` to `now`, instead of one that is under way."""
    shop.read_from, shop.read_until, shop.missed = since, now, ""
    await _rows(shop).update(read_from=since, read_until=now, missed="")


async def read_slice(
    shop: ShopConnection, client: httpx2.AsyncClient, clock: Callable[[], datetime], seconds: float = SLICE_SECONDS
) -> Slice:
    """Go on with the reading that is under way, for so long or to its end. Raises nothing of the shop's."""
    done = Slice()
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            await _read(shop, client, clock, time.monotonic() + seconds, done)
    except AdapterError as error:
        if error.code == "throttled" and done.fetched:
            # We were as fast as it lets us be, which is no trouble.
            done.wait = error.retry_after or 1.0
        else:
            done.trouble = error
    except TimeoutError:
        # Slow, and yet it gave us something: the next slice gets more.
        if not done.fetched:
            done.trouble = AdapterError("unreachable", detail=f"nothing within {LIMIT_SECONDS:g} s")
    return done


async def _read(
    shop: ShopConnection, client: httpx2.AsyncClient, clock: Callable[[], datetime], ends: float, done: Slice
) -> None:
    assert shop.read_from is not None
    assert shop.read_until is not None
    changed_orders = api_of(shop.platform).changed_orders
    changes = changed_orders(client, shop.shop, credentials_of(shop), shop.read_from, shop.read_until)
    async with aclosing(changes) as found:
        bite: list[ChangedOrder] = []
        async for one in found:
            bite.append(one)
            if len(bite) == TOGETHER:
                await _take(shop, bite, client, clock(), done)
                bite = []
                # Not before something was news: of many orders with one time, each slice passes those of the last.
                if done.fetched and time.monotonic() > ends:
                    return
        await _take(shop, bite, client, clock(), done)
    done.finished = True


async def _take(
    shop: ShopConnection, bite: Sequence[ChangedOrder], client: httpx2.AsyncClient, now: datetime, done: Slice
) -> None:
    """Fetch and keep what of a bite is news, then remember how far we are. Raises AdapterError, the shop's trouble."""
    if not bite:
        return
    known = await known_changes(shop, bite)
    wanted = {one.source_id: one for one in bite if one not in known}
    done.listed, done.known = done.listed + len(bite), done.known + len(bite) - len(wanted)
    narrow = asyncio.Semaphore(AT_ONCE)

    async def fetch(order_id: str) -> AdapterError | None:
        async with narrow:
            try:
                await fetch_and_keep(client, shop, order_id, now)
            except AdapterError as error:
                return error
        done.fetched += 1
        return None

    errors = await asyncio.gather(*(fetch(order_id) for order_id in wanted))
    missed = {order_id: error for order_id, error in zip(wanted, errors, strict=True) if error}
    of_the_shop = [error for error in missed.values() if error.code in _OF_THE_SHOP]
    if of_the_shop:
        raise of_the_shop[0]
    await _miss(shop, [wanted[order_id] for order_id in missed], list(missed.values()), now, done)
    reached = max(one.updated_at for one in bite)
    done.reached = shop.read_from = max(reached, shop.read_from) if shop.read_from else reached
    await _rows(shop).filter(read_until=shop.read_until).update(read_from=shop.read_from, missed=shop.missed)


async def _miss(
    shop: ShopConnection, orders: Sequence[ChangedOrder], errors: Sequence[AdapterError], now: datetime, done: Slice
) -> None:
    """Note orders that could not be fetched: the others go on, and these are tried again with the whole window.

    Raises AdapterError when it looks like the shop's own trouble.
    """
    done.missed += len(orders)
    if done.missed >= TOO_MANY and not done.fetched:
        raise errors[-1]
    for order, error in zip(orders, errors, strict=True):
        log.warning(
            "order not fetched", platform=shop.platform, shop=shop.shop, order=order.source_id, error=str(error)
        )
        if now - (shop.last_success_at or shop.created_at) > GIVE_UP:
            await refuse_unfetched(shop, order, storable(str(error)), now)
        else:
            shop.missed = f"order {order.source_id}: {storable(str(error))}"[:200]


async def _end(shop: ShopConnection, now: datetime) -> None:
    """The window is read. Only when nothing of it is missing is that a success."""
    assert shop.read_until is not None
    # When somebody has begun another reading meanwhile, the end is that one's.
    mine, ended = _rows(shop).filter(read_until=shop.read_until), {"read_from": None, "read_until": None, "missed": ""}
    if shop.missed:
        failures = shop.failures + 1
        rest = rest_after(AdapterError("outage"), failures, random.random())
        await mine.update(problem=shop.missed, failures=failures, due_at=now + rest, **ended)
        return
    late = now - shop.read_until > EVERY
    due_at = now if late else _next(now)
    await mine.update(last_success_at=shop.read_until, problem="", failures=0, due_at=due_at, **ended)


def _rows(shop: ShopConnection) -> QuerySet[ShopConnection]:
    return ShopConnection.filter(merchant_id=shop.merchant_id, id=shop.id)


def _next(now: datetime) -> datetime:
    return now + EVERY * random.uniform(0.9, 1.1)
