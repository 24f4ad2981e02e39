"""BigCommerce's webhooks: signed as Standard Webhooks with the app's client secret, or by a header of our choosing.

Documented: `webhook-id`, `webhook-timestamp`, `webhook-signature` ("v1,<base64 HMAC-SHA256 of id.timestamp.body>",
several separated by spaces), the key being the client secret's bytes; five minutes of tolerance. Webhooks can also be
created with headers of one's own (`headers` of POST /v3/hooks): then `X-Doorstep-Secret` carries the shared secret.
Bodies hold no order, only its id.
"""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from portal.integrations import deliveries
from portal.integrations.deliveries import Delivery, DeliveryRefused, Headers, Said, required
from portal.integrations.shopify.fields import Fields

TOLERANCE = timedelta(minutes=5)


def read_delivery(headers: Headers, body: bytes) -> Delivery:
    """Who claims to send what: store hash and scope stand in the body. Raises DeliveryRefused."""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise DeliveryRefused("not JSON") from error
    texts = {key: str(data.get(key, "")) for key in ("producer", "scope")} if isinstance(data, dict) else {}
    return Delivery(
        shop=required(texts, "producer").removeprefix("stores/").lower(),
        topic=required(texts, "scope", most=80),
        event_id=headers.get("webhook-id", "")[:128] or deliveries.body_id(body),
    )


def is_signed(headers: Headers, body: bytes, secret: str, now: datetime) -> bool:
    """Whether one of the signatures, or the shared header, fits; in constant time."""
    own = headers.get("x-doorstep-secret", "")
    if own:
        return hmac.compare_digest(own.encode(), secret.encode())
    stamp = headers.get("webhook-timestamp", "")
    if not (stamp.isdecimal() and len(stamp) <= 12):
        return False
    fresh = abs(now.timestamp() - int(stamp)) <= TOLERANCE.total_seconds()
    expected = sign(headers.get("webhook-id", ""), stamp, body, secret)
    found = [hmac.compare_digest(expected, each.encode()) for each in headers.get("webhook-signature", "").split(" ")]
    return fresh and any(found)


def sign(event_id: str, stamp: str, body: bytes, secret: str) -> bytes:
    """One signature for a body sent at `stamp` (unix seconds)."""
    signed = f"{event_id}.{stamp}.".encode() + body
    return b"v1," + base64.b64encode(hmac.digest(secret.encode(), signed, hashlib.sha256))


def said(topic: str, payload: Any) -> Said:
    """What a delivery is about. Raises RecordRefused."""
    if not topic.startswith(("store/order/", "store/shipment/")):
        return Said(deliveries.NOTHING)
    fields = Fields(payload)
    data = fields.part("data") or fields.refuse("missing", "data")
    order = data.identifier("orderId") or data.identifier("order_id") or data.required_identifier("id")
    seconds = fields.count("created_at", most=10**11)
    return Said(deliveries.POINTER, order, datetime.fromtimestamp(seconds, UTC) if seconds else None)
