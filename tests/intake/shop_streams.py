"""A shop that tells an order's life in webhooks: signed, with ids, and as often and as late as a test wants."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from starlette.applications import Starlette

from portal.intake.applying import apply_delivery
from portal.intake.connections import connect_shop
from portal.intake.models import InboxMessage
from portal.integrations.shopify.webhooks import sign
from portal.merchants.queries import MerchantFacts
from portal.tracking.queries import find_page
from tests.factories.browsers import open_browser
from tests.factories.merchants import NOW
from tests.factories.shopify import fulfillment, line_item, order, refund

SHOP, SECRET = "fernweh.myshopify.com", "shpss_0123456789abcdef"
ORDER = 450789469


def text(value: Any) -> Any:
    return str(value)


@dataclass
class Hook:
    """One webhook; the same event id every time it is sent."""

    topic: str
    body: bytes
    event_id: str = field(default_factory=lambda: str(uuid4()))
    triggered_at: str = "2026-11-12T11:05:01.000000001Z"

    def headers(self, secret: str = SECRET, **changes: str) -> dict[str, str]:
        return {
            "content-type": "application/json",
            "x-shopify-shop-domain": SHOP,
            "x-shopify-topic": self.topic,
            "x-shopify-event-id": self.event_id,
            "x-shopify-triggered-at": self.triggered_at,
            "x-shopify-hmac-sha256": sign(self.body, secret).decode(),
            **changes,
        }


def hook(topic: str, payload: Any, **more: Any) -> Hook:
    return Hook(topic, json.dumps(payload, default=text).encode(), **more)


async def connect(merchant: MerchantFacts) -> None:
    await connect_shop(merchant.id, "shopify", SHOP, SECRET, {}, NOW)


async def send(app: Starlette, merchant: MerchantFacts, one: Hook, **headers: str) -> Any:
    client = open_browser(app, merchant).client
    return await client.post("/hooks/shops/shopify", content=one.body, headers=one.headers(**headers))


async def apply_all(merchant_id: UUID, messages: Iterable[InboxMessage] | None = None) -> list[str]:
    """What the worker does, in the given order or that of arrival."""
    found = messages or await InboxMessage.filter(merchant_id=merchant_id, state="waiting").order_by(
        "received_at", "id"
    )
    return [await apply_delivery(merchant_id, message.id, NOW) for message in found]


def packed(**changes: Any) -> dict[str, Any]:
    """A fulfilment as its own webhook tells it."""
    return {**fulfillment(), "order_id": ORDER, **changes}


def told(at: str, **changes: Any) -> dict[str, Any]:
    lines = [line_item(1, "100.00", 2), line_item(2, "30.00")]
    return {**order(lines, **changes), "id": ORDER, "name": "#FW-77001", "updated_at": at}


def life() -> list[Hook]:
    """An order from its creation to a refund, two parcels, as its shop tells it in turn."""
    first = {"id": 901, "line_items": [{"id": 1, "quantity": 2}], "tracking_number": "AA1", "tracking_numbers": ["AA1"]}
    second = {
        "id": 902,
        "line_items": [{"id": 2, "quantity": 1}],
        "tracking_number": "BB2",
        "tracking_numbers": ["BB2"],
    }
    gone = packed(**first, shipment_status=None, updated_at="2026-11-10T16:20:00+01:00")
    moving = packed(**first, shipment_status="in_transit", updated_at="2026-11-11T08:00:00+01:00")
    there = packed(**first, shipment_status="delivered", updated_at="2026-11-12T12:00:00+01:00")
    later = packed(**first, shipment_status="delivered", updated_at="2026-11-12T18:30:00+01:00")
    other = packed(**second, shipment_status="out_for_delivery", updated_at="2026-11-12T09:00:00+01:00")
    back = {**refund([(2, 1, "30.00", "0.00")]), "id": 7001, "order_id": ORDER}
    return [
        hook("orders/create", told("2026-11-10T10:00:00+01:00")),
        hook("orders/paid", told("2026-11-10T10:00:00+01:00", tags="paid")),
        hook("fulfillments/create", gone),
        hook("orders/updated", told("2026-11-10T16:21:00+01:00", fulfillments=[gone])),
        hook("fulfillments/update", moving),
        hook("fulfillments/create", other),
        hook("fulfillments/update", there),
        hook("orders/updated", told("2026-11-12T12:00:05+01:00", fulfillments=[there, other], note="Ring twice")),
        hook("fulfillments/update", later),
        hook("refunds/create", back),
        hook("orders/edited", {"order_edit": {"id": 1, "order_id": ORDER}}),
    ]


async def state(merchant_id: UUID) -> Any:
    """Everything an order's page shows, without the ids that are ours."""
    from portal.orders.models import Order

    row = await Order.get(merchant_id=merchant_id)
    page = await find_page(merchant_id, row.id)
    assert page is not None
    text_of = json.dumps(page.content, sort_keys=True)
    for number, each in enumerate([*page.content["lines"], *page.content["parcels"]]):
        text_of = text_of.replace(each["id"], f"<{number}>")
    return json.loads(text_of), row.note, row.tags, row.source_updated_at
