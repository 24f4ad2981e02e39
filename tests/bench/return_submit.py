"""Sending a return: the POST behind "Send", from the cookie to the redirect, with everything that it decides and owes.

Floor: one transaction that locks the order and makes three inserts. Each request takes an order of its own, whose
browser has come as far as the last page; that is prepared before the clock starts.
"""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlencode

import orjson
from starlette.types import ASGIApp

from portal.db.setup import connection
from portal.kernel.ids import digest, new_id, new_token
from portal.policies.queries import find_policy
from portal.returns.quoting import make_offer
from portal.returns.rules import Pick
from portal.tracking.queries import find_page
from portal.web.csrf import masked
from tests.bench.asking import Question
from tests.bench.floor_app import create_floor
from tests.bench.ground import Ground, copied_id
from tests.bench.rounds import ROUNDS, Result, at_once, compare
from tests.factories.merchants import NOW

AIM, EACH, WORKERS = 0.35, 24, 8
ORDERS = EACH * (ROUNDS + 1)


async def run(ground: Ground) -> list[Result]:
    """Measure, then count: every request has made its return."""
    floor = create_floor(str(ground.settings.database_url), str(ground.settings.redis_url))
    async with floor.router.lifespan_context(floor):
        ready = [await _ready(ground, number) for number in range(1, 2 * ORDERS + 1)]
        mine, theirs = _asked(ground, ground.app, ready[:ORDERS]), _asked(ground, floor, ready[ORDERS:])
        before = await _returns(ground)
        result = await compare(
            "return submit (POST)",
            at_once(lambda: _sent(next(mine)), WORKERS),
            at_once(lambda: _sent(next(theirs)), WORKERS),
            aim=AIM,
            each=EACH,
        )
        made = await _returns(ground) - before
        if made != 2 * ORDERS:
            raise AssertionError(f"{2 * ORDERS} requests made {made} returns")
    return [result]


async def _sent(question: Question) -> None:
    answer = await question.ask()
    if answer.status != 303 or not answer.headers["location"].endswith("/confirmation"):
        raise AssertionError(f"not sent: {answer.status} {answer.headers.get('location')}")


async def _ready(ground: Ground, number: int) -> tuple[str, str, dict[str, str]]:
    """A browser at the last page of a return of one jacket: path, session token, the form's fields."""
    order_id, token, draft_id = copied_id(ground.order.id, number), new_token(), new_id()
    page = await find_page(ground.merchant.id, order_id)
    assert page is not None
    policy = await find_policy(ground.merchant.id, ground.order.policy_version_id)
    assert policy is not None
    line = page.content["lines"][0]["id"]
    pick = Pick(line, 1, "size_too_small", "")
    offer = make_offer(page.content, {}, policy, [pick], ground.merchant.time_zone, NOW)
    session_id, merchant_id, until = new_id(), ground.merchant.id, NOW + timedelta(hours=12)
    proven = orjson.dumps({str(order_id): int(until.timestamp())}).decode()
    await connection().execute_query(
        "INSERT INTO shopper_sessions (id, merchant_id, token_hash, order_ids, typed_number, created_at, expires_at, "
        "proven) VALUES ($1, $2, $3, $4, '', $5, $6, $7)",
        [session_id, merchant_id, digest(token), f'["{order_id}"]', NOW, until, proven],
    )
    picks = [{"line_id": line, "quantity": 1, "reason": pick.reason, "comment": ""}]
    await connection().execute_query(
        "INSERT INTO return_drafts (id, merchant_id, session_id, order_id, picks, created_at, updated_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $6)",
        [draft_id, merchant_id, session_id, order_id, orjson.dumps(picks).decode(), NOW],
    )
    return f"/orders/{order_id}/returns", token, {"draft": str(draft_id), "stamp": offer.stamp, "line": line}


def _asked(ground: Ground, app: ASGIApp, ready: list[tuple[str, str, dict[str, str]]]) -> Iterator[Question]:
    """The requests, one order each."""
    for path, token, fields in ready:
        body = urlencode({"csrf_token": masked(ground.secret), **fields}).encode()
        cookie = f"doorstep={token}; doorstep-form={ground.secret}"
        yield Question(app, path, ground.host, cookie, body)


async def _returns(ground: Ground) -> int:
    rows = await connection().execute_query_dict(
        "SELECT count(*) AS n FROM returns WHERE merchant_id = $1", [ground.merchant.id]
    )
    return int(rows[0]["n"])
