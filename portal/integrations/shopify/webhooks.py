"""Shopify's webhooks: signed with the app's client secret (base64 HMAC-SHA256 of the raw body), topic in a header.

`X-Shopify-Event-Id` is one id for everything that one action of a merchant caused, so the topic belongs to the key.
Bodies are orders, or parts of orders (a fulfilment, a refund) that may come before, after or without their order.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from portal.integrations import deliveries
from portal.integrations.deliveries import Delivery, Headers, Said, required
from portal.integrations.shopify.fields import Fields

_ORDERS = frozenset(
    f"orders/{word}" for word in ("create", "updated", "paid", "cancelled", "fulfilled", "partially_fulfilled")
)
_FULFILMENTS = frozenset({"fulfillments/create", "fulfillments/update"})
_PRIVACY = {
    "customers/data_request": deliveries.DATA_REQUEST,
    "customers/redact": deliveries.CUSTOMER_REDACT,
    "shop/redact": deliveries.SHOP_REDACT,
}
_PARTS = {deliveries.FULFILMENT: "fulfillments", deliveries.REFUND: "refunds"}


def read_delivery(headers: Headers, body: bytes) -> Delivery:
    """Who claims to send what. Raises DeliveryRefused."""
    event = headers.get("x-shopify-event-id") or headers.get("x-shopify-webhook-id") or deliveries.body_id(body)
    return Delivery(
        shop=required(headers, "x-shopify-shop-domain").lower(),
        topic=required(headers, "x-shopify-topic", most=80),
        event_id=required({"event id": event}, "event id", most=128),
        triggered_at=headers.get("x-shopify-triggered-at", "")[:40],
    )


def is_signed(headers: Headers, body: bytes, secret: str, now: datetime) -> bool:
    """Whether the body is signed with this secret, in constant time. Shopify retries for hours: age proves nothing."""
    return hmac.compare_digest(sign(body, secret), headers.get("x-shopify-hmac-sha256", "").encode())


def sign(body: bytes, secret: str) -> bytes:
    """The header's value for a body."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256))


def said(topic: str, payload: Any) -> Said:
    """What a delivery is about. Raises RecordRefused."""
    fields = Fields(payload)
    if topic in _ORDERS:
        at = fields.moment("updated_at") or fields.moment("created_at")
        return Said(deliveries.ORDER, fields.required_identifier("id"), at or fields.refuse("missing", "updated_at"))
    if topic in _FULFILMENTS:
        at = fields.moment("updated_at") or fields.moment("created_at")
        return Said(deliveries.FULFILMENT, fields.required_identifier("order_id"), at)
    if topic == "refunds/create":
        at = fields.moment("processed_at") or fields.moment("created_at")
        return Said(deliveries.REFUND, fields.required_identifier("order_id"), at)
    return _privacy(topic, fields) if topic in _PRIVACY else Said(deliveries.NOTHING)


def _privacy(topic: str, fields: Fields) -> Said:
    customer = fields.part("customer") or Fields({}, fields.at("customer"))
    key = "orders_to_redact" if topic == "customers/redact" else "orders_requested"
    orders = Fields({key: [{"id": entry} for entry in fields.items(key)]})
    ids = tuple(order.required_identifier("id") for order in orders.parts(key))
    return Said(_PRIVACY[topic], customer_id=customer.identifier("id"), order_ids=ids)


def merged(order: Mapping[str, Any], parts: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """An order's payload with what was said of its parts, oldest word first, where it is newer than the order's own."""
    whole: dict[str, Any] = dict(order)
    for kind, part in parts:
        key = _PARTS[kind]
        known = Fields(whole).parts(key)
        mine = Fields(part)
        same = [entry for entry in known if entry.identifier("id") == mine.identifier("id")]
        if not same:
            whole[key] = [*(entry.data for entry in known), part]
        elif kind == deliveries.FULFILMENT and _moment(mine) > _moment(same[0]):
            whole[key] = [part if entry is same[0] else entry.data for entry in known]
    return whole


def _moment(fulfilment: Fields) -> str:
    at = fulfilment.moment("updated_at") or fulfilment.moment("created_at")
    return at.isoformat(timespec="microseconds") if at else ""
