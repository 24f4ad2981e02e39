"""Labels: what the worker does when a return wants one."""

from datetime import UTC, datetime
from uuid import UUID

from portal.db.outbox import Claim
from portal.labels import service
from workers.workshop import Workshop


async def make_return_label(claim: Claim, workshop: Workshop) -> None:
    """Topic `return.label_wanted`, payload `return_id`."""
    return_id = UUID(claim.payload["return_id"])
    await service.make_return_label(claim.merchant_id, return_id, workshop.renderer, workshop.store, datetime.now(UTC))
