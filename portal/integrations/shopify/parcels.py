"""Fulfilments as parcels.

Shopify lets a merchant put several tracking numbers on one fulfilment and does not say which line went into which
parcel. We do not guess: the first number's parcel carries the fulfilment's lines and its status, the others are
parcels without lines and without a status. So units are never counted twice, and one parcel's news never becomes
another's.

A fulfilment without a number whose lines need no shipping (gift cards, downloads) is no parcel. Sold at a till (no
shipping address, source `pos`) it was handed over at once: delivered.
"""

from dataclasses import replace
from datetime import datetime

from portal.integrations.records import ParcelRecord
from portal.integrations.shopify.fields import Fields

# The documented values of `shipment_status`. "failure": tracking could not be read, not that delivery failed.
STATUSES = {
    "label_printed": "info_received",
    "label_purchased": "info_received",
    "confirmed": "info_received",
    "carrier_picked_up": "picked_up",
    # By the customer at the shop; what the carrier picks up is `carrier_picked_up`.
    "picked_up": "delivered",
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
    if len({parcel.source_id for parcel in parcels}) < len(parcels):
        order.refuse("two parcels with one id", "fulfillments")
    return tuple(parcels)


def _of_fulfilment(
    fulfilment: Fields, ordered: dict[str, int], tips: frozenset[str], at_till: bool
) -> list[ParcelRecord]:
    numbers = _numbers(fulfilment)
    if not numbers and not at_till and not _needs_shipping(fulfilment):
        return []
    first = _first(fulfilment, numbers, at_till)
    lines = tuple((line, quantity) for line, quantity in _lines(fulfilment, ordered) if line not in tips)
    urls = _urls(fulfilment, numbers)
    others = [
        replace(first, source_id=f"{first.source_id}-{number}"[:160], tracking_number=number, tracking_url=url)
        for number, url in zip(numbers[1:], urls[1:], strict=True)
    ]
    return [replace(first, lines=lines, tracking_url=urls[0] if urls else ""), *(_unheard(other) for other in others)]


def _first(fulfilment: Fields, numbers: tuple[str, ...], at_till: bool) -> ParcelRecord:
    shipped_at = fulfilment.moment("created_at") or fulfilment.refuse("missing", "created_at")
    cancelled = fulfilment.text("status") in _NOT_SENT
    handed_over = at_till and not numbers and not cancelled
    status = read_status(fulfilment) or ("delivered" if handed_over else None)
    return ParcelRecord(
        source_id=fulfilment.required_identifier("id"),
        carrier=fulfilment.text("tracking_company", limit=120),
        tracking_number=numbers[0] if numbers else "",
        shipped_at=shipped_at,
        lines=(),
        status=status,
        delivered_at=_delivered_at(fulfilment, shipped_at) if status == "delivered" else None,
        cancelled=cancelled,
        location=fulfilment.identifier("location_id"),
    )


def _unheard(parcel: ParcelRecord) -> ParcelRecord:
    return replace(parcel, status=None, delivered_at=None)


def read_status(fulfilment: Fields) -> str | None:
    """The canonical status; None when Shopify is silent, "unknown" for a word we do not know."""
    word = fulfilment.text("shipment_status")
    return STATUSES.get(word, "unknown") if word else None


def _delivered_at(fulfilment: Fields, shipped_at: datetime) -> datetime:
    """REST has no delivery time; the last change of a delivered fulfilment is the nearest, and never too early."""
    return fulfilment.moment("delivered_at") or fulfilment.moment("updated_at") or shipped_at


def _numbers(fulfilment: Fields) -> tuple[str, ...]:
    """`tracking_numbers`, and the single field of older payloads; no repetitions."""
    found = (*fulfilment.texts("tracking_numbers", limit=128), fulfilment.text("tracking_number", limit=128))
    return tuple(dict.fromkeys(text for text in found if text))


def _urls(fulfilment: Fields, numbers: tuple[str, ...]) -> tuple[str, ...]:
    """One link a number, as far as the payload tells which is whose. Web addresses only: shoppers click them."""
    found = fulfilment.texts("tracking_urls", limit=2000)
    if len(found) != len(numbers):
        lone = fulfilment.text("tracking_url", limit=2000) or next(iter(found), "")
        found = (lone, *("" for _ in numbers[1:]))
    return tuple(url if url.startswith(("https://", "http://")) else "" for url in found)


def _needs_shipping(fulfilment: Fields) -> bool:
    return any(entry.flag("requires_shipping", default=True) for entry in fulfilment.parts("line_items"))


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
