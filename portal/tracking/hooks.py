"""The door for carriers and aggregators: signed deliveries of scans, `POST /hooks/tracking/{source}`.

A source named after a vendor ("easypost", "aftership", "shippo") speaks and signs as that vendor documents; any other
speaks our own language and signs the raw bytes: `Doorstep-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>." +
body>`. 200 when the delivery is kept, also when it was already: a worker applies it. The merchant is the host's, so a
number that another merchant also has stays untouched there.
"""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from uuid import UUID

import orjson
import structlog
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from portal.db.gathering import Bell, Together
from portal.integrations.scans import Delivery, PayloadRefused
from portal.merchants.visits import Hosts
from portal.tracking.inbox import Kept, keep_deliveries, ring_for
from portal.tracking.normalising import webhooks_of
from portal.tracking.payloads import read_delivery
from portal.tracking.sources import Keyring, can_be_named

log = structlog.get_logger()
ADDRESS = "/hooks/tracking/"
LARGEST_DELIVERY = 256 * 1024
MOST_TOGETHER = 64
TOLERANCE = timedelta(minutes=5)

keyring = Keyring()


class ScanDoor:
    """Answers `/hooks/tracking/…` before the layers of the pages (language, look, compression): carriers send hundreds
    of deliveries where shoppers open a page, and want a status and nothing else.
    """

    def __init__(self, app: ASGIApp, hosts: Hosts | None = None) -> None:
        self._app = app
        self._hosts = hosts or Hosts()
        self._together = Together(keep_deliveries, MOST_TOGETHER)
        self._bell: Bell[UUID] = Bell(lambda merchants: ring_for(merchants, datetime.now(UTC)))
        self._limited = RequestBodyLimitMiddleware(self._deliver, max_body_size=LARGEST_DELIVERY)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ours = scope["type"] == "http" and scope["path"].startswith(ADDRESS)
        await (self._limited if ours else self._app)(scope, receive, send)

    async def _deliver(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        source = request.scope["path"].removeprefix(ADDRESS)
        if not can_be_named(source):
            return _told(404, "no such source")
        if request.method != "POST":
            return _told(405, "deliveries are posted")
        merchant = await self._hosts.asked_for(request.scope)
        if merchant is None:
            return _told(421, "no shop lives at this address")
        body, now = await request.body(), request.app.state.clock()
        if not await keyring.proven(
            merchant.id, source, now, lambda secret: _proves(request, source, body, secret, now)
        ):
            log.warning("tracking delivery refused", source=source, size=len(body))
            return _told(401, "the signature does not fit")
        return await self._take(merchant.id, source, body, now)

    async def _take(self, merchant_id: UUID, source: str, body: bytes, now: datetime) -> Response:
        try:
            scans, refused = read_delivery(source, body, now)
        except PayloadRefused as error:
            log.warning("tracking delivery unreadable", source=source, size=len(body), reason=str(error))
            return _told(400, str(error))
        if refused:
            log.warning("scans refused", source=source, refused=refused[:5], count=len(refused))
        if (scans or refused) and await self._together.add(Kept(merchant_id, source, body, now)):
            self._bell.ring(merchant_id)
        return Response(orjson.dumps({"read": len(scans), "refused": refused}), media_type="application/json")


def is_signed(header: str, body: bytes, secret: str, now: datetime) -> bool:
    """Whether the header proves the body, in constant time and not older than five minutes."""
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    stamp = parts.get("t", "")
    if not (stamp.isdecimal() and stamp.isascii() and len(stamp) <= 12):
        return False
    fresh = abs(now.timestamp() - int(stamp)) <= TOLERANCE.total_seconds()
    expected = sign(secret, int(stamp), body)
    return hmac.compare_digest(expected.encode(), parts.get("v1", "").encode()) and fresh


def sign(secret: str, stamp: int, body: bytes) -> str:
    """The hex signature of a delivery made at `stamp` (unix seconds)."""
    return hmac.digest(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hex()


def _proves(request: Request, source: str, body: bytes, secret: str, now: datetime) -> bool:
    vendor = webhooks_of(source)
    if vendor is None:
        return is_signed(request.headers.get("doorstep-signature", ""), body, secret, now)
    path: str = request.scope["path"]
    delivery = Delivery(request.method, path, request.query_params, request.headers, body)
    return bool(vendor.is_signed(delivery, secret, now))


def _told(status: int, reason: str) -> Response:
    return JSONResponse({"error": reason}, status)
