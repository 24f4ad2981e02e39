"""The demo's shops: what is sold meanwhile can be read by every door, and a restart tells it again."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import httpx2
from starlette.applications import Starlette
from starlette.routing import Mount

from portal.demo.clock import write_start
from portal.demo.seed import seed_shops
from portal.demo.shops import SHOPS, connect_shops, keep_keys, read_keys, shown
from portal.demo.shops_running import Happened, Shelf, _tell_again, read_happened, step, write_happened
from portal.demo.shops_selling import MOST, Sale, next_sale
from portal.intake.applying import apply_delivery
from portal.intake.models import InboxMessage, ShopConnection
from portal.intake.reconciling import read_on
from portal.integrations.shopify.mapping import order_record
from portal.orders.models import Order
from portal.storage.objects import open_store
from tests.factories.merchants import NOW

MINUTE = timedelta(minutes=1)


def record(order):
    return order_record(json.loads(json.dumps(order), parse_float=Decimal))


def test_everything_that_is_sold_is_sent_in_the_end_and_there_is_an_end():
    sales, minutes = [], 0
    while (sale := next_sale(sales, NOW + minutes * MINUTE)) is not None:
        minutes += 1
        sales[sale.number : sale.number + 1] = [sale]
    assert (len(sales), minutes) == (MOST, 2 * MOST)
    parcels = [record(sale.order()).parcels for sale in sales]
    assert all(len(each) == 1 and each[0].tracking_number for each in parcels)
    assert len({each[0].tracking_number for each in parcels}) == MOST


def test_a_new_order_has_a_number_of_its_own_and_belongs_to_somebody_of_the_demo():
    first = next_sale([], NOW)
    assert first == Sale(0, NOW)
    assert next_sale([Sale(0, NOW)], NOW) == Sale(1, NOW)
    assert [record(Sale(number, NOW).order()).number for number in (0, 1)] == ["FW-10701", "20701"]
    assert record(Sale(0, NOW).order()).placed_at == NOW


def shelves_at(start):
    return {one.path: Shelf("token", one.sells(start)) for one in SHOPS}


def test_a_restart_tells_what_had_happened(tmp_path):
    happened, shelves = Happened(NOW), shelves_at(NOW)
    changed = []
    for minute in range(1, 30):
        changed += step(happened, shelves, NOW + minute * MINUTE)
        happened.changes += 1
    assert {one.platform for one, _ in changed} == {"shopify", "magento", "bigcommerce"}
    write_happened(tmp_path / "state.json", happened)
    again, fresh = read_happened(tmp_path / "state.json", NOW), shelves_at(NOW)
    _tell_again(again, fresh)
    assert {path: shelf.orders for path, shelf in fresh.items()} == {
        path: shelf.orders for path, shelf in shelves.items()
    }
    assert read_happened(tmp_path / "state.json", NOW + MINUTE).sales == []


def test_keys_are_made_once(tmp_path):
    first = keep_keys(tmp_path)
    assert (keep_keys(tmp_path), read_keys(tmp_path)) == (first, first)
    assert (tmp_path / "shops.json").stat().st_mode & 0o077 == 0


def test_the_panel_names_an_order_of_each_platform_without_a_file():
    assert [one.merchant_slug for one in shown()] == ["fashion", "jewels"]


async def test_every_shop_is_connected_and_read_over_its_twin(open_database, tmp_path):
    (tmp_path / "orders").mkdir()
    now = datetime.now(UTC).replace(microsecond=0)
    write_start(tmp_path / "orders", now)
    merchants = await seed_shops(open_store(tmp_path), now)
    await connect_shops(tmp_path, merchants, now)
    keys = keep_keys(tmp_path)
    happened, shelves = Happened(now), shelves_at(now)
    for shelf in shelves.values():
        shelf.token = keys.token
    for minute in range(1, 6):
        step(happened, shelves, now + minute * MINUTE)
        happened.changes += 1
    app = Starlette(routes=[Mount(one.path, one.serve(shelves[one.path])) for one in SHOPS])
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app)) as client:
        for one in SHOPS:
            row = await ShopConnection.get(merchant_id=merchants[one.slug], platform=one.platform, shop=one.shop)
            done = await read_on(row.merchant_id, row.id, client, lambda: now + 10 * MINUTE)
            assert done is not None
            assert (done.trouble, done.finished, done.missed) == (None, True, 0)
            for message in await InboxMessage.filter(merchant_id=row.merchant_id, state="waiting"):
                assert await apply_delivery(row.merchant_id, message.id, now) == "applied"
    for slug, source, number in (("fashion", "magento", 8), ("jewels", "bigcommerce", 8)):
        assert await Order.filter(merchant_id=merchants[slug], source=source).count() == number
    assert await Order.filter(merchant_id=merchants["jewels"], source="shopify", number="20701").exists()
