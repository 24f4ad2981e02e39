"""A scan that waits for a change of its order sees that change: what it read before is not written back."""

import asyncio
import contextvars
from datetime import timedelta

from portal.db.setup import connection, transaction
from portal.intake.service import record_order
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.tracking.models import Parcel
from portal.tracking.queries import find_page, lock_page
from portal.tracking.rules import ParcelStatus
from portal.tracking.service import HeardScan, record_scans, refresh_page
from tests.factories.merchants import NOW
from tests.factories.records import order_record, parcel_record

NUMBER = "00340434161094042557"
WAITING = (
    "SELECT count(*) AS n FROM pg_stat_activity, pg_stat_clear_snapshot() "
    "WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


async def test_a_scan_that_waited_tells_the_new_carrier(merchant: MerchantFacts) -> None:
    record = order_record(parcels=(parcel_record(tracking_number=NUMBER, carrier="DHL"),))
    await record_order(merchant.id, record, NOW)
    order = await Order.get(merchant_id=merchant.id, source_id=record.source_id)
    outside = contextvars.copy_context()
    heard = HeardScan(NUMBER, ParcelStatus.IN_TRANSIT, NOW - timedelta(hours=1), city="Leipzig")
    async with transaction():
        await lock_page(merchant.id, order.id)
        scan = asyncio.create_task(record_scans(merchant.id, "demo", [heard], NOW), context=outside)
        async with asyncio.timeout(20):
            while not (await connection().execute_query_dict(WAITING))[0]["n"]:
                await asyncio.sleep(0.01)
        await Parcel.filter(merchant_id=merchant.id, order_id=order.id).update(carrier="DPD")
        await refresh_page(merchant.id, order.id)
    assert (await scan).taken == 1
    page = await find_page(merchant.id, order.id)
    assert page is not None
    assert [(parcel["carrier"], parcel["status"]) for parcel in page.content["parcels"]] == [("DPD", "in_transit")]
