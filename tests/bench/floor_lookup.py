"""The lookup's floor: one indexed query, one count of a rate limit, and what a browser then gets to see."""

import hashlib
import secrets
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import orjson
from redis.asyncio import Redis
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from portal.kernel.ids import new_id
from portal.orders.rules import email_key, number_key
from tests.bench.floor_pages import hidden
from tests.factories.merchants import NOW

ONE_QUERY = """
SELECT id FROM orders WHERE merchant_id = $1 AND number_key = $2 AND (email_key = $3 OR postal_keys ? $3)
ORDER BY placed_at DESC LIMIT 1
"""
SESSION = """
INSERT INTO shopper_sessions (id, merchant_id, token_hash, order_ids, found_id, typed_number, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
TRIES, SECONDS = 1_000_000, 300


MISS = """
SELECT typed_number FROM shopper_sessions
WHERE merchant_id = $1 AND token_hash = $2 AND expires_at > $3 AND found_id IS NULL
"""


async def look_up(request: Request) -> Response:
    """POST /lookup."""
    form = dict(parse_qsl((await request.body()).decode()))
    shop: Any = request.app.state.shop
    redis: Redis = request.app.state.redis
    tries = await redis.incr(f"floor:{request.client.host if request.client else ''}")
    if tries == 1:
        await redis.expire(f"floor:{request.client.host if request.client else ''}", SECONDS)
    if tries > TRIES:
        return Response(status_code=429)
    number, contact = number_key(form["number"]), email_key(form["contact"])
    token = secrets.token_urlsafe(32)
    async with request.app.state.pool.acquire() as link:
        found = await link.fetchval(ONE_QUERY, shop.id, number, contact)
        await link.execute(
            SESSION,
            new_id(),
            shop.id,
            hashlib.sha256(token.encode()).digest(),
            orjson.dumps([str(found)] if found else []).decode(),
            found,
            form["number"],
            NOW,
            NOW + timedelta(hours=12),
        )
    response = Response(status_code=303, headers={"location": "/lookup/result"})
    response.set_cookie("doorstep", token, max_age=43200, httponly=True, samesite="lax")
    return response


async def show_result(request: Request) -> Response:
    """GET /lookup/result after a miss: the form, saying so."""
    shop: Any = request.app.state.shop
    token = hashlib.sha256(request.cookies["doorstep"].encode()).digest()
    number = await request.app.state.pool.fetchval(MISS, shop.id, token, NOW)
    view = SimpleNamespace(
        page=shop.framed("/lookup/result"),
        submit_url="/lookup",
        examples=(),
        number=number,
        not_found=True,
        again=False,
        errors=(),
    )
    secret = request.cookies["doorstep-form"]
    page = shop.templates.get_template("orders/lookup.html").render(view=view, csrf=lambda: hidden(secret))
    return HTMLResponse(page, 404)
