"""What returns know of a person: their own words, what they were putting together, their name on a label."""

from datetime import datetime
from uuid import UUID

from portal.labels.forgetting import forget_sender
from portal.returns.models import Return, ReturnDraft, ReturnLine


async def forget_person(merchant_id: UUID, order_id: UUID, now: datetime) -> None:
    """Forget it, inside the caller's transaction; what came back, when and for how much stays."""
    await ReturnDraft.filter(merchant_id=merchant_id, order_id=order_id).delete()
    ids = [row.id for row in await Return.filter(merchant_id=merchant_id, order_id=order_id).only("id")]
    if ids:
        await ReturnLine.filter(merchant_id=merchant_id, return_id__in=ids).update(comment="")
        await forget_sender(merchant_id, ids, now)
