"""Sessions: rotated at every lookup, over after their time, swept away by those that come later."""

from datetime import timedelta
from uuid import uuid4

from portal.merchants.queries import MerchantFacts
from portal.web.models import ShopperSession
from portal.web.sessions import LIFETIME, MOST_ORDERS, find_session, open_session
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
