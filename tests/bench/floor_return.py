"""The floor of sending a return: one transaction that locks the order and inserts a return, its line and an effect."""

from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import asyncpg
import orjson
from starlette.requests import Request
from starlette.responses import Response

from portal.kernel.ids import new_id
from tests.factories.merchants import NOW

LOCK = "SELECT version FROM order_pages WHERE id = $1 AND merchant_id = $2 FOR UPDATE"
RETURN = """
INSERT INTO returns (id, merchant_id, order_id, number, request_key, request_digest, state, via, currency, refund,
                     quote, decision, method, ship_by, locale, version, requested_at, updated_at)
VALUES ($1, $2, $3, $4, $5, '', 'approved', 'page', 'EUR', $6, '{}', '{}', 'prepaid_label', $7, 'de', 1, $8, $8)
"""
LINE = """
INSERT INTO return_lines (id, merchant_id, return_id, line_id, quantity, reason, comment, gross, refund, shop_units,
                          shop_refunded)
VALUES ($1, $2, $3, $4, 1, 'size_too_small', '', $5, $5, 0, 0)
"""
EFFECT = """
INSERT INTO outbox (id, merchant_id, topic, dedupe_key, payload, state, wake_at, available_at, wakes, fence, attempt,
                    lost, created_at)
VALUES ($1, $2, 'bench.floor', $3, $4::text::jsonb, 'pending', now(), now(), 0, 0, 0, 0, $5)
"""


async def send_return(request: Request) -> Response:
    """POST /orders/{order_id}/returns."""
    form = dict(parse_qsl((await request.body()).decode()))
    merchant: UUID = request.app.state.shop.id
    async with request.app.state.pool.acquire() as link, link.transaction():
        number = await _write(link, merchant, request.path_params["order_id"], form)
    return Response(status_code=303, headers={"location": f"/returns/{number}/confirmation"})


async def _write(link: Any, merchant: UUID, order_id: UUID, form: dict[str, str]) -> str:
    assert isinstance(link, asyncpg.Connection | asyncpg.pool.PoolConnectionProxy)
    return_id = new_id()
    number = f"F-{return_id.hex[-12:]}"
    await link.fetchval(LOCK, order_id, merchant)
    await link.execute(RETURN, return_id, merchant, order_id, number, f"floor-{form['draft']}", 18900, NOW.date(), NOW)
    await link.execute(LINE, new_id(), merchant, return_id, UUID(form["line"]), 18900)
    payload = orjson.dumps({"return_id": str(return_id)}).decode()
    await link.execute(EFFECT, new_id(), merchant, str(return_id), payload, NOW)
    return number
