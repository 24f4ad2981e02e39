"""Forgetting the person behind an order: here at once, in the rooms above as soon as the worker gets to it.

A mirror that was redacted takes no later word of the shop: it would bring the person back.
"""

from datetime import datetime
from uuid import UUID

from portal.db.outbox import publish
from portal.intake.models import InboxMessage
from portal.integrations.records import AddressRecord
from portal.orders.events import PersonForgotten
from portal.orders.models import Order, OrderLine
from portal.orders.rules import NEVER_AGAIN
from portal.tracking.refreshing import hold_pages
from portal.tracking.service import refresh_page

NOBODY = {"source_id": "", "email": "", "phone": "", "name": "", "locale": "", "tags": []}


async def redact_order(merchant_id: UUID, order: Order, now: datetime) -> None:
    """Forget the person behind an order, inside the caller's transaction; what was sold, sent and paid stays."""
    # Before the order: whoever takes a word of the shop or of a carrier holds the page first too.
    await hold_pages(merchant_id, [order.id])
    await Order.filter(merchant_id=merchant_id, id=order.id).update(
        email_key="",
        postal_keys=[],
        customer=NOBODY,
        shipping_address=_country_only(order.shipping_address),
        billing_address=_country_only(order.billing_address),
        note="",
        fingerprint=b"",
        source_updated_at=NEVER_AGAIN,
        updated_at=now,
    )
    await OrderLine.filter(merchant_id=merchant_id, order_id=order.id).update(properties=[])
    await InboxMessage.filter(merchant_id=merchant_id, platform=order.source, subject=order.source_id).delete()
    await refresh_page(merchant_id, order.id)
    forgotten = PersonForgotten(order.id)
    await publish(forgotten, merchant_id=merchant_id, dedupe_key=f"{order.id}/{now.isoformat()}", now=now)


async def is_forgotten(merchant_id: UUID, source: str, source_id: str) -> bool:
    """Whether the person behind an order of a shop was forgotten. Stays so while the caller holds the order's page."""
    return await Order.exists(
        merchant_id=merchant_id, source=source, source_id=source_id, source_updated_at__gte=NEVER_AGAIN
    )


def _country_only(address: dict[str, str] | None) -> dict[str, str] | None:
    """Which tax and which return rules hold depends on the country; nobody is found by it."""
    if address is None:
        return None
    blank = AddressRecord()
    return {name: address.get(name, "") if name == "country" else "" for name in blank.__slots__}
