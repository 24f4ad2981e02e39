"""Intake: what the worker does when a shop has delivered."""

from datetime import UTC, datetime
from uuid import UUID

from portal.db.outbox import Claim
from portal.intake import applying
from workers.workshop import Workshop


async def apply_delivery(claim: Claim, workshop: Workshop) -> None:
    """Topic `inbox.delivery_kept`, payload `message_id`."""
    await applying.apply_delivery(claim.merchant_id, UUID(claim.payload["message_id"]), datetime.now(UTC))
