"""Fulfilments as parcels.

Shopify lets a merchant put several tracking numbers on one fulfilment and does not say which line went into which parcel.
We do not guess: the first number's parcel carries the fulfilment's lines and its status, the others are parcels without
lines and without a status. So units are never counted twice, and one parcel's news never becomes another's.

A fulfilment without a number whose lines need no shipping (gift cards, downloads) is no parcel. Sold at a till (no shipping
address, source `pos`) it was handed over at once: delivered.
"""

from datetime import datetime

from portal.integrations.records import ParcelRecord
from portal.integrations.shopify.fields import Fields

# The documented values of `shipment_status`. "failure" means that Shopify could not read tracking, not that delivery failed.
STATUSES = {
    "label_printed": "info_received",
    "label_purchased": "info_received",
    "confirmed": "info_received",
    "carrier_picked_up": "picked_up",
    "picked_up": "picked_up",
    "in_transit": "in_transit",
    "out_for_delivery": "out_for_delivery",
    "attempted_delivery": "attempt_failed",
    "ready_for_pickup": "available_for_pickup",
    "delayed": "delayed",
    "delivered": "delivered",
    "failure": "unknown",
}
_NOT_SENT = ("cancelled", "error", "failure")


def read_shipped(order: Fields, ordered: dict[str, int]) -> dict[str, int]:
    """Units by line id in fulfilments that were not cancelled. Refused: unknown lines, more than were `ordered`."""
    shipped: dict[str, int] = {}
    for fulfilment in order.parts("fulfillments"):
        if fulfilment.text("status") in _NOT_SENT:
            continue
        for entry in fulfilment.parts("line_items"):
            line, quantity = _line(entry, ordered)
            shipped[line] = shipped.get(line, 0) + quantity
            if shipped[line] > ordered[line]:
                entry.refuse("more units fulfilled than ordered", "quantity")
    return shipped


def read_parcels(
    order: Fields, ordered: dict[str, int], tips: frozenset[str], at_till: bool
) -> tuple[ParcelRecord, ...]:
    """The order's parcels, cancelled ones among them; `tips` (line ids) travel in none. Raises RecordRefused."""
    seen: set[str] = set()
    parcels: list[ParcelRecord] = []
    for fulfilment in order.parts("fulfillments"):
        identifier = fulfilment.required_identifier("id")
        if identifier in seen:
            fulfilment.refuse("the same fulfilment twice", "id")
        seen.add(identifier)
        parcels += _of_fulfilment(fulfilment, ordered, tips, at_till)
    return tuple(parcels)


def _of_fulfilment(
    fulfilment: Fields, ordered: dict[str, int], tips: frozenset[str], at_till: bool
) -> list[ParcelRecord]:
    numbers = _numbers(fulfilment, "tracking_number")
    if not numbers and not at_till and not _needs_shipping(fulfilment):
        return []
    shipped_at = fulfilment.moment("created_at") or fulfilment.refuse(
        "missing", "created_at"
    )
    identifier = fulfilment.required_identifier("id")
    urls = _urls(fulfilment)
    carrier = fulfilment.text("tracking_company")
    cancelled = fulfilment.text("status") in _NOT_SENT
    status = read_status(fulfilment) or (
        "delivered" if at_till and not numbers and not cancelled else None
    )
    first = ParcelRecord(
        source_id=identifier,
        carrier=carrier,
        tracking_number=numbers[0] if numbers else "",
        shipped_at=shipped_at,
        lines=tuple(
            (line, quantity)
            for line, quantity in _lines(fulfilment, ordered)
            if line not in tips
        ),
        tracking_url=urls[0] if urls else "",
        status=status,
        delivered_at=_delivered_at(fulfilment, shipped_at)
        if status == "delivered"
        else None,
        cancelled=cancelled,
    )
    others = [
        ParcelRecord(
            source_id=f"{identifier}-{number}"[:255],
            carrier=carrier,
            tracking_number=number,
            shipped_at=shipped_at,
            lines=(),
            tracking_url=urls[index] if index < len(urls) else "",
            cancelled=cancelled,
        )
        for index, number in enumerate(numbers[1:], start=1)
    ]
    return [first, *others]


def read_status(fulfilment: Fields) -> str | None:
    """The canonical status; None when Shopify is silent, "unknown" for a word we do not know."""
    word = fulfilment.text("shipment_status")
    return STATUSES.get(word, "unknown") if word else None


def _delivered_at(fulfilment: Fields, shipped_at: datetime) -> datetime:
    """REST has no delivery time; the last change of a delivered fulfilment is the nearest, and never too early."""
    return (
        fulfilment.moment("delivered_at")
        or fulfilment.moment("updated_at")
        or shipped_at
    )


def _numbers(fulfilment: Fields, key: str, limit: int = 255) -> tuple[str, ...]:
    """`tracking_numbers` (or urls), with the single field of older payloads first; no repetitions."""
    several = (text for text in fulfilment.texts(f"{key}s", limit))
    return tuple(
        dict.fromkeys(text for text in (*several, fulfilment.text(key, limit)) if text)
    )


def _urls(fulfilment: Fields) -> tuple[str, ...]:
    """Web addresses only: a link is something shoppers click."""
    found = _numbers(fulfilment, "tracking_url", limit=2000)
    return tuple(
        url if url.startswith(("https://", "http://")) else "" for url in found
    )


def _needs_shipping(fulfilment: Fields) -> bool:
    return any(
        entry.flag("requires_shipping", default=True)
        for entry in fulfilment.parts("line_items")
    )


def _lines(fulfilment: Fields, ordered: dict[str, int]) -> tuple[tuple[str, int], ...]:
    merged: dict[str, int] = {}
    for entry in fulfilment.parts("line_items"):
        line, quantity = _line(entry, ordered)
        merged[line] = merged.get(line, 0) + quantity
    return tuple((line, quantity) for line, quantity in merged.items() if quantity)


def _line(entry: Fields, ordered: dict[str, int]) -> tuple[str, int]:
    line = entry.required_identifier("id")
    if line not in ordered:
        entry.refuse("fulfils a line that is not in the order", "id")
    return line, entry.count("quantity") or 0
