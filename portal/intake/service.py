"""The one verb behind every door for orders."""

from datetime import datetime
from uuid import UUID

from portal.db.setup import transaction
from portal.integrations.records import OrderRecord
from portal.orders.models import Order
from portal.orders.service import store_order
from portal.policies.queries import find_version_at
from portal.tracking.content import SHOP
from portal.tracking.models import Parcel, TrackingEvent
from portal.tracking.queries import lock_page_of_source
from portal.tracking.rules import ParcelStatus
from portal.tracking.service import HeardScan, refresh_page, store_parcels


async def record_order(merchant_id: UUID, record: OrderRecord, now: datetime) -> str:
    """Keep one order as its shop tells it, whole or not at all. Returns created, updated, unchanged or outdated."""
    async with transaction():
        # Before anything else is held: returns and scans of this order take turns with us here.
        await lock_page_of_source(merchant_id, record.source, record.source_id)
        version = await find_version_at(merchant_id, record.placed_at)
        stored = await store_order(merchant_id, record, version.id if version else None, now)
        if stored.outcome in {"created", "updated"}:
            await store_parcels(merchant_id, stored.id, record.parcels, stored.lines, now)
            await refresh_page(merchant_id, stored.id)
        return stored.outcome


async def take_back_delivery_time(merchant_id: UUID, record: OrderRecord) -> None:
    """Forget when the shop said that a parcel was delivered, where we now know that it said so earlier.

    Inside the caller's transaction and right before `record_order`, which keeps the shop's word anew. The shop's word
    has no time but that of the delivery that brought it, so a late one may bring the earlier time.
    """
    order = await Order.get_or_none(merchant_id=merchant_id, source=record.source, source_id=record.source_id)
    if order is None or order.source_updated_at > record.updated_at:
        return
    for parcel in record.parcels:
        if parcel.delivered_at is None:
            continue
        said = HeardScan("", ParcelStatus.DELIVERED, parcel.delivered_at, event_id=f"said-{ParcelStatus.DELIVERED}")
        ids = await Parcel.filter(merchant_id=merchant_id, order_id=order.id, source_id=parcel.source_id).values_list(
            "id", flat=True
        )
        await TrackingEvent.filter(
            merchant_id=merchant_id, parcel_id__in=list(ids), source=SHOP, digest=said.digest(SHOP),
            occurred_at__gt=parcel.delivered_at,
        ).delete()  # fmt: skip
