"""Magento's shipments as parcels. A shipment may have several tracks; which item went where, it does not say: the first
carries the items, the others none. An order for in-store pick-up gets its shipment when it is ready at the counter.
"""

from collections.abc import Mapping

from portal.integrations.decimals import whole
from portal.integrations.magento.times import moment
from portal.integrations.records import ParcelRecord
from portal.integrations.shopify.fields import Fields


def read_parcels(order: Fields, ordered: Mapping[str, int], line_of: Mapping[str, str]) -> tuple[ParcelRecord, ...]:
    """The order's parcels; `line_of` gives for each item the line that stands for it. Raises RecordRefused."""
    shipments = order.parts("shipments")
    extension = order.part("extension_attributes")
    if not shipments and extension:
        shipments = extension.parts("shipments")
    shipped: dict[str, int] = {}
    parcels: list[ParcelRecord] = []
    for shipment in shipments:
        inside = _inside(shipment, line_of)
        for line, quantity in inside.items():
            shipped[line] = shipped.get(line, 0) + quantity
            if shipped[line] > ordered[line]:
                shipment.refuse("more units shipped than ordered", "items")
        parcels += _of_shipment(shipment, inside, "available_for_pickup" if pickup_location(order) else None)
    if len({parcel.source_id for parcel in parcels}) < len(parcels):
        order.refuse("the same shipment twice", "shipments")
    return tuple(parcels)


def _inside(shipment: Fields, line_of: Mapping[str, str]) -> dict[str, int]:
    """Units by line. A parent and its part are one unit of one line, so the greater number counts."""
    found: dict[str, dict[str, int]] = {}
    for item in shipment.parts("items"):
        identifier = item.required_identifier("order_item_id")
        if identifier not in line_of:
            # The parent of a bundle whose parts are the lines has no line of its own.
            continue
        counts = found.setdefault(line_of[identifier], {})
        counts[identifier] = counts.get(identifier, 0) + whole(item, "qty")
    return {line: max(counts.values()) for line, counts in found.items() if max(counts.values())}


def pickup_location(order: Fields) -> str:
    """The code of the store where the shopper collects the order; "" for one that is sent."""
    extension = order.part("extension_attributes")
    return extension.text("pickup_location_code") if extension else ""


def _of_shipment(shipment: Fields, inside: Mapping[str, int], status: str | None) -> list[ParcelRecord]:
    identifier = shipment.required_identifier("entity_id")
    shipped_at = moment(shipment, "created_at") or shipment.refuse("missing", "created_at")
    tracks: list[Fields | None] = [*shipment.parts("tracks")] or [None]
    return [
        ParcelRecord(
            source_id=identifier if index == 0 else f"{identifier}-{index}",
            carrier=(track.text("title", limit=120) or track.text("carrier_code", limit=120)) if track else "",
            tracking_number=track.text("track_number", limit=128) if track else "",
            shipped_at=shipped_at,
            lines=tuple(inside.items()) if index == 0 else (),
            status=None if track else status,
        )
        for index, track in enumerate(tracks)
    ]
