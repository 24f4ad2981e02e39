"""From the shop's door through relay and worker to the order's page, with the real processes' parts."""

from pathlib import Path

from starlette.applications import Starlette

from portal.intake.models import InboxMessage
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.settings import Settings
from portal.tracking.queries import find_page
from tests.intake.shop_streams import connect, life, send
from tests.workers.crew import own_redis, running_relay, running_worker, until
from workers.main import HANDLERS


async def test_what_a_shop_delivers_is_on_the_page_soon(
    app: Starlette, settings: Settings, merchant: MerchantFacts, tmp_path: Path
) -> None:
    async def all_applied() -> bool:
        return not await InboxMessage.filter(merchant_id=merchant.id, state__in=["waiting", "early"]).exists()

    await connect(merchant)
    with own_redis(settings, tmp_path) as apart:
        async with running_relay(apart), running_worker(apart, HANDLERS):
            for one in life():
                assert (await send(app, merchant, one)).status_code == 200
            await until(all_applied)
    order = await Order.get(merchant_id=merchant.id)
    page = await find_page(merchant.id, order.id)
    assert page is not None
    assert [parcel["status"] for parcel in page.content["parcels"]] == ["delivered", "out_for_delivery"]
