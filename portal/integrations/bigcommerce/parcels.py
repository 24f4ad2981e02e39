"""BigCommerce's shipments as parcels, and an order that is collected as one parcel at the counter once it is ready."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from portal.integrations.bigcommerce.times import moment
from portal.integrations.records import LineRecord, ParcelRecord
from portal.integrations.shopify.fields import Fields

_AT_THE_COUNTER = 8
_HANDED_OVER = (2, 10)
"""`status_id`: awaiting pick-up; shipped and completed."""


def read_parcels(order: Fields, lines: Sequence[LineRecord], changed_at: datetime) -> tuple[ParcelRecord, ...]:
    """The order's parcels. Raises RecordRefused."""
    shipments = order.parts("shipments") if isinstance(order.get("shipments"), list) else []
    ordered, shipped = {line.source_id: line.quantity for line in lines}, {}
    parcels = [_read(shipment, _inside(shipment, ordered, shipped)) for shipment in shipments]
    if len({parcel.source_id for parcel in parcels}) < len(parcels):
        order.refuse("the same shipment twice", "shipments")
    return tuple(parcels) or _collected(order, lines, changed_at)


def pickup_location(order: Fields) -> str:
    """The name of the place where the shopper collects the order; "" for one that is sent."""
    pickup = _pickup(order)
    location = pickup.part("location") if pickup else None
    return location.text("name") if location else ""


def _inside(shipment: Fields, ordered: Mapping[str, int], shipped: dict[str, int]) -> dict[str, int]:
    inside: dict[str, int] = {}
    for item in shipment.parts("items"):
        line = item.required_identifier("order_product_id")
        quantity = item.count("quantity") or 0
        shipped[line] = shipped.get(line, 0) + quantity
        if line not in ordered or shipped[line] > ordered[line]:
            item.refuse("ships what was not ordered", "order_product_id")
        inside[line] = inside.get(line, 0) + quantity
    return inside


def _read(shipment: Fields, inside: Mapping[str, int]) -> ParcelRecord:
    link = shipment.text("tracking_link", limit=2000) or shipment.text("generated_tracking_link", limit=2000)
    return ParcelRecord(
        source_id=shipment.required_identifier("id"),
        carrier=_carrier(shipment),
        tracking_number=shipment.text("tracking_number", 128),
        shipped_at=moment(shipment, "date_created") or shipment.refuse("missing", "date_created"),
        lines=tuple((line, quantity) for line, quantity in inside.items() if quantity),
        tracking_url=link if link.startswith(("https://", "http://")) else "",
    )


def _carrier(shipment: Fields) -> str:
    """The carrier's name as shoppers know it, else BigCommerce's code for it."""
    names = ("shipping_provider_display_name", "tracking_carrier", "shipping_provider")
    return next((found for name in names if (found := shipment.text(name, 120))), "")


def _pickup(order: Fields) -> Fields | None:
    consignments = order.part("consignments") if isinstance(order.get("consignments"), Mapping) else None
    pickups = consignments.parts("pickups") if consignments else []
    return pickups[0] if pickups else None


def _collected(order: Fields, lines: Sequence[LineRecord], changed_at: datetime) -> tuple[ParcelRecord, ...]:
    """BigCommerce has no time for it but that of the order's last change; the first one that we hear is kept."""
    pickup, status = _pickup(order), order.count("status_id")
    if pickup is None or status not in (_AT_THE_COUNTER, *_HANDED_OVER):
        return ()
    there = [(line.source_id, line.quantity - line.cancelled_quantity) for line in lines if line.requires_shipping]
    parcel = ParcelRecord(
        source_id=f"pickup-{pickup.identifier('id')}",
        carrier="",
        tracking_number="",
        shipped_at=changed_at,
        lines=tuple((line, quantity) for line, quantity in there if quantity),
        status="available_for_pickup" if status == _AT_THE_COUNTER else "delivered",
        delivered_at=None if status == _AT_THE_COUNTER else changed_at,
    )
    return (parcel,) if parcel.lines else ()
