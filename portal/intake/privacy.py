"""What privacy law asks: kept with a date until which it has to be done, and erased from our mirror where it can be.

The mirror forgets the person (names, addresses, contacts, notes, what they had engraved) and keeps what was sold,
sent and paid. A shop that has left is erased whole, where its orders can be told from other shops'.
"""

from datetime import datetime, timedelta
from uuid import UUID

from portal.db.setup import transaction
from portal.intake.erasing import is_only_shop, owe_erasure
from portal.intake.models import InboxMessage, PrivacyRequest
from portal.intake.redacting import redact_order
from portal.integrations import deliveries
from portal.integrations.deliveries import Said
from portal.kernel.ids import new_id
from portal.kernel.refusal import Refusal
from portal.orders.models import Order
from portal.tracking.refreshing import hold_pages

DUE_WITHIN = timedelta(days=30)
"""Shopify's own limit for answering and erasing; the GDPR's month is not shorter."""


async def note_request(message: InboxMessage, said: Said, now: datetime) -> str:
    """Keep a request, and carry a customer's redaction out at once. Returns what was done, in words."""
    async with transaction():
        request, _ = await PrivacyRequest.get_or_create(
            {
                "id": new_id(),
                "kind": said.kind,
                "platform": message.platform,
                "shop": message.shop,
                "customer_id": said.customer_id,
                "order_ids": list(said.order_ids),
                "received_at": now,
                "due_at": now + DUE_WITHIN,
            },
            merchant_id=message.merchant_id,
            message_id=message.id,
        )
        if said.kind == deliveries.SHOP_REDACT and await is_only_shop(
            message.merchant_id, message.platform, message.shop
        ):
            await owe_erasure(message.merchant_id, request.id, 0, now)
            return "erasure under way"
        if said.kind != deliveries.CUSTOMER_REDACT:
            return f"{said.kind} noted"
        number = await _redact(message, said, now)
        outcome = f"{number} orders redacted"
        await PrivacyRequest.filter(merchant_id=message.merchant_id, id=request.id).update(
            done_at=now, outcome=outcome, customer_id="", order_ids=[]
        )
        await _blank_requests(message, said)
        return outcome


async def close_request(merchant_id: UUID, request_id: UUID, outcome: str, now: datetime) -> None:
    """Say that a person of the team has done what was asked. Raises Refusal("no_such_request")."""
    changed = await PrivacyRequest.filter(merchant_id=merchant_id, id=request_id, done_at=None).update(
        done_at=now, outcome=outcome[:255]
    )
    if not changed:
        raise Refusal("no_such_request", {"id": str(request_id)})


async def _blank_requests(message: InboxMessage, said: Said) -> None:
    """The request names the person too, and so do earlier ones about the same customer."""
    named = [message.id]
    if said.customer_id:
        earlier = PrivacyRequest.filter(
            merchant_id=message.merchant_id, platform=message.platform, shop=message.shop, customer_id=said.customer_id
        )
        named += [row.message_id for row in await earlier.only("id", "message_id")]
        await earlier.update(customer_id="", order_ids=[])
    await InboxMessage.filter(merchant_id=message.merchant_id, id__in=named).update(body=b"{}")


async def _redact(message: InboxMessage, said: Said, now: datetime) -> int:
    mine = Order.filter(merchant_id=message.merchant_id, source=message.platform)
    orders = (
        {order.id: order for order in await mine.filter(source_id__in=list(said.order_ids))} if said.order_ids else {}
    )
    if said.customer_id:
        bought = await mine.filter(customer__contains={"source_id": said.customer_id})
        orders |= {order.id: order for order in bought}
    # All of them at once, in the order that everybody holds pages in.
    await hold_pages(message.merchant_id, orders)
    for order in orders.values():
        await redact_order(message.merchant_id, order, now)
    return len(orders)
