"""Sessions: rotated at every lookup and every proof, over after their time, swept away by those that come later."""

from datetime import timedelta
from uuid import uuid4

from portal.db.setup import transaction
from portal.merchants.queries import MerchantFacts
from portal.web.models import ShopperSession
from portal.web.sessions import (
    LIFETIME,
    MOST_ORDERS,
    PROOF_LIFETIME,
    end_session,
    end_sessions_of,
    find_session,
    has_proven,
    open_session,
    prove_order,
)
from tests.factories.merchants import NOW


async def test_a_lookup_gives_a_new_token_and_the_old_one_is_dead(merchant: MerchantFacts) -> None:
    first = await open_session(merchant.id, None, None, "1", NOW)
    second = await open_session(merchant.id, await find_session(merchant.id, first, NOW), uuid4(), "2", NOW)
    assert await find_session(merchant.id, first, NOW) is None
    assert await find_session(merchant.id, second, NOW) is not None


async def test_a_session_is_no_use_at_another_merchant_or_after_its_time(
    merchant: MerchantFacts, other_merchant: MerchantFacts
) -> None:
    token = await open_session(merchant.id, None, uuid4(), "1", NOW)
    assert await find_session(other_merchant.id, token, NOW) is None
    assert await find_session(merchant.id, token, NOW + LIFETIME) is None
    assert await find_session(merchant.id, "", NOW) is None


async def test_a_browser_keeps_its_newest_orders(merchant: MerchantFacts) -> None:
    orders = [uuid4() for _ in range(MOST_ORDERS + 2)]
    token = ""
    for order in orders:
        token = await open_session(merchant.id, await find_session(merchant.id, token, NOW), order, "1", NOW)
    session = await find_session(merchant.id, token, NOW)
    assert session is not None
    assert session.order_ids == [str(order) for order in reversed(orders[2:])]


async def test_sessions_that_are_over_are_swept_away(merchant: MerchantFacts) -> None:
    long_ago = NOW - timedelta(days=4000)
    token = await open_session(merchant.id, None, None, "old", long_ago)
    assert await ShopperSession.filter(merchant_id=merchant.id, typed_number="old").count() == 1
    await open_session(merchant.id, None, None, "new", NOW)
    assert await ShopperSession.filter(merchant_id=merchant.id, typed_number="old").count() == 0
    assert await find_session(merchant.id, token, long_ago) is None


async def test_a_proof_gives_a_new_token_and_stays_through_the_next_lookup(merchant: MerchantFacts) -> None:
    order, first = uuid4(), await open_session(merchant.id, None, None, "1", NOW)
    session = await find_session(merchant.id, first, NOW)
    assert session is not None
    async with transaction():
        proven = await prove_order(merchant.id, session.id, order, NOW)
    assert await find_session(merchant.id, first, NOW) is None
    later = await open_session(merchant.id, await find_session(merchant.id, proven, NOW), uuid4(), "2", NOW)
    again = await find_session(merchant.id, later, NOW)
    assert again is not None
    assert has_proven(again, order, NOW)
    assert not has_proven(again, order, NOW + PROOF_LIFETIME)


async def test_ending_a_session_ends_that_one_alone(merchant: MerchantFacts) -> None:
    order = uuid4()
    mine, other = [await open_session(merchant.id, None, order, "1", NOW) for _ in range(2)]
    await end_session(merchant.id, mine)
    assert await find_session(merchant.id, mine, NOW) is None
    assert await find_session(merchant.id, other, NOW) is not None
    assert await end_sessions_of(merchant.id, order) == 1
