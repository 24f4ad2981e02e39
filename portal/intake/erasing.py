"""A shop that has left: its keys are forgotten, then every person behind its orders, some orders at a time.

What was sold, sent and paid stays with the merchant: returns and refunds still have to add up.
"""

from datetime import datetime
from uuid import UUID

from portal.db.outbox import publish
from portal.db.setup import connection, transaction
from portal.intake.events import ErasureDue
from portal.intake.models import InboxMessage, PrivacyRequest, ShopConnection
from portal.intake.redacting import redact_order
from portal.integrations import deliveries
from portal.orders.models import Order
from portal.orders.rules import NEVER_AGAIN
from portal.tracking.refreshing import hold_pages

AT_ONCE = 100


async def is_only_shop(merchant_id: UUID, platform: str, shop: str) -> bool:
    """Whether orders of this platform can only be this shop's: an order does not say which shop it came from."""
    others = ShopConnection.filter(merchant_id=merchant_id, platform=platform).exclude(shop=shop)
    return not await others.exists()


async def is_open(merchant_id: UUID, platform: str, shop: str) -> bool:
    """Whether a shop is connected, or never was. Nobody closes it before the caller's transaction ends."""
    found = await connection().execute_query_dict(
        "SELECT state FROM shop_connections WHERE merchant_id = $1 AND platform = $2 AND shop = $3 FOR SHARE",
        [merchant_id, platform, shop],
    )
    return not found or found[0]["state"] == "active"


async def is_erased(merchant_id: UUID, platform: str, shop: str) -> bool:
    """Whether a shop has left and asked to be erased, and has not come back."""
    if await is_open(merchant_id, platform, shop):
        return False
    return await PrivacyRequest.exists(
        merchant_id=merchant_id, platform=platform, shop=shop, kind=deliveries.SHOP_REDACT
    )


async def owe_erasure(merchant_id: UUID, request_id: UUID, turn: int, now: datetime) -> None:
    """Owe the next turn, in the transaction of the caller."""
    due = ErasureDue(request_id, turn)
    await publish(due, merchant_id=merchant_id, dedupe_key=f"{request_id}/{turn}", now=now)


async def erase_shop(merchant_id: UUID, request_id: UUID, turn: int, now: datetime) -> None:
    """Close a shop's connection and forget the people behind its next orders; at the end what it delivered. Done
    already: nothing happens.
    """
    async with transaction():
        request = await PrivacyRequest.select_for_update().get_or_none(merchant_id=merchant_id, id=request_id)
        if request is None or request.done_at is not None:
            return
        shop = {"merchant_id": merchant_id, "platform": request.platform, "shop": request.shop}
        # First: readings and deliveries under way end before us or find the shop closed. Sealed or not, what could ask
        # the shop's API once more has no business here any longer.
        await ShopConnection.filter(**shop).update(state="closed", credentials={}, previous_secret="", updated_at=now)
        mine = Order.filter(merchant_id=merchant_id, source=request.platform, source_updated_at__lt=NEVER_AGAIN)
        orders = await mine.order_by("id").limit(AT_ONCE)
        await hold_pages(merchant_id, [order.id for order in orders])
        for order in orders:
            await redact_order(merchant_id, order, now)
        if len(orders) == AT_ONCE:
            await owe_erasure(merchant_id, request_id, turn + 1, now)
            return
        await InboxMessage.filter(**shop).delete()
        await PrivacyRequest.filter(merchant_id=merchant_id, id=request_id).update(
            done_at=now, outcome=f"{turn * AT_ONCE + len(orders)} orders redacted, connection closed"
        )
