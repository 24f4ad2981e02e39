"""The schedule: a task has one turn for all processes, and one that fails stops nobody."""

import asyncio
from datetime import datetime, timedelta
from uuid import uuid4

from portal.db.schedule import take_turn
from workers.schedule import Every, keep_schedule


async def test_of_many_processes_one_has_the_turn(open_database: None) -> None:
    name = f"task-{uuid4()}"
    turns = await asyncio.gather(*(take_turn(name, timedelta(hours=1)) for _ in range(20)))
    assert sum(turns) == 1


async def test_a_turn_comes_again_when_its_time_has_passed(open_database: None) -> None:
    name = f"task-{uuid4()}"
    assert await take_turn(name, timedelta(0))
    assert await take_turn(name, timedelta(hours=1))
    assert not await take_turn(name, timedelta(hours=1))


async def test_a_failing_task_does_not_stop_the_others(open_database: None) -> None:
    stop, done = asyncio.Event(), list[str]()

    async def fails(now: datetime, tools: None) -> None:
        raise ValueError("broken")

    async def works(now: datetime, tools: None) -> None:
        done.append("works")
        stop.set()

    hour = timedelta(hours=1)
    tasks = [Every(f"a-{uuid4()}", hour, fails), Every(f"b-{uuid4()}", hour, works)]
    async with asyncio.timeout(20):
        await keep_schedule(tasks, None, stop)
    assert done == ["works"]


async def test_a_long_task_delays_no_other_and_never_runs_beside_itself(open_database: None) -> None:
    stop, ran = asyncio.Event(), list[str]()

    async def long(now: datetime, tools: None) -> None:
        ran.append("long")
        await stop.wait()
        ran.append("long is over")

    async def short(now: datetime, tools: None) -> None:
        ran.append("short")
        if ran.count("short") == 3:
            stop.set()

    tasks = [Every(f"a-{uuid4()}", timedelta(0), long), Every(f"b-{uuid4()}", timedelta(0), short)]
    async with asyncio.timeout(20):
        await keep_schedule(tasks, None, stop, look=0.01)
    assert ran == ["long", "short", "short", "short", "long is over"]


async def test_what_does_not_end_by_itself_is_cancelled_at_the_end(open_database: None) -> None:
    stop, ran = asyncio.Event(), list[str]()

    async def endless(now: datetime, tools: None) -> None:
        stop.set()
        try:
            await asyncio.Event().wait()
        finally:
            ran.append("cancelled")

    async with asyncio.timeout(20):
        await keep_schedule([Every(f"a-{uuid4()}", timedelta(hours=1), endless)], None, stop, end_seconds=0.01)
    assert ran == ["cancelled"]
