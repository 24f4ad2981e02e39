"""Labels name their sender; a label whose sender is to be forgotten is printed anew without them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from portal.db.outbox import publish
from portal.labels.events import LabelWanted
from portal.labels.models import Label


async def forget_sender(merchant_id: UUID, return_ids: Sequence[UUID], now: datetime) -> None:
    """Take the sender off these returns' labels, inside the caller's transaction.

    The file is replaced under its own key, so nothing of the one before stays; codes and bars are the same.
    """
    for label in await Label.filter(merchant_id=merchant_id, return_id__in=list(return_ids)).select_for_update():
        if not label.facts["from_lines"]:
            continue
        await Label.filter(merchant_id=merchant_id, id=label.id).update(
            facts={**label.facts, "from_lines": []}, state="pending", ready_at=None
        )
        wanted = LabelWanted(label.return_id)
        await publish(wanted, merchant_id=merchant_id, dedupe_key=f"{label.return_id}/forgotten", now=now)
