"""What ten times as many orders cost the tracking page and the lookup, each time over orders drawn from all of them.

The two sizes cannot be interleaved in one database, so each is measured in turn with a page that asks the database
nothing, and the two quotients are compared. It leaves a large database behind, which those after it hardly notice.
"""

import random
from datetime import timedelta

from portal.db.setup import connection
from portal.kernel.ids import digest, new_id, new_token
from portal.orders.queries import find_order_by_contact
from tests.bench.asking import Question
from tests.bench.ground import COMPANIONS, Ground, copied_id, copy_orders
from tests.bench.rounds import Result, Work, at_once, compare, say
from tests.factories.merchants import NOW

LARGE = 10 * COMPANIONS
READ = ("orders", "order_pages")
"""What these paths read; the other tables need not grow for them."""
AIM, EACH, WORKERS, DRAWN = 1 / 1.2, 160, 8, 400


async def run(ground: Ground) -> list[Result]:
    """Measure, grow, measure again."""
    small = await _measured(ground, COMPANIONS)
    await copy_orders(ground.order, COMPANIONS + 1, LARGE, READ)
    await connection().execute_script("ANALYZE orders; ANALYZE order_pages; ANALYZE shopper_sessions")
    large = await _measured(ground, LARGE)
    found = []
    for name in small:
        ratios = tuple(big / little for big, little in zip(large[name].ratios, small[name].ratios, strict=True))
        found.append(
            Result(f"{name}, {COMPANIONS:,} to {LARGE:,} orders", large[name].ours_ms, small[name].ours_ms, ratios, AIM)
        )
    say(f"  floor: the same with {COMPANIONS:,} orders")
    return found


async def _measured(ground: Ground, orders: int) -> dict[str, Result]:
    draw = random.Random(orders)
    pages = [await _seen(ground, draw.randint(1, orders)) for _ in range(DRAWN)]
    front = Question(ground.app, "/", ground.host, f"doorstep-form={ground.secret}")

    async def look_up() -> None:
        number = f"{ground.order.number}{draw.randint(1, orders)}"
        if await find_order_by_contact(ground.merchant.id, number, "jonas@example.com") is None:
            raise AssertionError(f"{number} is not there")

    still = at_once(front.ask, WORKERS)
    works: dict[str, Work] = {
        "tracking page": at_once(lambda: draw.choice(pages).ask(), WORKERS),
        "finding an order": at_once(look_up, WORKERS),
    }
    return {name: await compare(name, work, still, aim=0, each=EACH) for name, work in works.items()}


async def _seen(ground: Ground, number: int) -> Question:
    """The page of one copy, for a browser that has found it."""
    order_id, token = copied_id(ground.order.id, number), new_token()
    await connection().execute_query(
        "INSERT INTO shopper_sessions (id, merchant_id, token_hash, order_ids, typed_number, created_at, expires_at) "
        "VALUES ($1, $2, $3, $4, '', $5, $6)",
        [new_id(), ground.merchant.id, digest(token), f'["{order_id}"]', NOW, NOW + timedelta(hours=12)],
    )
    return Question(ground.app, f"/orders/{order_id}", ground.host, f"doorstep={token}; doorstep-form={ground.secret}")
