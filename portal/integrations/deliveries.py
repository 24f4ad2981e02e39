"""What every shop's webhooks have in common: a signed delivery, and what it says once it is read.

A platform's `webhooks` module (`integrations/<platform>/webhooks.py`) has `read_delivery`, `is_signed` and `said`, and
`merged` where deliveries tell of parts of an order. Header names come in lower case.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

Headers = Mapping[str, str]

ORDER, FULFILMENT, REFUND = "order", "fulfilment", "refund"
"""What is said of an order: all of it, one fulfilment, one refund."""
DATA_REQUEST, CUSTOMER_REDACT, SHOP_REDACT = "data_request", "customer_redact", "shop_redact"
POINTER = "pointer"
"""Only that an order changed; its facts have to be fetched."""
NOTHING = "nothing"
"""A topic that tells an order's page nothing."""


class DeliveryRefused(ValueError):
    """A delivery without what the platform always sends."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the headers claim; true only once the signature is proven. `event_id` is the same when it comes again."""

    shop: str
    topic: str
    event_id: str
    triggered_at: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a payload is about. `subject` is the order's id at the shop; `at` the platform's time of the change."""

    kind: str
    subject: str = ""
    at: datetime | None = None
    customer_id: str = ""
    order_ids: tuple[str, ...] = ()


def required(headers: Headers, name: str, most: int = 255) -> str:
    """A header's value. Raises DeliveryRefused when it is missing, not plain text or too long."""
    value = headers.get(name, "").strip()
    if not value or len(value) > most or not (value.isascii() and value.isprintable()):
        raise DeliveryRefused(f"the header {name} is missing or malformed")
    return value


def body_id(body: bytes) -> str:
    """An event id for platforms that send none: the same bytes are the same event."""
    return hashlib.sha256(body).hexdigest()


def version(at: datetime | None, triggered_at: str, body: bytes) -> str:
    """Text that sorts as deliveries of one subject follow each other; ties are broken alike whatever came first."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds") if at else ""
    return f"{moment}/{triggered_at}/{hashlib.sha256(body).hexdigest()[:32]}"
