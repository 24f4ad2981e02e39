"""Fulfilments of a demo order: what the shop knew of its parcels when the demo was set up."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from portal.demo.brands import Brand
from portal.demo.journeys import Shipment, delivered_at, scans_until, shipped_at
from portal.demo.numbers import tracking_page
from portal.demo.scenes import Scene
from portal.demo.shipments import shipment

Json = dict[str, Any]

# The shop hears of the beginning and the end. What lies between has no time of its own in its payload: nothing said.
SHOP_STATUS = {"info_received": "label_printed", "delivered": "delivered"}


def first_shipped(brand: Brand, scene: Scene, today: datetime) -> datetime | None:
    """When the first label was made; None when nothing shipped."""
    return min((shipped_at(one) for one in _all(brand, scene, today)), default=None)


def fulfilments(
    brand: Brand, scene: Scene, order_id: int, lines: list[Json], placed: datetime, today: datetime
) -> list[Json]:
    """One fulfilment a parcel; gift cards and goods sold at the counter have one without a parcel."""
    made = [
        _fulfilment(brand, scene, order_id, number, lines, one) for number, one in enumerate(_all(brand, scene, today))
    ]
    handed = [line for line in lines if scene.in_store or line["gift_card"]]
    if handed and not scene.cancelled:
        entries = [_entry(line, line["quantity"]) for line in handed]
        number = len(made)
        made.append(_base(brand, order_id, number, placed, placed) | {"line_items": entries, "service": "gift_card"})
    return made


def _all(brand: Brand, scene: Scene, today: datetime) -> list[Shipment]:
    return [shipment(brand, scene, number, today) for number in range(len(scene.boxes))]


def _fulfilment(brand: Brand, scene: Scene, order_id: int, number: int, lines: list[Json], one: Shipment) -> Json:
    box = scene.boxes[number]
    known = scans_until(one, one.anchor)
    held = box.holds or tuple((index, item.quantity) for index, item in enumerate(scene.items))
    heard = delivered_at(one) or known[-1].occurred_at
    url = tracking_page(one.carrier, one.tracking_number)
    return _base(brand, order_id, number, known[0].occurred_at, heard) | {
        "status": "cancelled" if box.cancelled else "success",
        "shipment_status": None if box.cancelled else SHOP_STATUS.get(known[-1].status),
        "tracking_company": one.carrier,
        "tracking_number": one.tracking_number,
        "tracking_numbers": [one.tracking_number],
        "tracking_url": url,
        "tracking_urls": [url],
        "line_items": [_entry(lines[index], quantity) for index, quantity in held],
    }


def _base(brand: Brand, order_id: int, number: int, created: datetime, updated: datetime) -> Json:
    zone = ZoneInfo(brand.zone)
    fulfilment_id = order_id * 10 + number
    return {
        "id": fulfilment_id,
        "admin_graphql_api_id": f"gid://shopify/Fulfillment/{fulfilment_id}",
        "order_id": order_id,
        "name": f"{brand.prefix}{order_id % 10**9}.{number + 1}",
        "created_at": created.astimezone(zone).isoformat(),
        "updated_at": updated.astimezone(zone).isoformat(),
        "status": "success",
        "service": "manual",
        "shipment_status": None,
        "location_id": brand.location,
        "tracking_company": None,
        "tracking_number": None,
        "tracking_numbers": [],
        "tracking_url": None,
        "tracking_urls": [],
        "receipt": {},
        "line_items": [],
    }


def _entry(line: Json, quantity: int) -> Json:
    return line | {"quantity": quantity}
