"""What requests know of a person: addresses, places, their own words, the team's."""

from uuid import UUID

from portal.requests.forms import NO_FACTS
from portal.requests.models import RequestChange, RequestDraft, ShopperRequest
from portal.requests.service import tell_page
from portal.tracking.queries import lock_page


async def forget_person(merchant_id: UUID, order_id: UUID) -> None:
    """Forget it, inside the caller's transaction; what was asked, when, and what became of it stays."""
    await lock_page(merchant_id, order_id)
    await RequestDraft.filter(merchant_id=merchant_id, order_id=order_id).delete()
    ids = [row.id for row in await ShopperRequest.filter(merchant_id=merchant_id, order_id=order_id).only("id")]
    if not ids:
        return
    await ShopperRequest.filter(merchant_id=merchant_id, id__in=ids).update(facts=NO_FACTS, answer="")
    await RequestChange.filter(merchant_id=merchant_id, request_id__in=ids).update(why="")
    await tell_page(merchant_id, order_id)
