"""A local twin of Magento's REST API: orders, shipments and credit memos, searched, sorted and paged as Magento does.

The shelf holds orders with their `shipments` and `creditmemos` inside; amounts may be decimals or text. Loopback only.
"""

import base64
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.integrations.magento.oauth import Keys, authorization
from portal.integrations.magento.twin_search import Json, chosen, read_criteria
from portal.integrations.playing import play
from portal.integrations.twins import Fault, Shelf

_APART = ("shipments", "creditmemos")
_SPOKEN = {
    Fault.OUTAGE: (500, "Internal Error. Details are available in Magento log file. Report ID: webapi-5f2c9e"),
    Fault.THROTTLED: (429, "Too Many Requests"),
    Fault.UNAUTHORISED: (401, "The consumer isn't authorized to access %resources."),
}


@dataclass(slots=True)
class Shop:
    """How the twin answers: `keys` sign instead of the bare token; `at_most` rows a page, whatever was asked for."""

    shelf: Shelf
    keys: Keys | None = None
    at_most: int = 0


def create_app(shelf: Shelf, *, keys: Keys | None = None, at_most: int = 0) -> Starlette:
    """The API of one shop below `api_url`: /rest/V1/orders, /shipments and /creditmemos."""
    shop = Shop(shelf, keys, at_most)
    lists = [Route(f"/rest/V1/{name}", _door(shop, _list(name))) for name in ("orders", *_APART)]
    return Starlette(routes=[*lists, Route("/rest/V1/orders/{entity_id:int}", _door(shop, _one))])


Answer = Callable[[Shop, Request], Response]


def _door(shop: Shop, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    async def told(request: Request) -> Response:
        fault = shop.shelf.next_fault()
        if fault is not None and fault in _SPOKEN:
            return _said(*_SPOKEN[fault])
        if not _is_known(shop, request):
            return _said(*_SPOKEN[Fault.UNAUTHORISED])
        found = answer(shop, request)
        return await play(fault, request, found) if fault else found

    return told


def _is_known(shop: Shop, request: Request) -> bool:
    given = request.headers.get("authorization", "")
    if shop.keys is None:
        return given == f"Bearer {shop.shelf.token}"
    parts = dict(part.split("=", 1) for part in given.removeprefix("OAuth ").split(", ") if "=" in part)
    nonce, stamp = (parts.get(name, "").strip('"') for name in ("oauth_nonce", "oauth_timestamp"))
    url = str(request.url).partition("?")[0]
    query = list(request.query_params.multi_items())
    return stamp.isdecimal() and given == authorization(shop.keys, "GET", url, query, nonce, int(stamp))


def _one(shop: Shop, request: Request) -> Response:
    order = shop.shelf.orders.get(str(request.path_params["entity_id"]))
    if order is None:
        return _said(404, "The entity that was requested doesn't exist. Verify the entity and try again.")
    return _json({key: value for key, value in order.items() if key not in _APART})


def _list(name: str) -> Answer:
    def answer(shop: Shop, request: Request) -> Response:
        criteria = read_criteria(request.query_params.multi_items())
        if criteria is None:
            return _said(400, '"%fieldName" is required. Enter and try again.', {"fieldName": "searchCriteria"})
        found = criteria.found(_rows(shop.shelf, name))
        page = list(criteria.cut(found))[: shop.at_most or None]
        document = {"items": page, "search_criteria": {"filter_groups": []}, "total_count": len(found)}
        return _json(chosen(document, request.query_params.get("fields", "")))

    return answer


def _rows(shelf: Shelf, name: str) -> list[Json]:
    if name == "orders":
        return [{key: value for key, value in order.items() if key not in _APART} for order in shelf.orders.values()]
    return [dict(part) for order in shelf.orders.values() for part in order.get(name, ())]


def _said(status: int, message: str, parameters: Mapping[str, str] | None = None) -> Response:
    return _json({"message": message, **({"parameters": parameters} if parameters else {})}, status)


def _json(document: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(document, default=float), status, media_type="application/json")


def announcement(shop: str, order: Mapping[str, Any], secret: str, now: datetime) -> tuple[dict[str, str], bytes]:
    """Headers and body of the webhook for a changed order; Magento sends it without its shipments.

    `secret` is the instance's private key in PEM, as Adobe Commerce signs, or the text of a header of our choosing.
    """
    bare = {key: value for key, value in order.items() if key not in _APART}
    body = orjson.dumps({"order": bare}, default=float)
    headers = {"content-type": "application/json", "x-doorstep-shop": shop, "x-doorstep-topic": "order"}
    if not secret.startswith("-----BEGIN"):
        return {**headers, "x-doorstep-secret": secret}, body
    key = load_pem_private_key(secret.encode(), None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("not an RSA key")
    signature = base64.b64encode(key.sign(base64.b64encode(body), PKCS1v15(), SHA256())).decode()
    request_id = f"{order['entity_id']}-{now.timestamp():.0f}"
    return {**headers, "x-adobe-commerce-webhook-signature": signature, "x-adobe-commerce-request-id": request_id}, body
