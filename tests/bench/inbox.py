"""Webhook in: proven, kept once, promised to be applied, answered.

Floor: bare starlette and one connection pool: HMAC of the raw body, `INSERT … ON CONFLICT DO NOTHING` of the same body,
the same answer. Ours is the whole application: the merchant from the host, the shop's secrets, the inbox row and the
outbox row in one statement. Every delivery is a new event; a second pair repeats one event that is known.
"""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import os
import shutil
import statistics
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Message

from portal.db.setup import connection, credentials
from portal.intake.connections import connect_shop
from portal.integrations.shopify.webhooks import sign
from tests.bench.asking import Question
from tests.bench.ground import Ground
from tests.bench.rounds import Result, Work, at_once, compare, say
from tests.bench.serving import CONNECTIONS, FAILED, LOAD_CORE, RATE, SECONDS, WIRE_ROUNDS, _served
from tests.factories.merchants import NOW
from tests.factories.shopify import fulfillment, line_item, order

SHOP, SECRET = "bench.myshopify.com", "shpss_0123456789abcdef"
WORKERS, EACH, AIM = 8, 400, 0.80
NOBODY = Starlette()
MERCHANT = UUID(int=1)
TABLE = """
CREATE TABLE IF NOT EXISTS floor_inbox (
    id uuid PRIMARY KEY, merchant_id uuid NOT NULL, topic text NOT NULL, event_id text NOT NULL, body bytea NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(), UNIQUE (merchant_id, topic, event_id)
)
"""
INSERT = """
INSERT INTO floor_inbox (id, merchant_id, topic, event_id, body) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
"""


async def run(ground: Ground) -> list[Result]:
    """New events, and one event again and again; in this process, and new ones over the wire."""
    await connect_shop(ground.merchant.id, "shopify", SHOP, SECRET, {}, NOW)
    body = json.dumps(order([line_item(n) for n in range(1, 6)], fulfillments=[fulfillment()]), default=str).encode()
    await connection().execute_script(TABLE)
    os.environ["DATABASE_URL"] = str(ground.settings.database_url)
    bare, results = create_floor(), []
    async with bare.router.lifespan_context(bare):
        for name, event in (("webhook in, new event", ""), ("webhook in, event known", str(uuid4()))):
            ours, floor = (_sender(app, ground.host, body, event) for app in (ground.app, bare))
            results.append(await compare(name, ours, floor, aim=AIM, each=EACH))
    return [*results, *await over_the_wire(ground, body)]


def _sender(app: Starlette, host: str, body: bytes, event: str) -> Work:
    """Deliveries of one body, driven without a network."""
    signature = sign(body, SECRET)

    async def one() -> None:
        status: list[int] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            status.append(message.get("status", 0))

        await app(_scope(host, body, event or str(uuid4()), signature), receive, send)
        assert status[0] == 200

    return at_once(one, WORKERS)


def _scope(host: str, body: bytes, event: str, signature: bytes) -> dict[str, Any]:
    headers = {
        "host": host,
        "content-type": "application/json",
        "content-length": str(len(body)),
        "user-agent": "Shopify-Captain-Hook",
        "x-shopify-shop-domain": SHOP,
        "x-shopify-topic": "orders/updated",
        "x-shopify-event-id": event,
        "x-shopify-triggered-at": "2026-11-12T11:05:01.000000001Z",
    }
    return {
        **Question(NOBODY, "/hooks/shops/shopify", host).scope(),
        "method": "POST",
        "headers": [
            *((name.encode(), value.encode()) for name, value in headers.items()),
            (b"x-shopify-hmac-sha256", signature),
        ],
    }


def create_floor() -> Starlette:
    """The floor as a server of its own runs it; the database is the environment's."""
    address = credentials(os.environ["DATABASE_URL"])
    wanted = {name: value for name, value in address.items() if name not in {"minsize", "maxsize"}}
    pools: list[asyncpg.Pool] = []

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with asyncpg.create_pool(**wanted, min_size=1, max_size=10) as pool:
            pools.append(pool)
            yield

    async def receive(request: Request) -> Response:
        body = await request.body()
        expected = base64.b64encode(hmac.digest(SECRET.encode(), body, hashlib.sha256))
        if not hmac.compare_digest(expected, request.headers["x-shopify-hmac-sha256"].encode()):
            return JSONResponse({}, 401)
        topic, event = request.headers["x-shopify-topic"], request.headers["x-shopify-event-id"]
        await pools[0].execute(INSERT, uuid4(), MERCHANT, topic, event, body)
        return JSONResponse({})

    # What serving asks for to know that the server is up.
    async def healthy(request: Request) -> Response:
        return JSONResponse({})

    routes = [Route("/hooks/shops/shopify", receive, methods=["POST"]), Route("/healthz", healthy)]
    return Starlette(routes=routes, lifespan=lifespan)


SCRIPT = """
local file = io.open("%(body)s", "rb"); local body = file:read("*a"); file:close()
local count = 0
request = function()
  count = count + 1
  return wrk.format("POST", "/hooks/shops/shopify", {
    ["Host"] = "%(host)s", ["content-type"] = "application/json", ["x-shopify-shop-domain"] = "%(shop)s",
    ["x-shopify-topic"] = "orders/updated", ["x-shopify-event-id"] = "%(round)s-" .. count,
    ["x-shopify-hmac-sha256"] = "%(signature)s"}, body)
end
"""


async def over_the_wire(ground: Ground, body: bytes) -> list[Result]:
    """New events over loopback: the real server on one core, the load on the other. Nothing without `wrk`."""
    program = shutil.which("wrk")
    if program is None or len(os.sched_getaffinity(0)) <= LOAD_CORE:
        say("  over the wire: not measured (needs wrk and two cores)")
        return []
    rates: list[tuple[float, float]] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        _served("tests.bench.serving:ours", ground) as own,
        _served("tests.bench.inbox:create_floor", ground) as base,
    ):
        for number in range(WIRE_ROUNDS + 1):
            ports = (own, base) if number % 2 else (base, own)
            pair = [await _rate(program, port, ground.host, body, Path(folder)) for port in ports]
            rates.append((pair[0], pair[1]) if number % 2 else (pair[1], pair[0]))
    ratios = tuple(mine / theirs for mine, theirs in rates[1:])
    times = [statistics.median(1000 / pair[side] for pair in rates[1:]) for side in (0, 1)]
    return [Result(f"webhook in over loopback, {CONNECTIONS} connections", times[0], times[1], ratios, AIM)]


async def _rate(program: str, port: int, host: str, body: bytes, folder: Path) -> float:
    """Deliveries a second in one round. Raises RuntimeError when one was not taken."""
    (folder / "body").write_bytes(body)
    facts = {
        "body": folder / "body",
        "host": host,
        "shop": SHOP,
        "round": uuid4(),
        "signature": sign(body, SECRET).decode(),
    }
    (folder / "load.lua").write_text(SCRIPT % facts)
    process = await asyncio.create_subprocess_exec(
        *(program, "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-s", str(folder / "load.lua")),
        f"http://127.0.0.1:{port}",
        stdout=asyncio.subprocess.PIPE,
    )
    os.sched_setaffinity(process.pid, {LOAD_CORE})
    said = (await process.communicate())[0].decode()
    found = RATE.search(said)
    if found is None or FAILED.search(said):
        raise RuntimeError(f"the load did not go well:\n{said}")
    return float(found[1])
