"""Processes die, servers go away, leases run out: what is owed is done all the same, and counted once."""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from portal.db.outbox import Claim, claim
from portal.db.outbox_models import Outbox
from portal.db.outbox_rules import EffectState
from portal.db.setup import connection
from portal.embedded import valkey
from portal.merchants.queries import MerchantFacts
from portal.settings import Settings
from tests.workers.crew import Asked, Calls, ask, end_lease, ended, own_redis, running_relay, running_worker, until
from tests.workers.held_worker import BEGUN, LET_GO

ROOT = Path(__file__).parents[2]


@pytest.fixture
def redis_folder(tmp_path: Path) -> Path:
    return tmp_path / "valkey"


@pytest.fixture
def alone(settings: Settings, redis_folder: Path) -> Iterator[Settings]:
    with own_redis(settings, redis_folder) as found:
        yield found


@contextlib.asynccontextmanager
async def worker_process(settings: Settings, folder: Path, lease_seconds: float) -> AsyncIterator[Process]:
    environment = {
        "DOORSTEP_ENV": "development",
        "DATABASE_URL": str(settings.database_url),
        "REDIS_URL": str(settings.redis_url),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.workers.held_worker", str(folder), str(lease_seconds),
        cwd=ROOT, env=os.environ | environment,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_another_worker_ends_what_a_killed_one_began(
    alone: Settings, merchant: MerchantFacts, tmp_path: Path
) -> None:
    calls = Calls()
    async with running_relay(alone):
        effect = await ask(merchant.id)
        async with worker_process(alone, tmp_path, lease_seconds=1) as process:
            await until((tmp_path / BEGUN).exists)
            process.kill()
            await process.wait()
        async with running_worker(alone, {Asked.topic: calls}):
            row = await ended(effect)
    # On a slow machine the short lease may end once more before the kill: every loss is one more attempt, no other is.
    assert (row.state, row.attempt) == (EffectState.DONE, row.lost + 1)
    assert row.lost >= 1
    assert len(calls.of(effect)) == 1


async def test_a_worker_that_is_asked_to_stop_ends_what_it_has_begun(
    alone: Settings, merchant: MerchantFacts, tmp_path: Path
) -> None:
    async with running_relay(alone), worker_process(alone, tmp_path, lease_seconds=60) as process:
        effect = await ask(merchant.id)
        await until((tmp_path / BEGUN).exists)
        process.send_signal(signal.SIGTERM)
        (tmp_path / LET_GO).touch()
        assert await asyncio.wait_for(process.wait(), 20) == 0
    assert (await Outbox.get(id=effect)).state is EffectState.DONE


async def test_what_does_not_end_in_time_is_handed_over(alone: Settings, merchant: MerchantFacts) -> None:
    begun = asyncio.Event()

    async def hang(claim: Claim, tools: Any) -> None:
        begun.set()
        await asyncio.Event().wait()

    async with running_relay(alone):
        effect = await ask(merchant.id)
        async with running_worker(alone, {Asked.topic: hang}, completion_wait=0.05):
            await asyncio.wait_for(begun.wait(), 20)
        async with running_worker(alone, {Asked.topic: Calls()}):
            row = await ended(effect)
    assert (row.state, row.attempt, row.lost) == (EffectState.DONE, 1, 0)


async def test_a_lease_is_kept_while_the_handler_runs(alone: Settings, merchant: MerchantFacts) -> None:
    let_go = asyncio.Event()
    calls = Calls()

    async def wait(claim: Claim, tools: Any) -> None:
        await calls(claim, tools)
        await let_go.wait()

    async with running_relay(alone), running_worker(alone, {Asked.topic: wait}, lease=timedelta(seconds=0.6)):
        effect = await ask(merchant.id)
        await until(lambda: len(calls.of(effect)) == 1)
        first = (await Outbox.get(id=effect)).lease_until
        await until(lambda: _lease_is_longer(effect, first))
        let_go.set()
        assert (await ended(effect)).fence == 1


async def test_renewing_meets_effects_in_every_stage_and_disturbs_none(
    alone: Settings, merchant: MerchantFacts
) -> None:
    calls = Calls()
    # Renewed every 10 ms, so while outcomes are written too; long enough that none runs out.
    async with running_relay(alone), running_worker(alone, {Asked.topic: calls}, lease=timedelta(seconds=3), step=0.01):
        effects = [await ask(merchant.id) for _ in range(200)]
        rows = [await ended(effect) for effect in effects]
    assert {(row.state, row.fence) for row in rows} == {(EffectState.DONE, 1)}
    assert len(calls.claims) == 200


async def test_a_handler_whose_effect_was_taken_is_interrupted(alone: Settings, merchant: MerchantFacts) -> None:
    begun, interrupted = asyncio.Event(), asyncio.Event()

    async def hang(claim: Claim, tools: Any) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            interrupted.set()

    async with running_relay(alone), running_worker(alone, {Asked.topic: hang}, lease=timedelta(seconds=0.6)):
        effect = await ask(merchant.id)
        await asyncio.wait_for(begun.wait(), 20)
        await connection().execute_query("UPDATE outbox SET fence = fence + 1 WHERE id = $1", [effect])
        await asyncio.wait_for(interrupted.wait(), 20)
    row = await Outbox.get(id=effect)
    assert (row.state, row.last_error) == (EffectState.PENDING, None)


async def test_an_effect_committed_while_redis_is_away_runs_when_it_is_back(
    alone: Settings, merchant: MerchantFacts, redis_folder: Path
) -> None:
    async with running_relay(alone), running_worker(alone, {Asked.topic: Calls()}):
        await ended(await ask(merchant.id))
        await asyncio.to_thread(valkey.stop, redis_folder)
        effect = await ask(merchant.id)
        await asyncio.to_thread(valkey.start, redis_folder, durable=False)
        assert (await ended(effect)).state is EffectState.DONE


async def test_a_redis_that_forgot_everything_is_fed_again(
    alone: Settings, merchant: MerchantFacts, redis_folder: Path
) -> None:
    async with running_relay(alone, wake_again=timedelta(seconds=0.2)):
        effect = await ask(merchant.id)
        await until(lambda: _was_rung_for(effect))
        await asyncio.to_thread(valkey.stop, redis_folder)
        await asyncio.to_thread(valkey.start, redis_folder, durable=False)
        async with running_worker(alone, {Asked.topic: Calls()}):
            row = await ended(effect)
    assert (row.state, row.attempt) == (EffectState.DONE, 1)


async def test_an_effect_survives_the_loss_of_every_database_connection(
    alone: Settings, merchant: MerchantFacts
) -> None:
    go_on = asyncio.Event()
    calls = Calls()

    async def wait(claim: Claim, tools: Any) -> None:
        await calls(claim, tools)
        await go_on.wait()

    async with running_relay(alone), running_worker(alone, {Asked.topic: wait}):
        first = await ask(merchant.id)
        await until(lambda: len(calls.of(first)) == 1)
        await connection().execute_query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        go_on.set()
        assert (await ended(first)).fence == 1
        assert (await ended(await ask(merchant.id))).state is EffectState.DONE


async def test_a_late_wake_up_for_a_lost_lease_runs_the_effect_once(alone: Settings, merchant: MerchantFacts) -> None:
    effect = await ask(merchant.id)
    await claim([effect])
    await end_lease(effect)
    calls = Calls()
    async with running_relay(alone, wake_again=timedelta(0)), running_worker(alone, {Asked.topic: calls}):
        assert (await ended(effect)).lost == 1
    assert len(calls.of(effect)) == 1


async def _lease_is_longer(effect: Any, before: Any) -> bool:
    return await Outbox.filter(id=effect, lease_until__gt=before).exists()


async def _was_rung_for(effect: Any) -> bool:
    return await Outbox.filter(id=effect, wakes__gte=1).exists()
