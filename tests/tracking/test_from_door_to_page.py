"""From the carriers' door through relay and worker to the order's page, with the real processes' parts."""

from pathlib import Path

from starlette.applications import Starlette

from portal.intake.service import record_order
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.settings import Settings
from portal.tracking.models import ScanDelivery
from portal.tracking.queries import find_page
from portal.tracking.sources import add_source
from tests.factories import aggregators as made
from tests.factories.aggregators import NUMBER, packed
from tests.factories.browsers import open_browser
from tests.factories.merchants import NOW
from tests.factories.records import order_record, parcel_record
from tests.workers.crew import own_redis, running_relay, running_worker, until
from workers.main import HANDLERS

SECRET = "a secret of forty-eight characters, said by nobody"


async def test_what_a_carrier_delivers_is_on_the_page_soon(
    app: Starlette, settings: Settings, merchant: MerchantFacts, tmp_path: Path
) -> None:
    async def all_applied() -> bool:
        return not await ScanDelivery.filter(merchant_id=merchant.id, state="waiting").exists()

    await record_order(merchant.id, order_record(parcels=(parcel_record(tracking_number=NUMBER),)), NOW)
    await add_source(merchant.id, "easypost", NOW, SECRET)
    scans = [("in_transit", "arrived_at_facility", 9, "Leipzig"), ("delivered", "", 34, "Berlin")]
    bodies = [packed(made.easypost(*scans[: count + 1])) for count in range(len(scans))]
    client = open_browser(app, merchant).client
    with own_redis(settings, tmp_path) as apart:
        async with running_relay(apart), running_worker(apart, HANDLERS):
            for body in bodies:
                headers = made.easypost_headers(SECRET, body)
                answer = await client.post("/hooks/tracking/easypost", content=body, headers=headers)
                assert answer.status_code == 200
            await until(all_applied)
    order = await Order.get(merchant_id=merchant.id)
    page = await find_page(merchant.id, order.id)
    assert page is not None
    assert [parcel["status"] for parcel in page.content["parcels"]] == ["delivered"]
