"""The door for shops: `POST /hooks/shops/{platform}` on the merchant's host.

200 when the delivery is kept, also when it was already; 401 when the signature does not prove it or the shop is not
this merchant's (the same answer); 400 and 413 for what no platform sends. Reading it is the worker's business.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from portal.intake.inbox import keep_delivery
from portal.intake.models import ShopConnection
from portal.intake.platforms import ANSWERS, webhooks_of
from portal.intake.queries import find_connection
from portal.integrations.deliveries import Delivery, DeliveryRefused
from portal.merchants.visits import visit_of

log = structlog.get_logger()
LARGEST_DELIVERY = 4 * 1024 * 1024
"""Shopify's orders are 5-200 KB; one with 500 lines is below 2 MB."""
KEPT_SECONDS = 15.0
"""How long a process answers from the secrets it knows. A signature that does not fit them makes it look again."""
Find = Callable[[UUID, str, str], Awaitable[ShopConnection | None]]


@dataclass(slots=True)
class _Known:
    until: float
    secrets: tuple[str, ...]


class Secrets:
    """The secrets of a shop's live connection, remembered for a moment; of shops that are none nothing is kept."""

    def __init__(self, find: Find = find_connection) -> None:
        self._find = find
        self._known: dict[tuple[UUID, str, str], _Known] = {}

    async def proves(self, merchant_id: UUID, platform: str, shop: str, fits: Callable[[str], bool]) -> bool:
        """Whether one of the shop's secrets fits."""
        known = self._known.get((merchant_id, platform, shop))
        if known and known.until > time.monotonic() and _any(fits, known.secrets):
            return True
        return _any(fits, await self._read(merchant_id, platform, shop))

    async def _read(self, merchant_id: UUID, platform: str, shop: str) -> tuple[str, ...]:
        row = await self._find(merchant_id, platform, shop)
        self._known.pop((merchant_id, platform, shop), None)
        if row is None:
            return ()
        secrets = tuple(secret for secret in (row.secret, row.previous_secret) if secret)
        if len(self._known) > 10_000:
            self._known.clear()
        self._known[(merchant_id, platform, shop)] = _Known(time.monotonic() + KEPT_SECONDS, secrets)
        return secrets


def _any(fits: Callable[[str], bool], secrets: tuple[str, ...]) -> bool:
    """Every secret is tried, so that the time does not tell which one fits."""
    return sum(fits(secret) for secret in secrets) > 0


SECRETS = Secrets()


async def receive_delivery(request: Request) -> Response:
    """Prove, keep, answer."""
    platform = request.path_params["platform"]
    if platform not in ANSWERS:
        return JSONResponse({"error": "no such platform"}, 404)
    body, now = await request.body(), request.app.state.clock()
    merchant_id = visit_of(request).merchant.id
    try:
        delivery = webhooks_of(platform).read_delivery(request.headers, body)
    except DeliveryRefused as refused:
        log.warning("delivery refused", platform=platform, reason=str(refused), size=len(body))
        return JSONResponse({"error": str(refused)}, 400)
    if not await _is_proven(request, merchant_id, platform, delivery, body, now):
        log.warning("delivery not proven", platform=platform, shop=delivery.shop, topic=delivery.topic, size=len(body))
        return JSONResponse({"error": "the signature does not fit"}, 401)
    if not body:
        return JSONResponse({"error": "empty"}, 400)
    await keep_delivery(merchant_id, platform, delivery, body, now)
    return JSONResponse(ANSWERS[platform])


async def _is_proven(
    request: Request, merchant_id: UUID, platform: str, delivery: Delivery, body: bytes, now: datetime
) -> bool:
    signed = webhooks_of(platform).is_signed
    headers = request.headers
    return await SECRETS.proves(merchant_id, platform, delivery.shop, lambda secret: signed(headers, body, secret, now))


routes = [
    Route("/hooks/shops/{platform}", receive_delivery, methods=["POST"], max_body_size=LARGEST_DELIVERY),
]
