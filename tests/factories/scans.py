"""What a running installation does by itself: the worker applies what the carriers' door has kept."""

from uuid import UUID

from portal.tracking.inbox import apply_waiting
from portal.tracking.models import ScanDelivery
from tests.factories.merchants import NOW


async def applied(merchant_id: UUID) -> dict[str, int]:
    """Apply what waits; returns what became of the newest delivery's scans."""
    await apply_waiting(merchant_id, NOW)
    newest = await ScanDelivery.filter(merchant_id=merchant_id).order_by("-id").first()
    if newest is None:
        return {}
    return {"taken": newest.taken, "known": newest.known, "strangers": newest.strangers}
