"""A connected shop whose API is a twin, and the worker that reads it: the clock is the test's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx2
from starlette.applications import Starlette

from portal.intake.connections import connect_shop
from portal.intake.models import InboxMessage, ShopConnection
from portal.intake.reconciling import Slice, read_on
from portal.integrations.shopify.twin import create_app
from portal.integrations.shopify.twin_cost import Bucket
from portal.integrations.twins import Shelf
from portal.merchants.queries import MerchantFacts
from tests.factories.merchants import NOW
from tests.factories.shopify import line_item, order
from tests.intake.shop_streams import SECRET, SHOP, apply_all

TOKEN = "shpat_0123456789abcdef"
CREDENTIALS = {"access_token": TOKEN, "api_url": "http://twin.test"}


def sold(number: int, at: datetime, **changes: Any) -> dict[str, Any]:
    """An order of the shop that last changed `at`; placed an hour before tests live."""
    lines = [line_item(number * 10 + 1, "100.00", 2), line_item(number * 10 + 2, "30.00")]
    placed = (NOW - timedelta(hours=1)).isoformat()
    return {
        **order(lines),
        "id": number,
        "name": f"#FW-{number}",
        "order_number": number,
        "created_at": placed,
        "processed_at": placed,
        "updated_at": at.isoformat(timespec="seconds"),
        **changes,
    }


@dataclass
class Reader:
    """The worker beside one shop. `now` moves when the test says so."""

    shelf: Shelf
    client: httpx2.AsyncClient
    now: datetime = NOW
    slices: list[Slice] = field(default_factory=list)

    def clock(self) -> datetime:
        return self.now

    async def read(self, merchant: MerchantFacts, **how: float) -> Slice:
        """One slice, and everything that it kept is applied."""
        shop = await ShopConnection.get(merchant_id=merchant.id)
        done = await read_on(merchant.id, shop.id, self.client, self.clock, **how)
        assert done is not None
        self.slices.append(done)
        await apply_all(merchant.id)
        return done


@asynccontextmanager
async def reading(app: Starlette | None = None, shelf: Shelf | None = None) -> AsyncIterator[Reader]:
    shelf = shelf or Shelf(TOKEN)
    transport = httpx2.ASGITransport(app or create_app(shelf, bucket=Bucket(restore_rate=100_000)))
    async with httpx2.AsyncClient(transport=transport) as client:
        yield Reader(shelf, client)


async def connect_twin(
    merchant: MerchantFacts, platform: str = "shopify", shop: str = SHOP, **changes: Any
) -> ShopConnection:
    """The merchant's shop with credentials for the twin, connected when tests live."""
    await connect_shop(merchant.id, platform, shop, SECRET, {**CREDENTIALS, **changes}, NOW)
    return await ShopConnection.get(merchant_id=merchant.id)


async def fresh(merchant: MerchantFacts) -> ShopConnection:
    return await ShopConnection.get(merchant_id=merchant.id)


async def kept(merchant: MerchantFacts) -> list[str]:
    """The subjects of what is in the inbox, applied."""
    found = InboxMessage.filter(merchant_id=merchant.id, state="applied").order_by("subject")
    return [row.subject for row in await found]
