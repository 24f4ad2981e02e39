"""Scans: what the worker does when carriers and aggregators have delivered."""

from datetime import UTC, datetime, timedelta

from portal.db.outbox import Claim
from portal.tracking.inbox import apply_waiting, ring_for_overdue
from workers.schedule import Every
from workers.workshop import Workshop


async def apply_scans(claim: Claim, workshop: Workshop) -> None:
    """Topic `tracking.scans_kept`, without a payload: whatever waits is applied."""
    await apply_waiting(claim.merchant_id, datetime.now(UTC))


async def ring_again(now: datetime, workshop: Workshop) -> None:
    """Scans that were kept and not rung for."""
    await ring_for_overdue(now)


OVERDUE = Every("scans-overdue", timedelta(seconds=5), ring_again)
