"""The door for shops: `POST /hooks/shops/{platform}` on the merchant's host.

200 when the delivery is kept, also when it was already; 401 when the signature does not prove it or the shop is not
this merchant's (the same answer); 400 and 413 for what no platform sends. Reading it is the worker's business.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

import structlog
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from portal.db.gathering import Bell, Together
from portal.intake.inbox import Proven, keep_deliveries, ring
from portal.intake.models import ShopConnection
from portal.intake.platforms import ANSWERS, webhooks_of
from portal.intake.queries import find_connection
from portal.integrations.deliveries import DeliveryRefused
from portal.merchants.visits import Hosts

log = structlog.get_logger()
ADDRESS = "/hooks/shops/"
MOST_TOGETHER = 32
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


class ShopDoor:
    """Answers `/hooks/shops/…` before the layers of the pages (language, look, compression): platforms send thousands
    of deliveries where shoppers open a page, and want a status and nothing else. The merchant is the host's here too.
    """

    def __init__(self, app: ASGIApp, hosts: Hosts | None = None, secrets: Secrets | None = None) -> None:
        self._app = app
        self._hosts = hosts or Hosts()
        self._secrets = secrets or Secrets()
        self._together = Together(keep_deliveries, MOST_TOGETHER)
        self._bell: Bell[None] = Bell(ring)
        self._limited = RequestBodyLimitMiddleware(self._deliver, max_body_size=LARGEST_DELIVERY)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ours = scope["type"] == "http" and scope["path"].startswith(ADDRESS)
        await (self._limited if ours else self._app)(scope, receive, send)

    async def _deliver(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        platform = request.scope["path"].removeprefix(ADDRESS)
        if platform not in ANSWERS:
            return _told(404, "no such platform")
        if request.method != "POST":
            return _told(405, "deliveries are posted")
        merchant = await self._hosts.asked_for(request.scope)
        if merchant is None:
            return _told(421, "no shop lives at this address")
        return await self._take(request, platform, merchant.id)

    async def _take(self, request: Request, platform: str, merchant_id: UUID) -> Response:
        body, now, webhooks = await request.body(), request.app.state.clock(), webhooks_of(platform)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.scope["headers"]}
        try:
            delivery = webhooks.read_delivery(headers, body)
        except DeliveryRefused as refused:
            log.warning("delivery refused", platform=platform, reason=str(refused), size=len(body))
            return _told(400, str(refused))

        def fits(secret: str) -> bool:
            return webhooks.is_signed(headers, body, secret, now)

        if not await self._secrets.proves(merchant_id, platform, delivery.shop, fits):
            facts = {"platform": platform, "shop": delivery.shop, "topic": delivery.topic, "size": len(body)}
            log.warning("delivery not proven", **facts)
            return _told(401, "the signature does not fit")
        if not body:
            return _told(400, "empty")
        if await self._together.add(Proven(merchant_id, platform, delivery, body, now)):
            self._bell.ring(None)
        return TAKEN[platform]


def _told(status: int, reason: str) -> Response:
    return JSONResponse({"error": reason}, status)


TAKEN = {platform: JSONResponse(answer) for platform, answer in ANSWERS.items()}
