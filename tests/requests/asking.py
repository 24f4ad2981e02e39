"""Requests for tests, made through the room's own verb."""

from typing import Any

from portal.intake.service import record_order
from portal.integrations.records import OrderRecord
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.requests.forms import NO_FACTS
from portal.requests.models import ShopperRequest
from portal.requests.rules import Kind
from portal.requests.service import Asked, Wanted, make_request
from portal.tracking.models import Parcel
from tests.factories.merchants import NOW
from tests.factories.records import order_record, parcel_record


async def stored(merchant: MerchantFacts, record: OrderRecord | None = None) -> Order:
    """An order; by default one whose courier found nobody."""
    record = record or order_record(parcels=(parcel_record(status="attempt_failed"),))
    await record_order(merchant.id, record, NOW)
    return await Order.get(merchant_id=merchant.id, source_id=record.source_id)


async def wanted(order: Order, kind: Kind, **facts: Any) -> Wanted:
    """What a form would hand over, about the order's first parcel."""
    parcel = await Parcel.filter(merchant_id=order.merchant_id, order_id=order.id).order_by("position").first()
    return Wanted(kind, str(parcel.id) if parcel else "", {**NO_FACTS, **facts})


async def asked(
    merchant: MerchantFacts, order: Order, kind: Kind = Kind.REDELIVERY, key: str = "", **facts: Any
) -> ShopperRequest:
    """A request that was sent."""
    how = Asked(key or f"{order.id}-{kind}", "en", NOW)
    return await make_request(merchant, order.id, await wanted(order, kind, **facts), how)
