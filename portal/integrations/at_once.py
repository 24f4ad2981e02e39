"""Several questions to a vendor at the same time, but never more than a few."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

T = TypeVar("T")
MOST = 3
"""Questions under way at once for one order; the vendor's limits are shared with everything else the shop runs."""


async def at_once(questions: Sequence[Callable[[], Awaitable[T]]], most: int = MOST) -> list[T]:
    """The answers in the order of the questions. The first failure ends the others and is raised as it is."""
    turnstile = asyncio.Semaphore(most)

    async def ask(question: Callable[[], Awaitable[T]]) -> T:
        async with turnstile:
            return await question()

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(ask(question)) for question in questions]
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return [task.result() for task in tasks]
