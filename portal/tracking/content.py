"""What an order's page needs, gathered into one JSON value whenever a fact changes, so that showing it is one read.

Amounts are minor units of the order's currency, moments are ISO 8601 in UTC. `returns` belongs to the returns room.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from portal.orders.models import Order, OrderLine
from portal.orders.rules import masked_name, masked_postal_code
from portal.tracking.models import Parcel, ParcelLine, TrackingEvent
from portal.tracking.rules import furthest

Content = dict[str, Any]
HIDDEN = "•"
"""Stands for what only proven eyes may read."""
SHOP = "shop"
"""The source name of what the shop itself says of a parcel; it is not told twice when the carrier says it too."""
SCANS_SHOWN = 60
"""The newest scans of a parcel that its page tells; all are kept."""


def build_content(
    order: Order,
    lines: Iterable[OrderLine],
    parcels: Iterable[Parcel],
    parcel_lines: Iterable[ParcelLine],
    scans: Iterable[TrackingEvent],
    images: Mapping[str, str],
) -> Content:
    """The facts of one order. `images` maps SKU to address; `scans` come in any order."""
    inside: dict[str, dict[str, int]] = {}
    for row in parcel_lines:
        inside.setdefault(str(row.parcel_id), {})[str(row.line_id)] = row.quantity
    told: dict[str, list[TrackingEvent]] = {}
    for scan in scans:
        told.setdefault(str(scan.parcel_id), []).append(scan)
    return {
        "order": _order(order),
        "lines": [_line(line, images) for line in lines],
        "parcels": [
            _parcel(parcel, inside.get(str(parcel.id), {}), told.get(str(parcel.id), [])) for parcel in parcels
        ],
    }


def _order(order: Order) -> Content:
    address = order.shipping_address or {}
    where = f"{masked_postal_code(address.get('postal_code', ''))} {address.get('city', '')}".strip()
    name = masked_name(address.get("name", "") or order.customer["name"])
    return {
        "number": order.number,
        "placed_at": _moment(order.placed_at),
        "cancelled_at": _moment(order.cancelled_at),
        "gift": order.gift,
        "currency": order.currency,
        "total": order.total,
        "paid": order.total if order.paid is None else order.paid,
        "refunded": order.refunded,
        "taxes_included": order.taxes_included,
        "charges": order.charges,
        "tender": order.tenders[0]["method"] if order.tenders else "other",
        "destination": ", ".join(part for part in (name, where) if part) if order.shipping_address else "",
        "country": address.get("country", ""),
        "region": address.get("region", ""),
        "channel": order.channel,
        "tags": order.tags,
        "customer_tags": list(order.customer["tags"]),
        "policy": str(order.policy_version_id) if order.policy_version_id else None,
    }


def _line(line: OrderLine, images: Mapping[str, str]) -> Content:
    return {
        "id": str(line.id),
        "title": line.title,
        "variant": line.variant,
        "sku": line.sku,
        "product_type": line.product_type,
        "vendor": line.vendor,
        "tags": line.tags,
        "quantity": line.quantity,
        "cancelled": line.cancelled_quantity,
        "refunded_quantity": line.refunded_quantity,
        "refunded": line.refunded,
        "unit_price": line.unit_price,
        "discounts": line.discounts,
        "taxes": line.taxes,
        "requires_shipping": line.requires_shipping,
        "gift_card": line.gift_card,
        "final_sale": line.final_sale,
        "personalised": line.personalised,
        "properties": line.properties,
        "image": images.get(line.sku, ""),
    }


def _parcel(parcel: Parcel, lines: dict[str, int], scans: list[TrackingEvent]) -> Content:
    told_by_carrier = {scan.status for scan in scans if scan.source != SHOP}
    scans = [scan for scan in scans if scan.source != SHOP or scan.status not in told_by_carrier]
    newest = sorted(scans, key=lambda scan: (scan.occurred_at, furthest(scan.status), bytes(scan.digest)), reverse=True)
    return {
        "id": str(parcel.id),
        "carrier": parcel.carrier,
        "number": parcel.tracking_number,
        "status": parcel.status,
        "status_at": _moment(parcel.status_at),
        "reason": parcel.reason,
        "shipped_at": _moment(parcel.shipped_at),
        "delivered_at": _moment(parcel.delivered_at),
        "date": parcel.carrier_date.isoformat() if parcel.carrier_date else None,
        "window": parcel.carrier_window,
        "previous_date": parcel.previous_date.isoformat() if parcel.previous_date else None,
        "cancelled": parcel.cancelled,
        "location": parcel.location,
        "lines": lines,
        "scans": [[scan.status, scan.reason, scan.city, _moment(scan.occurred_at)] for scan in newest[:SCANS_SHOWN]],
    }


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None
