"""A clock that a test can move, an application under it, an order, and browsers at its door."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from starlette.applications import Starlette

from graphql_api.application import create_application
from portal.intake.service import record_order
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.policies.service import publish_policy
from portal.settings import Settings
from tests.factories.browsers import Browser, open_browser
from tests.factories.merchants import NOW
from tests.factories.policies import FIRST_POLICY
from tests.factories.records import delivered_parcel, order_record

EMAIL = "jonas@example.com"


class Clock:
    """What the application takes for now."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def goes(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def moving(settings: Settings, open_database: None, clock: Clock) -> AsyncIterator[Starlette]:
    """The application under a clock of this test's own."""
    application = create_application(settings, clock=clock)
    yield application
    await application.state.limiter.close()
    await application.state.buckets.close()


@pytest.fixture
async def order(merchant: MerchantFacts) -> Order:
    """Delivered, with a policy, so that it may be sent back."""
    await publish_policy(merchant.id, FIRST_POLICY, NOW)
    record = order_record(parcels=(delivered_parcel(),))
    await record_order(merchant.id, record, NOW)
    return await Order.get(merchant_id=merchant.id, source_id=record.source_id)


@pytest.fixture
def browser(moving: Starlette, merchant: MerchantFacts) -> Browser:
    return open_browser(moving, merchant)


@pytest.fixture
async def visitor(browser: Browser, order: Order) -> Browser:
    """A browser that has looked the order up and no more."""
    await browser.look_up(order.number, "10119")
    return browser
