"""A webhook in, against HMAC and one INSERT … ON CONFLICT on the same connection pool size.

Both file the bytes away, once each, and answer; ours has also read them, and says what it could not read. Measured one
after the other, and with 32 deliveries under way, where those that come at once share a statement. Both are ASGI
applications, asked without a network.
"""

import hashlib
import hmac
from typing import Any

import asyncpg
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message

from portal.db.setup import credentials
from portal.kernel.ids import new_id
from portal.tracking.heard import HeardScan
from portal.tracking.hooks import sign
from portal.tracking.sources import add_source
from tests.bench.events import Targets, fresh, targets
from tests.bench.ground import Ground
from tests.bench.rounds import Result, at_once, compare
from tests.factories.merchants import NOW

PATH = "/hooks/tracking/bench-webhook"
AT_ONCE = 32
INBOX = "CREATE TABLE IF NOT EXISTS floor_scans (id uuid PRIMARY KEY, event bytea NOT NULL UNIQUE, body jsonb NOT NULL)"
INSERT = "INSERT INTO floor_scans (id, event, body) VALUES ($1, $2, $3) ON CONFLICT (event) DO NOTHING"
STAMP = int(NOW.timestamp())


async def run(ground: Ground) -> list[Result]:
    """One after the other, then 32 at once."""
    found = await targets(ground)
    secret = await add_source(found.merchant_id, "bench-webhook", NOW)
    given = credentials(str(ground.settings.database_url), ground.settings.database_pool)
    sizes = {"min_size": given.pop("minsize"), "max_size": given.pop("maxsize")}
    pool = await asyncpg.create_pool(**given, **sizes)
    await pool.execute(INBOX)
    floor_app = Starlette(routes=[Route(PATH, filed(pool, secret), methods=["POST"])])

    async def ours() -> None:
        await deliver(ground.app, ground.host, secret, body(found))

    async def floor() -> None:
        await deliver(floor_app, ground.host, secret, body(found))

    results = [
        await compare("webhook in, one after the other", at_once(ours, 1), at_once(floor, 1), aim=0.8, each=100),
        await compare("webhook in, 32 at once", at_once(ours, AT_ONCE), at_once(floor, AT_ONCE), aim=0.8, each=320),
    ]
    await pool.close()
    return results


def filed(pool: asyncpg.Pool, secret: str) -> Any:
    """The floor: check the signature, file the bytes."""

    async def receive(request: Request) -> Response:
        raw = await request.body()
        given = request.headers["doorstep-signature"].partition("v1=")[2]
        expected = hmac.new(secret.encode(), f"{STAMP}.".encode() + raw, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(given, expected):
            return JSONResponse({}, 401)
        await pool.execute(INSERT, new_id(), hashlib.sha256(raw).digest(), raw.decode())
        return JSONResponse({"taken": 1})

    return receive


def body(found: Targets) -> bytes:
    """One scan that nobody has heard, as it is delivered."""
    return packed(fresh(found))


def packed(scan: HeardScan) -> bytes:
    """A delivery of one scan in our own language."""
    facts = {
        "tracking_number": scan.tracking_number,
        "status": scan.status,
        "occurred_at": scan.occurred_at.isoformat(),
        "id": scan.event_id,
        "city": scan.city,
        "country": scan.country,
    }
    return orjson.dumps({"events": [facts]})


async def deliver(app: ASGIApp, host: str, secret: str, raw: bytes) -> None:
    """One signed POST; raises unless it is answered with 200."""
    headers = [
        (b"host", host.encode()),
        (b"content-type", b"application/json"),
        (b"content-length", str(len(raw)).encode()),
        (b"doorstep-signature", f"t={STAMP},v1={sign(secret, STAMP, raw)}".encode()),
    ]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 40000),
        "server": ("127.0.0.1", 8000),
        "state": {},
    }
    answers: list[int] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": raw, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answers.append(message["status"])

    await app(scope, receive, send)
    if answers != [200]:
        raise RuntimeError(f"answered {answers}")
