"""The one verb behind every door for orders."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from portal.db.setup import transaction
from portal.integrations.records import OrderRecord
from portal.orders.models import Order
from portal.orders.service import store_orders
from portal.policies.queries import list_versions_at
from portal.tracking.content import SHOP
from portal.tracking.heard import HeardScan
from portal.tracking.models import Parcel, TrackingEvent
from portal.tracking.parcels import Shipped, store_parcels
from portal.tracking.queries import lock_pages_of_sources
from portal.tracking.refreshing import refresh_pages
from portal.tracking.rules import ParcelStatus


async def record_order(merchant_id: UUID, record: OrderRecord, now: datetime) -> str:
    """Keep one order as its shop tells it, whole or not at all. Returns created, updated, unchanged or outdated."""
    return (await record_orders(merchant_id, [record], now))[0]


async def record_orders(merchant_id: UUID, records: Sequence[OrderRecord], now: datetime) -> list[str]:
    """Keep orders as their shops tell them, no order twice: all of them or none. Says what became of each."""
    async with transaction():
        # Before anything else is held: returns and scans of these orders take turns with us here.
        await lock_pages_of_sources(merchant_id, [(record.source, record.source_id) for record in records])
        versions = await list_versions_at(merchant_id, [record.placed_at for record in records])
        found = await store_orders(merchant_id, list(zip(records, versions, strict=True)), now)
        changed = [
            Shipped(stored.id, record.parcels, stored.lines)
            for stored, record in zip(found, records, strict=True)
            if stored.outcome in {"created", "updated"}
        ]
        if changed:
            await store_parcels(merchant_id, changed, now)
            await refresh_pages(merchant_id, [one.order_id for one in changed])
        return [stored.outcome for stored in found]


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
