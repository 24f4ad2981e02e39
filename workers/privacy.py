"""Privacy: every room forgets a person in its own way, one order after the other."""

from datetime import UTC, datetime
from uuid import UUID

from portal.db.outbox import Claim
from portal.db.setup import transaction
from portal.intake import erasing
from portal.notifications import forgetting as notifications
from portal.proofs.service import revoke
from portal.requests import forgetting as requests
from portal.returns import forgetting as returns
from portal.tracking import forgetting as tracking
from portal.tracking import pod
from workers.workshop import Workshop


async def forget_person(claim: Claim, workshop: Workshop) -> None:
    """Topic `order.person_forgotten`, payload `order_id`: the rooms above orders follow what orders did at once."""
    merchant_id, order_id, now = claim.merchant_id, UUID(claim.payload["order_id"]), datetime.now(UTC)
    async with transaction():
        await tracking.forget_person(merchant_id, order_id)
        await returns.forget_person(merchant_id, order_id, now)
        await requests.forget_person(merchant_id, order_id)
        await notifications.forget_person(merchant_id, order_id)
    await pod.forget_pictures(merchant_id, order_id, workshop.store, now)
    await revoke(merchant_id, order_id)


async def erase_shop(claim: Claim, workshop: Workshop) -> None:
    """Topic `shop.erasure_due`, payload `request_id` and `turn`: some orders at a time."""
    await erasing.erase_shop(
        claim.merchant_id, UUID(claim.payload["request_id"]), int(claim.payload["turn"]), datetime.now(UTC)
    )
