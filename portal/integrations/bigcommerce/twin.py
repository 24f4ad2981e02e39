"""A local twin of BigCommerce's REST API: V2 orders with what belongs to them, V3 refunds, its window of requests.

The shelf holds orders with `products`, `shipping_addresses`, `shipments`, `coupons` and `refunds` as lists inside, and
`consignments` as an object where there is one. Loopback only.
"""

import hashlib
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.integrations.bigcommerce.webhooks import sign
from portal.integrations.playing import play
from portal.integrations.twins import Fault, Shelf

Json = dict[str, Any]
LARGEST_PAGE, USUAL_PAGE = 250, 50
_PARTS = ("products", "shipping_addresses", "shipments", "coupons")
_EVER = {"min": "0001-01-01T00:00:00+00:00", "max": "9999-12-31T23:59:59+00:00"}
_STATUSES = "https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes"


@dataclass(slots=True)
class Window:
    """How many requests are let in until the window ends; all clients of a store share it."""

    quota: int = 150
    milliseconds: int = 30_000
    clock: Callable[[], float] = time.monotonic
    began: float = field(default=-1e9)
    used: int = 0

    def headers(self, *, exhausted: bool = False) -> dict[str, str]:
        """Count a request, and say what is left."""
        now = self.clock()
        if (now - self.began) * 1000 >= self.milliseconds:
            self.began, self.used = now, 0
        self.used = self.quota if exhausted else self.used + 1
        reset = self.milliseconds - int((now - self.began) * 1000)
        return {
            "x-rate-limit-time-window-ms": str(self.milliseconds),
            "x-rate-limit-time-reset-ms": str(reset),
            "x-rate-limit-requests-quota": str(self.quota),
            "x-rate-limit-requests-left": str(max(0, self.quota - self.used)),
        }

    @property
    def is_over(self) -> bool:
        """Whether the last request was one too many."""
        return self.used > self.quota


@dataclass(slots=True)
class Store:
    """How the twin answers: `at_most` rows a page, whatever was asked for; `exclusive` leaves out a search's bounds."""

    shelf: Shelf
    window: Window
    at_most: int = LARGEST_PAGE
    exclusive: bool = False


Answer = Callable[[Store, Request], Response]


def create_app(
    shelf: Shelf, *, window: Window | None = None, at_most: int = LARGEST_PAGE, exclusive: bool = False
) -> Starlette:
    """The API of one store below `api_url`: /stores/{hash}/v2/orders… and /v3/orders…"""
    store = Store(shelf, window or Window(), at_most, exclusive)
    v2, v3 = "/stores/{store_hash}/v2/orders", "/stores/{store_hash}/v3/orders"
    return Starlette(
        routes=[
            Route(v2, _door(store, _list)),
            Route(f"{v2}/{{id:int}}", _door(store, _one)),
            Route(f"{v2}/{{id:int}}/{{part}}", _door(store, _part)),
            Route(f"{v3}/payment_actions/refunds", _door(store, _refunds)),
            Route(f"{v3}/{{id:int}}/payment_actions/refunds", _door(store, _refunds)),
        ]
    )


def _door(store: Store, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    async def told(request: Request) -> Response:
        fault = store.shelf.next_fault()
        headers = store.window.headers(exhausted=fault is Fault.THROTTLED)
        if store.window.is_over or fault is Fault.THROTTLED:
            found = _json({"status": 429, "title": "Too Many Requests", "type": _STATUSES}, 429)
        elif fault is Fault.OUTAGE:
            found = _json([{"status": 500, "message": "An internal error has occurred."}], 500)
        elif fault is Fault.UNAUTHORISED or request.headers.get("x-auth-token") != store.shelf.token:
            found = _json({"status": 401, "title": "Unauthorized", "type": _STATUSES}, 401)
        else:
            found = answer(store, request)
            found = await play(fault, request, found) if fault else found
        found.headers.update(headers)
        return found

    return told


def _list(store: Store, request: Request) -> Response:
    asked = request.query_params
    rows = [order for order in store.shelf.orders.values() if _fits(order, asked, store.exclusive)]
    key, _, direction = asked.get("sort", "id:asc").partition(":")
    # Nothing is promised about orders that changed in the same second, so they come now in this order, now in that.
    rows.sort(key=lambda order: order["id"], reverse=store.shelf.calls % 2 == 0)
    rows.sort(key=lambda order: _sortable(order.get(key)), reverse=direction == "desc")
    return _page(store, request, [_bare(order, request) for order in rows])


def _fits(order: Json, asked: Mapping[str, str], exclusive: bool) -> bool:
    at, number = parsedate_to_datetime(order["date_modified"]), order["id"]
    if "status_id" in asked and str(order["status_id"]) != asked["status_id"]:
        return False
    if number < int(asked.get("min_id", number)) or number > int(asked.get("max_id", number)):
        return False
    first, last = (_moment(asked[name]) if name in asked else at for name in ("min_date_modified", "max_date_modified"))
    if exclusive:
        return ("min_date_modified" not in asked or at > first) and ("max_date_modified" not in asked or at < last)
    return first <= at <= last


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text) if text[:1].isdigit() else parsedate_to_datetime(text)


def _sortable(value: Any) -> Any:
    return parsedate_to_datetime(value) if isinstance(value, str) and "," in value else value


def _one(store: Store, request: Request) -> Response:
    order = store.shelf.orders.get(str(request.path_params["id"]))
    return _json(_bare(order, request)) if order else _missing()


def _bare(order: Json, request: Request) -> Json:
    """The order with links instead of what belongs to it, which has addresses of its own."""
    found = {key: value for key, value in order.items() if key not in (*_PARTS, "refunds", "consignments")}
    root = f"{request.url.scheme}://{request.url.netloc}{request.scope['root_path']}"
    base = f"{root}/stores/{request.path_params['store_hash']}/v2"
    for name in (*_PARTS, "consignments"):
        path = f"/orders/{order['id']}/{name.replace('_', '')}"
        found[name] = {"url": base + path, "resource": path}
    asked = request.query_params
    if asked.get("include", "").startswith("consignments") and asked.get("consignment_structure") == "object":
        empty = {"pickups": [], "shipping": [], "downloads": [], "email": {"gift_certificates": []}}
        found["consignments"] = order.get("consignments") or empty
    return found


def _part(store: Store, request: Request) -> Response:
    order = store.shelf.orders.get(str(request.path_params["id"]))
    name = request.path_params["part"].replace("shippingaddresses", "shipping_addresses")
    if order is None or name not in _PARTS:
        return _missing()
    return _page(store, request, order.get(name, []))


def _refunds(store: Store, request: Request) -> Response:
    """V3's refunds, by id: of one order, or of all in a window."""
    number = request.path_params.get("id")
    orders = store.shelf.orders.values() if number is None else [store.shelf.orders.get(str(number), {})]
    asked = request.query_params
    first, last = (_moment(asked.get(f"created:{end}", _EVER[end])) for end in ("min", "max"))
    listed = [refund for order in orders for refund in order.get("refunds", [])]
    found = [refund for refund in listed if first <= _moment(refund["created"]) <= last]
    found.sort(key=lambda refund: refund["id"])
    return _json({"data": _cut(store, request, found), "meta": {}})


def _page(store: Store, request: Request, rows: list[Json]) -> Response:
    page = _cut(store, request, rows)
    return _json(page) if page else Response(status_code=204)


def _cut(store: Store, request: Request, rows: list[Json]) -> list[Json]:
    asked = request.query_params
    size = min(int(asked.get("limit", USUAL_PAGE)), LARGEST_PAGE, store.at_most)
    start = (max(int(asked.get("page", 1)), 1) - 1) * size
    return rows[start : start + size]


def _missing() -> Response:
    return _json([{"status": 404, "message": "The requested resource was not found."}], 404)


def _json(document: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(document, default=float), status, media_type="application/json")


def announcement(
    shop: str, order_id: int, secret: str, now: datetime, scope: str = "store/order/updated"
) -> tuple[dict[str, str], bytes]:
    """Headers and body of the webhook that says: this order changed. Signed as Standard Webhooks; holds no order."""
    data = {"type": "order", "id": order_id}
    stamp = str(int(now.timestamp()))
    facts = {
        "scope": scope,
        "store_id": "1025646",
        "data": data,
        "hash": hashlib.sha1(orjson.dumps([scope, data, stamp]), usedforsecurity=False).hexdigest(),
        "created_at": int(stamp),
        "producer": f"stores/{shop}",
    }
    body = orjson.dumps(facts)
    event_id = f"msg_{facts['hash'][:27]}"
    headers = {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": stamp,
        "webhook-signature": sign(event_id, stamp, body, secret).decode(),
    }
    return headers, body
