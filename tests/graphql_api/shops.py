"""Orders and returns that these tests read, made through the portal's own verbs."""

from typing import Any
from uuid import UUID

from graphql_api.ids import global_id
from portal.intake.service import record_order
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order, OrderLine
from portal.returns.models import Return
from portal.returns.rules import Pick
from portal.returns.service import request_return
from tests.factories.merchants import NOW
from tests.factories.records import delivered_parcel, line_record, order_record


async def delivered_order(merchant_id: UUID, **changes: Any) -> Order:
    """One jacket, three beanies, a final-sale scarf, in one parcel that arrived yesterday."""
    lines = (
        line_record(),
        line_record("l2", title="Cairn beanie", sku="FW-BNE-01", quantity=3),
        line_record("l3", title="Outlet scarf", sku="FW-SCF-01", final_sale=True),
    )
    parcel = delivered_parcel(lines=(("l1", 1), ("l2", 3), ("l3", 1)))
    record = order_record(**{"lines": lines, "parcels": (parcel,), **changes})
    await record_order(merchant_id, record, NOW)
    return await Order.get(merchant_id=merchant_id, source_id=record.source_id)


async def line_of(order: Order, source_id: str) -> OrderLine:
    """One of its lines by the shop's own id."""
    return await OrderLine.get(merchant_id=order.merchant_id, order_id=order.id, source_id=source_id)


async def returned(merchant: MerchantFacts, order: Order, source_id: str = "l1", **changes: Any) -> Return:
    """A return of one unit of a line."""
    line = await line_of(order, source_id)
    wanted = {"request_key": f"test:{line.id}", "via": "api", "locale": "en", "now": NOW, **changes}
    return await request_return(merchant, order.id, [Pick(str(line.id), 1)], **wanted)


async def asked(order: Order, source_id: str = "l1", quantity: int = 1, **more: Any) -> dict[str, Any]:
    """A ReturnRequestInput for one line."""
    line = await line_of(order, source_id)
    each = {"orderLineId": global_id("OrderLine", line.id), "quantity": quantity, "reason": "SIZE_TOO_SMALL"}
    return {"orderId": global_id("Order", order.id), "lines": [each], **more}
