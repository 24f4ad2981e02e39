"""What a browser does at once takes turns on its session, which comes before its proofs: nobody waits in a circle."""

import asyncio
import contextvars
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from portal.db.setup import connection, transaction
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.proofs.models import Proof
from portal.proofs.rules import code_of, token_of
from portal.proofs.service import ORDER, Outcome, follow_link, revoke, try_code
from portal.web.models import ShopperSession
from tests.factories.browsers import Browser
from tests.factories.merchants import NOW
from tests.factories.proofs import ask, newest

WAITING = "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def _somebody_waits() -> None:
    """Inside a transaction the list of connections stays as it was until it is cleared."""
    async with asyncio.timeout(20):
        while True:
            await connection().execute_query("SELECT pg_stat_clear_snapshot()")
            if (await connection().execute_query_dict(WAITING))[0]["n"]:
                return
            await asyncio.sleep(0.01)


def _typed(proof: Proof) -> Coroutine[Any, Any, Any]:
    return try_code(proof.merchant_id, proof.session_id, ORDER, proof.order_id, code_of(proof.id), "cookie", NOW)


def _pressed(proof: Proof) -> Coroutine[Any, Any, Any]:
    return follow_link(proof.merchant_id, proof.session_id, token_of(proof.id), "cookie", NOW)


def _revoked(proof: Proof) -> Coroutine[Any, Any, Any]:
    assert proof.order_id is not None
    return revoke(proof.merchant_id, proof.order_id)


@pytest.mark.parametrize("verb", [_typed, _pressed, _revoked])
async def test_who_waits_for_the_session_holds_no_proof(
    visitor: Browser, merchant: MerchantFacts, order: Order, verb: Callable[[Proof], Coroutine[Any, Any, Any]]
) -> None:
    await ask(visitor, order)
    proof, outside = await newest(merchant), contextvars.copy_context()
    async with transaction():
        await ShopperSession.select_for_update().get(merchant_id=merchant.id, id=proof.session_id)
        other = asyncio.create_task(verb(proof), context=outside)
        await _somebody_waits()
        # As when a new code is asked for: the old one is ended.
        assert await Proof.filter(merchant_id=merchant.id, id=proof.id).select_for_update(nowait=True) == [proof]
    done = await other
    assert done == 1 or done.outcome is Outcome.PROVEN


async def test_a_code_typed_while_the_order_is_closed_opens_nothing(
    visitor: Browser, merchant: MerchantFacts, order: Order
) -> None:
    """The session does not see the order yet, as after asking by mail; it is ended or held back all the same."""
    await ask(visitor, order)
    proof, outside = await newest(merchant), contextvars.copy_context()
    await ShopperSession.filter(merchant_id=merchant.id, id=proof.session_id).update(order_ids=[])
    async with transaction():
        await revoke(merchant.id, order.id)
        typed = asyncio.create_task(_typed(proof), context=outside)
        await _somebody_waits()
    assert (await typed).outcome is Outcome.OVER
    assert (await ShopperSession.get(merchant_id=merchant.id, id=proof.session_id)).proven == {}
