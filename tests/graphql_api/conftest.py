"""What this room's tests share: a client with every scope, and a shop with orders in it."""

from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette

from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.policies.service import publish_policy
from tests.factories.merchants import NOW
from tests.factories.policies import FIRST_POLICY
from tests.graphql_api.clients import Client, open_client
from tests.graphql_api.shops import delivered_order


@pytest.fixture
async def client(api: Starlette, merchant: MerchantFacts) -> Client:
    """A program that may do everything in the merchant's name."""
    return await open_client(api, merchant)


@pytest.fixture
async def api(app: Starlette) -> AsyncIterator[Starlette]:
    """The web application; what the API keeps open is closed after each test."""
    yield app
    await app.state.buckets.close()


@pytest.fixture
async def order(merchant: MerchantFacts) -> Order:
    """A delivered order: one jacket, three beanies, a final-sale scarf; 30 days to return, yes by policy."""
    await publish_policy(merchant.id, FIRST_POLICY, NOW)
    return await delivered_order(merchant.id)


@pytest.fixture
async def manual_order(merchant: MerchantFacts) -> Order:
    """The same, but somebody has to say yes."""
    policy = {**FIRST_POLICY, "defaults": {**FIRST_POLICY["defaults"], "approval": "manual"}}
    await publish_policy(merchant.id, policy, NOW)
    return await delivered_order(merchant.id)
