"""Adobe Commerce's webhooks: signed with the instance's private key, or by a header of our choosing.

Documented: `x-adobe-commerce-webhook-signature` is base64 of an RSA-SHA256 signature of the base64 of the body; the
public key is shown under Stores > Configuration > Adobe Services > Webhooks and is this connection's secret. Magento
Open Source has no webhooks of its own; modules that send them can add a header: `X-Doorstep-Secret`.
The header `X-Doorstep-Shop`, set in the webhook's configuration too, names the instance (its host). The answer that
Adobe Commerce waits for is {"op": "success"}.
"""

import base64
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.integrations import deliveries
from portal.integrations.decimals import whole
from portal.integrations.deliveries import Delivery, Headers, Said, required
from portal.integrations.magento.rsa import is_signed_by
from portal.integrations.magento.times import moment
from portal.integrations.shopify.fields import Fields

PUBLIC_KEY = "-----BEGIN PUBLIC KEY-----"


def read_delivery(headers: Headers, body: bytes) -> Delivery:
    """Who claims to send what. Raises DeliveryRefused."""
    return Delivery(
        shop=required(headers, "x-doorstep-shop").lower(),
        topic=headers.get("x-doorstep-topic", "")[:80] or "order",
        event_id=headers.get("x-adobe-commerce-request-id", "")[:128] or deliveries.body_id(body),
    )


def is_signed(headers: Headers, body: bytes, secret: str, now: datetime) -> bool:
    """Whether the signature fits the public key, or the header the shared secret; in constant time."""
    if secret.startswith(PUBLIC_KEY):
        signature = headers.get("x-adobe-commerce-webhook-signature", "")
        return is_signed_by(secret, base64.b64encode(body), signature)
    own = headers.get("x-doorstep-secret", "")
    return bool(own) and hmac.compare_digest(own.encode(), secret.encode())


def said(topic: str, payload: Any) -> Said:
    """What a delivery is about. Raises RecordRefused."""
    fields = Fields(order_of(payload))
    subject = fields.identifier("entity_id") or fields.identifier("order_id")
    if not subject:
        return Said(deliveries.NOTHING)
    at = moment(fields, "updated_at") or moment(fields, "created_at")
    return Said(deliveries.ORDER if _is_whole(fields) else deliveries.POINTER, subject, at)


def _is_whole(order: Fields) -> bool:
    """Whether this is all there is to know. Adobe Commerce sends an order without its shipments: where something was
    shipped, such a delivery would take the order's parcels away.
    """
    if order.get("items") is None or order.get("grand_total") is None:
        return False
    extension = order.part("extension_attributes")
    told = order.get("shipments") is not None or (extension and extension.get("shipments") is not None)
    return bool(told) or not any(whole(item, "qty_shipped") for item in order.parts("items"))


def order_of(payload: Any) -> Any:
    """The order in a payload: bare, or under data, value, event or order as the several senders wrap it."""
    for _ in range(4):
        inner = next((payload[key] for key in ("data", "event", "value", "order") if _holds(payload, key)), None)
        if inner is None:
            return payload
        payload = inner
    return payload


def _holds(payload: Any, key: str) -> bool:
    return isinstance(payload, Mapping) and "entity_id" not in payload and isinstance(payload.get(key), Mapping)
