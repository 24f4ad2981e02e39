"""An effect on its way: from the commit through relay and queue to its handler, and what becomes of it."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from portal.db.outbox import Claim
from portal.db.outbox_models import Outbox
from portal.db.outbox_rules import MAX_ATTEMPTS, EffectState
from portal.db.setup import connection
from portal.kernel.refusal import Refusal
from portal.merchants.queries import MerchantFacts
from portal.settings import Settings
from tests.workers.crew import (
    Asked,
    Calls,
    NobodyKnows,
    ask,
    ended,
    make_due,
    own_redis,
    running_relay,
    running_worker,
    until,
)


@pytest.fixture(scope="module")
def alone(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with own_redis(settings, tmp_path_factory.mktemp("valkey")) as found:
        yield found


async def test_an_effect_runs_once_with_its_payload(alone: Settings, merchant: MerchantFacts) -> None:
    calls = Calls()
    async with running_relay(alone), running_worker(alone, {Asked.topic: calls}):
        effect = await ask(merchant.id, Asked(7))
        assert (await ended(effect)).state is EffectState.DONE
    assert [(found.payload, found.merchant_id) for found in calls.of(effect)] == [({"number": 7}, merchant.id)]


async def test_two_workers_run_a_hundred_effects_once_each(alone: Settings, merchant: MerchantFacts) -> None:
    calls = Calls()
    handlers = {Asked.topic: calls}
    async with running_relay(alone), running_worker(alone, handlers), running_worker(alone, handlers):
        effects = [await ask(merchant.id) for _ in range(100)]
        for effect in effects:
            await ended(effect)
    assert [len(calls.of(effect)) for effect in effects] == [1] * 100


async def test_an_effect_that_waited_for_the_relay_runs_when_it_comes(alone: Settings, merchant: MerchantFacts) -> None:
    effect = await ask(merchant.id)
    async with running_relay(alone), running_worker(alone, {Asked.topic: Calls()}):
        assert (await ended(effect)).attempt == 1


async def test_a_failed_effect_is_tried_again_after_its_back_off(alone: Settings, merchant: MerchantFacts) -> None:
    calls = Calls(failures=1)
    async with running_relay(alone), running_worker(alone, {Asked.topic: calls}):
        effect = await ask(merchant.id)
        row = await ended(effect)
    assert (row.state, row.attempt) == (EffectState.DONE, 2)
    assert calls.moments[1] - calls.moments[0] >= 1.0


async def test_what_fails_every_time_ends_as_a_dead_letter_without_its_secrets(
    alone: Settings, merchant: MerchantFacts
) -> None:
    calls = Calls(failures=1000)
    async with running_relay(alone), running_worker(alone, {Asked.topic: calls}):
        effect = await ask(merchant.id)
        await until(lambda: len(calls.of(effect)) == 1)
        await until(lambda: _has_failed(effect))
        await connection().execute_query("UPDATE outbox SET attempt = $2 WHERE id = $1", [effect, MAX_ATTEMPTS - 1])
        await make_due(effect)
        row = await ended(effect)
    assert (row.state, row.attempt, len(calls.of(effect))) == (EffectState.DEAD, MAX_ATTEMPTS, 2)
    assert row.last_error == "RuntimeError: the carrier did not answer: password=***"


async def test_a_refusal_is_not_tried_again(alone: Settings, merchant: MerchantFacts) -> None:
    async def refuse(claim: Claim, tools: Any) -> None:
        raise Refusal("return_cancelled")

    async with running_relay(alone), running_worker(alone, {Asked.topic: refuse}):
        row = await ended(await ask(merchant.id))
    assert (row.state, row.attempt) == (EffectState.DEAD, 1)


async def test_a_topic_nobody_knows_is_a_dead_letter_that_says_so(alone: Settings, merchant: MerchantFacts) -> None:
    async with running_relay(alone), running_worker(alone, {Asked.topic: Calls()}):
        row = await ended(await ask(merchant.id, NobodyKnows()))
    assert row.state is EffectState.DEAD
    assert row.last_error == "UnknownTopic: no handler for 'test.nobody_knows' in this release"


async def test_a_handler_that_takes_too_long_is_stopped(alone: Settings, merchant: MerchantFacts) -> None:
    async def hang(claim: Claim, tools: Any) -> None:
        await asyncio.Event().wait()

    effect = await ask(merchant.id)
    async with (
        running_relay(alone),
        running_worker(alone, {Asked.topic: hang}, time_limit=timedelta(milliseconds=50)),
    ):
        await until(lambda: _has_failed(effect))
    assert (await Outbox.get(id=effect)).last_error == "TimeoutError: "


async def _has_failed(effect: Any) -> bool:
    return await Outbox.filter(id=effect, last_error__isnull=False, lease_until=None).exists()
