"""Deliveries that come at once are applied at once: the first goes ahead, those that arrive meanwhile share the next
transaction. Nobody waits for a clock, and everybody's answer still means that their scans are committed.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from portal.tracking.heard import Heard, HeardScan, Outcome
from portal.tracking.service import AT_ONCE, settle_scans


@dataclass(slots=True)
class Waiting:
    """One delivery and whoever waits for what becomes of it."""

    scans: Sequence[HeardScan]
    answer: asyncio.Future[list[Outcome]]


@dataclass(slots=True)
class Door:
    """The deliveries of one source to one merchant in this process. `busy` applies them, and ends when none is left."""

    waiting: list[Waiting] = field(default_factory=list)
    busy: asyncio.Task[None] | None = None


_doors: dict[tuple[asyncio.AbstractEventLoop, UUID, str], Door] = {}


async def gather_scans(merchant_id: UUID, source: str, scans: Sequence[HeardScan], now: datetime) -> Heard:
    """Take a delivery's scans, together with those of others that come meanwhile."""
    loop = asyncio.get_running_loop()
    key = (loop, merchant_id, source)
    door = _doors.setdefault(key, Door())
    mine = Waiting(scans, loop.create_future())
    door.waiting.append(mine)
    if door.busy is None:
        door.busy = asyncio.create_task(_work(key, door, now))
    return Heard.of(await asyncio.shield(mine.answer))


async def _work(key: tuple[asyncio.AbstractEventLoop, UUID, str], door: Door, now: datetime) -> None:
    together: list[Waiting] = []
    try:
        while door.waiting:
            together = _next(door)
            await _settle(key[1], key[2], together, now)
    finally:
        del _doors[key]
        # Only a process that ends gets here with somebody still waiting.
        for one in [*together, *door.waiting]:
            one.answer.cancel()


async def _settle(merchant_id: UUID, source: str, together: Sequence[Waiting], now: datetime) -> None:
    try:
        outcomes = await settle_scans(merchant_id, source, [scan for one in together for scan in one.scans], now)
    except Exception as error:
        if len(together) == 1:
            together[0].answer.set_exception(error)
            return
        # One delivery must not fail for another's sake: each is tried alone, and told its own fault.
        for one in together:
            await _settle(merchant_id, source, [one], now)
        return
    start = 0
    for one in together:
        one.answer.set_result(outcomes[start : start + len(one.scans)])
        start += len(one.scans)


def _next(door: Door) -> list[Waiting]:
    """As many deliveries as fit into one transaction, at least one."""
    count = size = 0
    for one in door.waiting:
        size += len(one.scans)
        if count and size > AT_ONCE:
            break
        count += 1
    together, door.waiting[:] = door.waiting[:count], door.waiting[count:]
    return together
