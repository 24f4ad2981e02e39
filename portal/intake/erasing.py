"""A shop that has left: every person behind its orders is forgotten, some orders at a time, then its keys are.

What was sold, sent and paid stays with the merchant: returns and refunds still have to add up.
"""

from datetime import datetime
from uuid import UUID

from portal.db.outbox import publish
from portal.db.setup import transaction
from portal.intake.events import ErasureDue
from portal.intake.models import InboxMessage, PrivacyRequest, ShopConnection
from portal.intake.redacting import redact_order
from portal.orders.models import Order
from portal.orders.rules import NEVER_AGAIN

AT_ONCE = 100


async def is_only_shop(merchant_id: UUID, platform: str, shop: str) -> bool:
    """Whether orders of this platform can only be this shop's: an order does not say which shop it came from."""
    others = ShopConnection.filter(merchant_id=merchant_id, platform=platform).exclude(shop=shop)
    return not await others.exists()


async def owe_erasure(merchant_id: UUID, request_id: UUID, turn: int, now: datetime) -> None:
    """Owe the next turn, in the transaction of the caller."""
    due = ErasureDue(request_id, turn)
    await publish(due, merchant_id=merchant_id, dedupe_key=f"{request_id}/{turn}", now=now)


async def erase_shop(merchant_id: UUID, request_id: UUID, turn: int, now: datetime) -> None:
    """Forget the people behind the next orders of a shop; at the end its connection. Done already: nothing happens."""
    async with transaction():
        request = await PrivacyRequest.select_for_update().get_or_none(merchant_id=merchant_id, id=request_id)
        if request is None or request.done_at is not None:
            return
        mine = Order.filter(merchant_id=merchant_id, source=request.platform, source_updated_at__lt=NEVER_AGAIN)
        orders = await mine.order_by("id").limit(AT_ONCE)
        for order in orders:
            await redact_order(merchant_id, order, now)
        if len(orders) == AT_ONCE:
            await owe_erasure(merchant_id, request_id, turn + 1, now)
            return
        shop = {"merchant_id": merchant_id, "platform": request.platform, "shop": request.shop}
        await InboxMessage.filter(**shop).delete()
        # Sealed or not, what could ask the shop's API once more has no business here any longer.
        await ShopConnection.filter(**shop).update(state="closed", credentials={}, previous_secret="", updated_at=now)
        await PrivacyRequest.filter(merchant_id=merchant_id, id=request_id).update(
            done_at=now, outcome=f"{turn * AT_ONCE + len(orders)} orders redacted, connection closed"
        )
