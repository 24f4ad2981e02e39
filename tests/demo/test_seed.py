"""The demo's world through the product's real doors: shops, orders, pictures, scans."""

import json

import httpx2
import pytest

from portal.demo.brands import brand
from portal.demo.clock import Progress
from portal.demo.orders import write_order_files
from portal.demo.seed import SOURCE, seed_shops
from portal.demo.shipments import shipments
from portal.demo.simulator import due, signature
from portal.intake.service import record_orders
from portal.orders.images import list_image_urls
from portal.orders.importing import import_orders
from portal.policies.models import PolicyVersion
from portal.storage.objects import open_store
from portal.tracking.models import Parcel
from portal.tracking.service import ensure_source
from tests.factories.merchants import NOW
from tests.factories.scans import applied


@pytest.fixture
async def shops(open_database, tmp_path):
    return await seed_shops(open_store(tmp_path), NOW)


async def test_seeding_twice_changes_nothing(shops, tmp_path):
    secrets = [await ensure_source(merchant_id, SOURCE, NOW) for merchant_id in shops.values()]
    assert await seed_shops(open_store(tmp_path), NOW) == shops
    assert [await ensure_source(merchant_id, SOURCE, NOW) for merchant_id in shops.values()] == secrets
    assert await PolicyVersion.filter(merchant_id__in=list(shops.values())).count() == len(shops)


async def test_pictures_are_there_by_sku_and_missing_where_wanted(shops):
    found = await list_image_urls(shops["fashion"], ["FW-RSJ-MO-M", "FW-WIS"])
    assert set(found) == {"FW-RSJ-MO-M"}


@pytest.mark.parametrize("slug", ["fashion", "jewels"])
async def test_every_order_comes_in_and_every_past_scan_finds_its_parcel(shops, app, tmp_path, slug):
    file = write_order_files(tmp_path, NOW)[slug]
    report = await import_orders(shops[slug], "shopify", file, store=record_orders, now=NOW)
    assert (report.read, report.refused) == (len(brand(slug).scenes), 0)
    again = await import_orders(shops[slug], "shopify", file, store=record_orders, now=NOW)
    assert again.unchanged == report.read
    events = due(shipments(brand(slug), NOW), Progress(NOW), NOW)[slug]
    body = json.dumps({"events": events}).encode()
    headers = {"doorstep-signature": signature(await ensure_source(shops[slug], SOURCE, NOW), body, NOW)}
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url=f"http://{slug}.localhost") as client:
        said = (await client.post(f"/hooks/tracking/{SOURCE}", content=body, headers=headers)).json()
    assert said == {"read": len(events), "refused": []}
    assert await applied(shops[slug]) == {"taken": len(events), "known": 0, "strangers": 0}
    statuses = set(await Parcel.filter(merchant_id=shops[slug]).values_list("status", flat=True))
    assert {"delivered", "delayed", "lost", "damaged", "on_hold", "available_for_pickup", "returning"} <= statuses
