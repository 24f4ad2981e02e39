"""The one verb behind every door for orders."""

from datetime import datetime
from uuid import UUID

from portal.db.setup import transaction
from portal.integrations.records import OrderRecord
from portal.orders.service import store_order
from portal.policies.queries import find_version_at
from portal.tracking.service import refresh_page, store_parcels


async def record_order(merchant_id: UUID, record: OrderRecord, now: datetime) -> str:
    """Keep one order as its shop tells it. Returns created, updated, unchanged or outdated; nothing is done by
    halves.
    """
    async with transaction():
        version = await find_version_at(merchant_id, record.placed_at)
        stored = await store_order(merchant_id, record, version.id if version else None, now)
        if stored.outcome in {"created", "updated"}:
            await store_parcels(merchant_id, stored.id, record.parcels, stored.lines, now)
            await refresh_page(merchant_id, stored.id)
        return stored.outcome
