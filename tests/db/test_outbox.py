"""The outbox: owed once, claimed once, and nothing changed by whoever comes late."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from portal.db.outbox import (
    claim,
    claim_for_relay,
    fail,
    finish,
    list_dead,
    publish,
    purge_done,
    release,
    renew,
    replay,
)
from portal.db.outbox_models import Outbox
from portal.db.outbox_rules import MAX_LOST
from portal.db.setup import transaction
from portal.merchants.queries import MerchantFacts
from tests.factories.merchants import NOW
from tests.workers.crew import Asked, ask, end_lease

SOON = timedelta(minutes=5)


async def test_one_dedupe_key_gets_one_row(merchant: MerchantFacts) -> None:
    first = await publish(Asked(1), merchant_id=merchant.id, dedupe_key="label:R-1", now=NOW)
    second = await publish(Asked(2), merchant_id=merchant.id, dedupe_key="label:R-1", now=NOW)
    assert (first is not None, second) == (True, None)
    assert await Outbox.filter(merchant_id=merchant.id).values_list("payload", flat=True) == [{"number": 1}]


async def test_two_merchants_may_use_the_same_key(merchant: MerchantFacts, other_merchant: MerchantFacts) -> None:
    ours = await ask(merchant.id, key="label:R-1")
    assert await ask(other_merchant.id, key="label:R-1") != ours


async def test_a_rolled_back_change_owes_nothing(merchant: MerchantFacts) -> None:
    async def change() -> None:
        async with transaction():
            await publish(Asked(), merchant_id=merchant.id, dedupe_key="x", now=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await change()
    assert not await Outbox.filter(merchant_id=merchant.id).exists()


async def test_fifty_doubled_submits_owe_one_effect(merchant: MerchantFacts) -> None:
    async def submit() -> bool:
        async with transaction():
            return await publish(Asked(), merchant_id=merchant.id, dedupe_key="x", now=NOW) is not None

    assert sum(await asyncio.gather(*(submit() for _ in range(50)))) == 1


async def test_only_one_of_two_claims_gets_the_effect(merchant: MerchantFacts) -> None:
    effect = await ask(merchant.id, Asked(7))
    first, second = await asyncio.gather(claim([effect]), claim([effect]))
    (held,) = first + second
    assert (held.payload, held.attempt, held.merchant_id) == ({"number": 7}, 1, merchant.id)


async def test_crossing_bundles_are_each_claimed_once_without_a_deadlock(merchant: MerchantFacts) -> None:
    effects = [await ask(merchant.id) for _ in range(20)]
    answers = await asyncio.gather(*(claim(effects if turn % 2 else effects[::-1]) for turn in range(8)))
    assert sorted(held.effect_id for claims in answers for held in claims) == sorted(effects)


async def test_a_late_finisher_changes_nothing(merchant: MerchantFacts) -> None:
    effect = await ask(merchant.id)
    (late,) = await claim([effect])
    await end_lease(effect)
    (held,) = await claim([effect])
    assert not await finish([late])
    assert not await fail(late, "too late", None)
    assert not await renew([late])
    assert not await release(late)
    assert await finish([held]) == {effect}


async def test_a_finished_effect_cannot_be_claimed_or_finished_again(merchant: MerchantFacts) -> None:
    effect = await ask(merchant.id)
    (held,) = await claim([effect])
    assert await finish([held]) == {effect}
    assert not await finish([held])
    assert not await claim([effect])


async def test_a_wake_up_before_the_back_off_has_passed_starts_nothing(merchant: MerchantFacts) -> None:
    effect = await ask(merchant.id)
    (held,) = await claim([effect])
    assert await fail(held, RuntimeError("no answer"), SOON)
    assert not await claim([effect])
    assert (await Outbox.get(id=effect)).last_error == "RuntimeError: no answer"


async def test_a_handed_over_effect_was_not_tried(merchant: MerchantFacts) -> None:
    effect = await ask(merchant.id)
    (held,) = await claim([effect])
    assert await release(held)
    (again,) = await claim([effect])
    assert (again.attempt, again.fence) == (1, held.fence + 1)


async def test_an_effect_that_outlives_its_workers_is_dead(merchant: MerchantFacts) -> None:
    effect = await ask(merchant.id)
    for _ in range(MAX_LOST):
        assert len(await claim([effect])) == 1
        await end_lease(effect)
    assert not await claim([effect])
    (dead,) = await list_dead(merchant.id)
    assert dead["last_error"] == f"{MAX_LOST} workers died while they ran it"


async def test_a_dead_letter_is_replayed_by_its_own_merchant_only(
    merchant: MerchantFacts, other_merchant: MerchantFacts
) -> None:
    effect = await ask(merchant.id)
    (held,) = await claim([effect])
    await fail(held, "gone", None)
    assert not await replay(other_merchant.id, effect)
    assert await replay(merchant.id, effect)
    assert [again.attempt for again in await claim([effect])] == [1]


async def test_the_relay_takes_what_is_due_once_and_again_after_a_wait(merchant: MerchantFacts) -> None:
    effect = await ask(merchant.id)
    taken = {found.effect_id: found for found in await claim_for_relay(10_000, timedelta(0))}
    again = {found.effect_id: found for found in await claim_for_relay(10_000, SOON)}
    assert taken[effect].job_id != again[effect].job_id
    assert effect not in {found.effect_id for found in await claim_for_relay(10_000)}


async def test_the_relay_leaves_alone_what_a_worker_holds(merchant: MerchantFacts) -> None:
    effect = await ask(merchant.id)
    await claim([effect])
    assert effect not in {found.effect_id for found in await claim_for_relay(10_000)}


async def test_an_unknown_effect_is_not_claimed(open_database: None) -> None:
    assert await claim([uuid4()]) == []


async def test_what_was_done_long_ago_is_taken_away_and_nothing_else(merchant: MerchantFacts) -> None:
    kept = [await ask(merchant.id, key=key) for key in ("pending", "dead", "fresh")]
    old = await ask(merchant.id, key="old")
    (fresh,) = await claim([kept[2]])
    (done,) = await claim([old])
    (dead,) = await claim([kept[1]])
    await finish([fresh, done])
    await fail(dead, "no", None)
    await Outbox.filter(id__in=[old, kept[1]]).update(ended_at=NOW - timedelta(days=4000))
    while await purge_done(timedelta(days=3650)):
        pass
    left = await Outbox.filter(merchant_id=merchant.id).values_list("id", flat=True)
    assert set(left) == set(kept)
