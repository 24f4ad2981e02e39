"""A local twin of Shopify's GraphQL Admin API: it really answers the question that is put, page by page, for points.

The shelf holds orders as REST and webhooks write them. Loopback only.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import orjson
from graphql import GraphQLError, GraphQLSchema, graphql_sync, parse, validate
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.integrations.playing import play
from portal.integrations.shopify.twin_cost import MOST, Bucket, actual_cost, requested_cost
from portal.integrations.shopify.twin_nodes import Node, order_node
from portal.integrations.shopify.twin_schema import read_schema
from portal.integrations.shopify.webhooks import sign
from portal.integrations.twins import Fault, Shelf

_BOUND = re.compile(r"updated_at:(>=|<=)'([^']+)'")
_STRANGER = {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}


@dataclass(slots=True)
class Shop:
    """One shop's twin. `at_most` rows a page, whatever was asked for."""

    shelf: Shelf
    bucket: Bucket = field(default_factory=Bucket)
    at_most: int = 250
    schema: GraphQLSchema = field(default_factory=read_schema)


def create_app(shelf: Shelf, *, bucket: Bucket | None = None, at_most: int = 250) -> Starlette:
    """The API of one shop below `api_url`: /admin/api/<version>/graphql.json."""
    shop = Shop(shelf, bucket or Bucket(), at_most)

    async def answer(request: Request) -> Response:
        return await _answer(shop, request)

    return Starlette(routes=[Route("/admin/api/{version}/graphql.json", answer, methods=["POST"])])


async def _answer(shop: Shop, request: Request) -> Response:
    fault = shop.shelf.next_fault()
    if fault is Fault.UNAUTHORISED or request.headers.get("x-shopify-access-token") != shop.shelf.token:
        return _json(_STRANGER, 401)
    if fault is Fault.OUTAGE:
        return _json({"errors": "Internal Server Error"}, 500)
    asked = orjson.loads(await request.body())
    if fault is Fault.THROTTLED:
        return _json(_throttled(shop, shop.bucket.told(MOST, None)))
    found = _json(_asked(shop, asked["query"], asked.get("variables") or {}))
    return await play(fault, request, found) if fault else found


def _asked(shop: Shop, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    document = parse(query)
    wrong = validate(shop.schema, document)
    if wrong:
        return {"errors": [{"message": each.message} for each in wrong]}
    requested = requested_cost(shop.schema, document, variables)
    if requested > MOST:
        words = f"Query cost is {requested}, which exceeds the single query max cost limit ({MOST})."
        return {"errors": [{"message": words, "extensions": {"code": "MAX_COST_EXCEEDED"}}]}
    if requested > shop.bucket.level():
        return _throttled(shop, shop.bucket.told(requested, None))
    shop.bucket.pour(requested)
    found = graphql_sync(shop.schema, query, _root(shop), variable_values=dict(variables))
    actual = actual_cost(found.data)
    shop.bucket.pour(actual - requested)
    document_told: dict[str, Any] = {"data": found.data, "extensions": {"cost": shop.bucket.told(requested, actual)}}
    if found.errors:
        document_told["errors"] = [{"message": each.message} for each in found.errors]
    return document_told


def _throttled(shop: Shop, cost: Mapping[str, Any]) -> dict[str, Any]:
    error = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
    return {"errors": [error], "extensions": {"cost": cost}}


def _root(shop: Shop) -> Node:
    """The query root: what it finds, it finds on the shelf as it is now."""

    def order(info: Any, **how: str) -> Node | None:
        found = shop.shelf.orders.get(how["id"].removeprefix("gid://shopify/Order/"))
        return order_node(found) if found else None

    def part(name: str) -> Any:
        def one(info: Any, **how: str) -> Node | None:
            key = how["id"].rsplit("/", 1)[-1]
            for each in shop.shelf.orders.values():
                if any(str(entry["id"]) == key for entry in each.get(name) or ()):
                    parts = order_node(each)[name](info)
                    return next(entry for entry in parts if entry["id"] == how["id"])
            return None

        return one

    def orders(info: Any, **how: Any) -> Node:
        if how.get("sortKey") != "UPDATED_AT" or how.get("reverse"):
            raise GraphQLError("this twin sorts by UPDATED_AT only")
        return _page(shop, how.get("first") or 0, how.get("after"), how.get("query") or "")

    return {"order": order, "orders": orders, "fulfillment": part("fulfillments"), "refund": part("refunds")}


def _page(shop: Shop, first: int, after: str | None, query: str) -> Node:
    """Orders by their last change. The cursor says where in time it stands, so what changes meanwhile moves on."""
    lowest, highest = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    for sign_, moment in _BOUND.findall(query):
        bound = datetime.fromisoformat(moment)
        lowest, highest = (bound, highest) if sign_ == ">=" else (lowest, bound)
    keyed = sorted((_changed(order), int(key), order) for key, order in shop.shelf.orders.items())
    start = _place(after) if after else (lowest, 0)
    rows = [each for each in keyed if lowest <= each[0] <= highest and each[:2] > start]
    page = rows[: min(first, shop.at_most)]
    return {
        "nodes": [{"id": f"gid://shopify/Order/{key}", "updatedAt": order["updated_at"]} for _, key, order in page],
        "pageInfo": {"hasNextPage": len(rows) > len(page), "endCursor": _cursor(*page[-1][:2]) if page else None},
    }


def _changed(order: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(order["updated_at"]).replace(microsecond=0)


def _cursor(at: datetime, key: int) -> str:
    return base64.b64encode(orjson.dumps([at.isoformat(), key])).decode()


def _place(cursor: str) -> tuple[datetime, int]:
    at, key = orjson.loads(base64.b64decode(cursor))
    return datetime.fromisoformat(at), key


def _json(document: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(document, default=str), status, media_type="application/json")


def announcement(shop: str, order: Mapping[str, Any], secret: str, now: datetime) -> tuple[dict[str, str], bytes]:
    """Headers and body of the webhook for an order that changed at `now`."""
    body = orjson.dumps(order, default=str)
    event = uuid5(NAMESPACE_URL, f"{shop}/{order['id']}/{order['updated_at']}")
    return {
        "content-type": "application/json",
        "x-shopify-shop-domain": shop,
        "x-shopify-topic": "orders/updated",
        "x-shopify-event-id": str(event),
        "x-shopify-triggered-at": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "x-shopify-hmac-sha256": sign(body, secret).decode(),
    }, body
