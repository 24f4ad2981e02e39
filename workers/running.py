"""Running effects: claim, hand to the handler of the topic, keep the lease, settle the outcome."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar
from uuid import UUID

import structlog

from portal.db.outbox import LEASE, Claim, claim, fail, release, renew
from portal.db.outbox_rules import next_attempt, storable
from portal.kernel.refusal import Refusal
from workers.outage import DATABASE_AWAY, Outage
from workers.settling import Finisher

log = structlog.get_logger(__name__)

Tools = TypeVar("Tools")
Handler = Callable[[Claim, Tools], Awaitable[None]]
"""Does one effect. It may be run again after it succeeded, so it must find out what it has already done.
A Refusal is final; every other exception is tried again later."""

TIME_LIMIT = timedelta(seconds=30)
AT_ONCE = 100
"""Effects that one process claims and runs at the same time."""
SLOT_SECONDS = 15.0


class UnknownTopic(Exception):
    """No handler in this release knows the topic."""


FINAL = (Refusal, UnknownTopic)
"""Trying again would give the same answer."""


@dataclass(eq=False, slots=True)
class _Held:
    claim: Claim
    until: float
    """By the loop's clock; later than that somebody else may have the effect."""
    deadline: asyncio.Timeout | None = None
    lost: bool = False
    handed_over: bool = False

    def interrupt(self) -> None:
        if self.deadline is not None:
            self.deadline.reschedule(asyncio.get_running_loop().time())


class Runner(Generic[Tools]):
    """Runs effects in this process and knows which ones it holds."""

    def __init__(
        self,
        handlers: Mapping[str, Handler[Tools]],
        tools: Tools,
        lease: timedelta = LEASE,
        time_limit: timedelta = TIME_LIMIT,
        step: float | None = None,
    ) -> None:
        """`step` is how many seconds pass between two renewals; a third of the lease unless told."""
        self._handlers, self._tools = handlers, tools
        self._lease, self._time_limit = lease, time_limit
        self._step = step or lease.total_seconds() / 3
        self._held: set[_Held] = set()
        self._finisher = Finisher()
        self._free = asyncio.Semaphore(AT_ONCE)
        self._queue = asyncio.Lock()

    async def run(self, effect_ids: Sequence[UUID]) -> None:
        """Claim what is free among these and run it side by side. Never raises for a handler's mistake."""
        if not await self._take_slots(len(effect_ids)):
            return  # busy; the relay rings again, perhaps for somebody with time
        claims: list[Claim] = []
        until = self._lease_end()
        try:
            claims = await claim(effect_ids, self._lease)
        except DATABASE_AWAY as error:
            # The relay rings for them again.
            log.warning("effects not claimed", count=len(effect_ids), error=type(error).__name__)
        finally:
            self._give_slots(len(effect_ids) - len(claims))
        await asyncio.gather(*(self._run(each, until) for each in claims))

    async def keep_leases(self) -> None:
        """Renew what is held, for ever; interrupt a handler whose effect has become somebody else's."""
        while True:
            await asyncio.sleep(self._step)
            held, until = list(self._held), self._lease_end()
            try:
                kept = await renew([each.claim for each in held], self._lease) if held else set()
            except DATABASE_AWAY:
                now = asyncio.get_running_loop().time()
                for each in held:
                    self._lose(each, each.until <= now)
            else:
                for each in held:
                    each.until = until
                    self._lose(each, each.claim.effect_id not in kept)

    def hand_over(self) -> None:
        """Interrupt every handler and give its effect to the next worker; for the end of the process."""
        for held in self._held:
            held.handed_over = True
            held.interrupt()

    async def _take_slots(self, number: int) -> bool:
        taken = 0
        try:
            # One bundle after the other: two that each hold half of what they need would wait for ever.
            async with asyncio.timeout(SLOT_SECONDS), self._queue:
                while taken < number:
                    await self._free.acquire()
                    taken += 1
        except TimeoutError:
            return False
        finally:
            if taken < number:
                self._give_slots(taken)
        return True

    def _give_slots(self, number: int) -> None:
        for _ in range(number):
            self._free.release()

    async def _run(self, claim: Claim, until: float) -> None:
        held = _Held(claim, until)
        self._held.add(held)
        try:
            error = await self._attempt(held)
            await self._settle(held, error)
        except asyncio.CancelledError:
            await asyncio.shield(release(claim))
            raise
        finally:
            self._held.discard(held)
            self._give_slots(1)

    async def _attempt(self, held: _Held) -> Exception | None:
        try:
            handler = self._handlers.get(held.claim.topic)
            if handler is None:
                raise UnknownTopic(f"no handler for {held.claim.topic!r} in this release")
            async with asyncio.timeout(self._time_limit.total_seconds()) as held.deadline:
                await handler(held.claim, self._tools)
        except Exception as error:
            return error  # written to the row
        finally:
            held.deadline = None  # what comes now is only the outcome, and cannot be interrupted
        return None

    async def _settle(self, held: _Held, error: Exception | None) -> None:
        claim = held.claim
        logged = log.bind(effect=str(claim.effect_id), topic=claim.topic, attempt=claim.attempt)
        if held.lost:
            logged.warning("effect lost to another worker")
        elif error is None:
            ours = await self._insist(held, lambda: self._finisher.finish(claim))
            logged.info("effect done" if ours else "effect done too late")
        elif held.handed_over:
            await self._insist(held, lambda: release(claim))
            logged.info("effect handed over")
        else:
            wait = None if isinstance(error, FINAL) else next_attempt(claim.attempt, random.random())
            await self._insist(held, lambda: fail(claim, error, wait))
            logged.error("effect dead" if wait is None else "effect failed", error=storable(error), wait=wait)

    async def _insist(self, held: _Held, change: Callable[[], Awaitable[object]]) -> object:
        """Write an outcome through a restart of PostgreSQL: as long as the lease may hold, it is ours to write."""
        outage = Outage("PostgreSQL")
        while True:
            try:
                return await change()
            except DATABASE_AWAY as error:
                wait = outage.seen(error)
                if asyncio.get_running_loop().time() + wait >= held.until:
                    return None
                await asyncio.sleep(wait)

    def _lose(self, held: _Held, lost: bool) -> None:
        if lost and held in self._held:
            held.lost = True
            held.interrupt()

    def _lease_end(self) -> float:
        return asyncio.get_running_loop().time() + self._lease.total_seconds()
