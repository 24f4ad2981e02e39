"""A page of 50 returns with 5 lines each through the API's whole door, beside bare graphql-core on one query's rows.

The floor has no key, no limits, no cost and no scopes; it parses and validates every time as graphql-core does by
itself, or (the stricter floor) keeps the document as we do. Both send the same data. Ours also pays for a full bucket
after every request, which no client does: without it the throttle would answer.
"""

from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from graphql import DocumentNode, GraphQLSchema, build_schema, execute, parse, validate
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from graphql_api.schema import COMMITTED
from graphql_api.throttle import CAPACITY
from portal.db.setup import credentials
from portal.intake.service import record_order
from portal.kernel.ids import new_id
from portal.merchants.queries import find_api_key
from portal.merchants.service import SCOPES, create_api_key
from portal.orders.models import Order, OrderLine
from portal.returns.models import Return, ReturnLine
from tests.bench.ground import Ground
from tests.bench.rounds import Result, compare, say
from tests.factories.merchants import NOW
from tests.factories.records import delivered_parcel, line_record, order_record

RETURNS, LINES, EACH, AIM = 50, 5, 40, 0.80
DOCUMENT = """
{ returns(first: 50) {
  nodes {
    id number state requestedAt refund { amount currencyCode }
    lines { quantity reason comment refund { amount currencyCode } }
  }
  pageInfo { hasNextPage endCursor }
} }
"""
BODY = orjson.dumps({"query": DOCUMENT})
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ROWS = """
SELECT r.id, r.number, r.state, r.requested_at, r.currency, r.refund, (
    SELECT json_agg(json_build_object('quantity', l.quantity, 'reason', l.reason, 'comment', l.comment,
        'refund', l.refund) ORDER BY o.position)
    FROM return_lines l JOIN order_lines o ON o.id = l.line_id WHERE l.return_id = r.id
) AS lines
FROM returns r WHERE r.merchant_id = $1 ORDER BY r.requested_at, r.id LIMIT 51
"""


async def run(ground: Ground) -> list[Result]:
    """Prove that both sides tell the same, then measure."""
    await fill(ground.merchant.id)
    token = await create_api_key(ground.merchant.id, "bench", tuple(SCOPES), NOW)
    address = credentials(str(ground.settings.database_url))
    pool = await asyncpg.create_pool(
        **{name: value for name, value in address.items() if name not in {"minsize", "maxsize"}},
        min_size=1,
        max_size=10,
    )
    try:
        buckets = ground.app.state.buckets
        key = await find_api_key(token, NOW)
        assert key is not None
        once = asking(ground.app, ground.host, token)

        async def ours() -> bytes:
            answer = await once()
            assert answer.startswith(b'{"data":{')
            await buckets.spend(str(key.id), -CAPACITY)
            return answer

        bare, keeping = (asking(floor(pool, ground.merchant.id, keep), ground.host, token) for keep in (False, True))
        told = [orjson.loads(await side())["data"] for side in (ours, bare, keeping)]
        if told[0] != told[1] or told[1] != told[2]:
            raise AssertionError("the floor tells something else")

        async def many(side: Callable[[], Awaitable[bytes]], count: int) -> None:
            for _ in range(count):
                await side()

        results = [
            await compare(name, lambda n: many(ours, n), lambda n, side=side: many(side, n), aim=AIM, each=EACH)
            for name, side in (("GraphQL: 50 returns x 5 lines", bare), ("the same, floor keeps documents", keeping))
        ]
        await buckets.close()
    finally:
        await pool.close()
    say(f"  {RETURNS} returns, {RETURNS * LINES} lines, {len(orjson.dumps(told[0])):,} bytes of data")
    return results


async def fill(merchant_id: UUID) -> None:
    """Fifty returns of five lines each, all of one large order."""
    lines = tuple(line_record(f"b{number}", quantity=RETURNS) for number in range(LINES))
    record = order_record(lines=lines, parcels=(delivered_parcel(lines=((lines[0].source_id, 1),)),))
    await record_order(merchant_id, record, NOW)
    order = await Order.get(merchant_id=merchant_id, source_id=record.source_id)
    line_ids = [row.id for row in await OrderLine.filter(merchant_id=merchant_id, order_id=order.id)]
    rows = [a_return(merchant_id, order.id, number) for number in range(RETURNS)]
    await Return.bulk_create(rows)
    await ReturnLine.bulk_create(
        ReturnLine(
            id=new_id(),
            merchant_id=merchant_id,
            return_id=row.id,
            line_id=line_id,
            quantity=1,
            reason="style",
            comment="Too bright.",
            gross=18900,
            refund=18900,
        )
        for row in rows
        for line_id in line_ids
    )


def a_return(merchant_id: UUID, order_id: UUID, number: int) -> Return:
    """One row as the service writes it."""
    at = NOW - timedelta(minutes=number)
    return Return(
        id=new_id(),
        merchant_id=merchant_id,
        order_id=order_id,
        number=f"R-{9000 + number}",
        request_key=f"bench:{number}",
        request_digest=b"",
        state="approved",
        via="api",
        currency="EUR",
        refund=18900 * LINES,
        quote={},
        decision={},
        method="prepaid_label",
        ship_by=NOW.date(),
        locale="en",
        requested_at=at,
        updated_at=at,
    )


def asking(app: Any, host: str, token: str) -> Callable[[], Awaitable[bytes]]:
    """A question to an application, without a network."""
    headers = [
        (b"host", host.encode()),
        (b"authorization", f"Bearer {token}".encode()),
        (b"content-type", b"application/json"),
        (b"content-length", str(len(BODY)).encode()),
    ]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 40000),
        "server": ("127.0.0.1", 8000),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": BODY, "more_body": False}

    async def ask() -> bytes:
        sent: list[bytes] = []

        async def send(message: Any) -> None:
            sent.append(message.get("body", b""))

        await app({**scope, "state": {}}, receive, send)
        return b"".join(sent)

    return ask


def floor(pool: asyncpg.Pool, merchant_id: UUID, keep: bool) -> Starlette:
    """Starlette, one query, graphql-core on dictionaries."""
    schema = build_schema(Path(COMMITTED).read_text("utf-8"))
    kept: dict[str, DocumentNode] = {}

    async def answer(request: Request) -> Response:
        query = orjson.loads(await request.body())["query"]
        document = kept.get(query)
        if document is None:
            document = checked(schema, query)
            if keep:
                kept[query] = document
        rows = await pool.fetch(ROWS, merchant_id)
        result: Any = execute(schema, document, root_value={"returns": page(rows)})
        return Response(orjson.dumps({"data": result.data}), media_type="application/json")

    return Starlette(routes=[Route("/graphql", answer, methods=["POST"])])


def checked(schema: GraphQLSchema, query: str) -> DocumentNode:
    """Parsed and validated."""
    document = parse(query)
    assert not validate(schema, document)
    return document


def page(rows: list[asyncpg.Record]) -> dict[str, Any]:
    """What graphql-core needs, as dictionaries."""
    nodes = [node(row) for row in rows[:RETURNS]]
    last = rows[:RETURNS][-1]
    place = f"{(last['requested_at'] - EPOCH) // timedelta(microseconds=1)}:{last['id']}"
    end = urlsafe_b64encode(place.encode()).decode()
    return {"nodes": nodes, "pageInfo": {"hasNextPage": len(rows) > RETURNS, "endCursor": end}}


def node(row: asyncpg.Record) -> dict[str, Any]:
    """One return."""
    return {
        "id": urlsafe_b64encode(f"Return:{row['id']}".encode()).decode(),
        "number": row["number"],
        "state": row["state"].upper(),
        "requestedAt": row["requested_at"].isoformat(),
        "refund": amount(row["refund"], row["currency"]),
        "lines": [
            {**line, "reason": line["reason"].upper(), "refund": amount(line["refund"], row["currency"])}
            for line in orjson.loads(row["lines"])
        ],
    }


def amount(minor: int, currency: str) -> dict[str, str]:
    """Two decimals are enough for a floor."""
    return {"amount": str(Decimal(minor).scaleb(-2)), "currencyCode": currency}
