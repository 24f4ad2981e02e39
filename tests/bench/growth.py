"""What a hundred times as many orders cost the hot paths, each time over orders drawn from all of them.

The two sizes cannot be interleaved in one database, so each is measured in turn with a page that asks the database
nothing, and the two quotients are compared. A merchant of its own grows, and goes at the end with the database.
`DOORSTEP_BENCH_ORDERS` makes it smaller where a million orders (about 6 GB) find no room.
"""

import os
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import count

from portal.db.setup import connection
from portal.intake.service import record_order
from portal.kernel.ids import digest, new_id, new_token
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.orders.queries import find_order_by_contact
from portal.tracking.rules import ParcelStatus
from portal.tracking.service import HeardScan, record_scans
from portal.tracking.sources import add_source
from tests.bench.asking import Question
from tests.bench.ground import Ground
from tests.bench.growing import fill_inbox, grow, grown_id, mass
from tests.bench.rounds import Result, at_once, compare, say
from tests.bench.webhook import deliver, packed
from tests.factories.merchants import NOW, make_merchant
from tests.factories.records import order_record, parcel_record

SMALL, LARGE = 10_000, int(os.environ.get("DOORSTEP_BENCH_ORDERS", "1000000"))
GROWN = ("orders", "parcels", "tracking_events", "order_pages")
"""What these paths read and write; the other tables need not grow for them."""
AIM, EACH, WORKERS, DRAWN = 1 / 1.2, 160, 8, 400
NUMBER = "GROWN"


async def run(ground: Ground) -> list[Result]:
    """Measure, grow, measure again."""
    merchant = await make_merchant()
    await record_order(merchant.id, order_record(parcels=(parcel_record(tracking_number=NUMBER),)), NOW)
    order = await Order.get(merchant_id=merchant.id)
    way = [HeardScan(NUMBER, ParcelStatus.IN_TRANSIT, NOW - timedelta(hours=30 - 9 * hop)) for hop in range(3)]
    await record_scans(merchant.id, "grown", way, NOW)
    secret = await add_source(merchant.id, "bench-webhook", NOW)
    paths = Paths(ground, merchant, order, secret)
    async with mass(str(ground.settings.database_url)) as link:
        await grow(link, order, 1, SMALL, GROWN)
        small = await paths.measured(SMALL)
        await grow(link, order, SMALL + 1, LARGE, GROWN)
        await fill_inbox(link, merchant.id, LARGE)
        large = await paths.measured(LARGE)
    found = []
    for name in small:
        ratios = tuple(big / little for big, little in zip(large[name].ratios, small[name].ratios, strict=True))
        label = f"{name}, {SMALL:,} to {LARGE:,} orders"
        found.append(Result(label, large[name].ours_ms, small[name].ours_ms, ratios, AIM))
    say(f"  floor: the same with {SMALL:,} orders")
    return found


class Paths:
    """The hot paths over one merchant's orders, however many there are."""

    def __init__(self, ground: Ground, merchant: MerchantFacts, order: Order, secret: str) -> None:
        self.ground, self.merchant, self.order, self.secret = ground, merchant, order, secret
        self.host = f"{merchant.slug}.localhost"
        self.turn = count(1)

    async def measured(self, orders: int) -> dict[str, Result]:
        """Every path beside a page that asks the database nothing."""
        draw = random.Random(orders)
        pages = [await self._seen(draw.randint(1, orders)) for _ in range(DRAWN)]
        front = Question(self.ground.app, "/", self.host, f"doorstep-form={self.ground.secret}")

        async def look_up() -> None:
            number = f"{self.order.number}{draw.randint(1, orders)}"
            if await find_order_by_contact(self.merchant.id, number, self.order.email_key) is None:
                raise AssertionError(f"{number} is not there")

        async def apply() -> None:
            heard = await record_scans(self.merchant.id, "bench", [self._scan(draw.randint(1, orders))], NOW)
            if heard.taken != 1:
                raise AssertionError(heard)

        async def bring() -> None:
            body = packed(self._scan(draw.randint(1, orders)))
            await deliver(self.ground.app, self.host, self.secret, body)

        paths: dict[str, Callable[[], Awaitable[object]]] = {
            "tracking page": lambda: draw.choice(pages).ask(),
            "finding an order": look_up,
            "tracking event applied": apply,
            "webhook in": bring,
        }
        still = at_once(front.ask, WORKERS)
        return {
            name: await compare(name, at_once(path, WORKERS), still, aim=0, each=EACH) for name, path in paths.items()
        }

    def _scan(self, number: int) -> HeardScan:
        turn = next(self.turn)
        at = NOW - timedelta(hours=1) + timedelta(microseconds=turn)
        return HeardScan(f"{NUMBER}{number}", ParcelStatus.IN_TRANSIT, at, event_id=str(turn), city="Leipzig")

    async def _seen(self, number: int) -> Question:
        """The page of one copy, for a browser that has found it."""
        order_id, token = grown_id(self.order.id, number), new_token()
        await connection().execute_query(
            "INSERT INTO shopper_sessions (id, merchant_id, token_hash, order_ids, typed_number, created_at, "
            "expires_at) VALUES ($1, $2, $3, $4, '', $5, $6)",
            [new_id(), self.merchant.id, digest(token), f'["{order_id}"]', NOW, NOW + timedelta(hours=12)],
        )
        cookie = f"doorstep={token}; doorstep-form={self.ground.secret}"
        return Question(self.ground.app, f"/orders/{order_id}", self.host, cookie)
