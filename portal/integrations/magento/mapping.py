"""Magento's order JSON (REST V1, Adobe Commerce and Open Source 2.x) as `OrderRecord`.

A document is an order, a search result {"items": [order, …]}, or {"order": …, "shipments": […], "creditmemos": […]}
with what GET /V1/shipments and /V1/creditmemos know of it; either list may also stand in the order itself. Pure: a
record or `RecordRefused`. An order has to add up to its `grand_total` to the minor unit.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from portal.integrations.decimals import amount, positive
from portal.integrations.magento.amounts import currency_of
from portal.integrations.magento.lines import paid_for, read_items, read_line, taxes_included
from portal.integrations.magento.parcels import pickup_location, read_parcels
from portal.integrations.magento.people import read_address, read_customer, read_tenders, shipping_address_of
from portal.integrations.magento.times import moment
from portal.integrations.magento.webhooks import order_of
from portal.integrations.records import ChargeRecord, DiscountShare, OrderRecord, TaxShare
from portal.integrations.shopify.fields import LONG, Fields
from portal.kernel.money import Money, total

SOURCE = "magento"
_TENDERS = ("gift_cards_amount", "customer_balance_amount", "reward_currency_amount")
"""What was paid with in other ways; Magento takes them off the grand total."""


def order_payloads(document: Any) -> Iterator[tuple[str, Any]]:
    """(path, payload) of every order in a document."""
    if isinstance(document, list):
        for index, entry in enumerate(document):
            yield from ((f"[{index}].{path}".rstrip("."), payload) for path, payload in order_payloads(entry))
    elif isinstance(document, Mapping) and "entity_id" not in document and isinstance(document.get("items"), list):
        for index, entry in enumerate(document["items"]):
            yield f"items[{index}]", entry
    elif isinstance(document, Mapping) and isinstance(document.get("order"), Mapping):
        beside = {key: document[key] for key in ("shipments", "creditmemos") if key in document}
        yield "order", {**document["order"], **beside}
    else:
        yield "", document


def order_number(payload: Any) -> str:
    """The order's number for a report; "" when there is none to read."""
    found = payload.get("increment_id") or payload.get("entity_id") if isinstance(payload, Mapping) else ""
    return str(found)[:64] if isinstance(found, str | int) else ""


def order_record(payload: Mapping[str, Any], path: str = "") -> OrderRecord:
    """One order. Raises RecordRefused, and nothing else."""
    order = Fields(order_of(payload), path)
    shopper, shop = currency_of(order)
    items = read_items(order, shopper)
    included = taxes_included(order, items.lines, shopper)
    lines = tuple(read_line(item, items, shopper, included) for item in items.lines)
    charges = _charges(order, items.lines, shopper, included)
    owed = _check_total(order, items.lines, shopper)
    placed_at = moment(order, "created_at") or order.refuse("missing", "created_at")
    state = order.text("state", limit=64)
    updated_at = changed_at(order) or placed_at
    quantities = {line.source_id: line.quantity for line in lines}
    return OrderRecord(
        source=SOURCE,
        source_id=order.required_identifier("entity_id"),
        number=order.required_text("increment_id", limit=64),
        placed_at=placed_at,
        updated_at=updated_at,
        currency=shopper,
        shop_currency=shop,
        taxes_included=included,
        total=owed,
        customer=read_customer(order),
        lines=lines,
        shipping_address=shipping_address_of(order),
        billing_address=read_address(order.part("billing_address")),
        charges=charges,
        parcels=read_parcels(order, quantities, items.line_of),
        tenders=read_tenders(order, owed, shopper),
        note=order.text("customer_note", LONG),
        gift=order.get("gift_message_id") is not None,
        channel="web",
        location=order.identifier("store_id"),
        cancelled_at=updated_at if state == "canceled" else None,
        cancel_reason="",
        paid=_paid(order, shopper),
        refunded=_told(order, "total_refunded", shopper),
        extra=_extra(order, state, shopper),
    )


def changed_at(order: Fields) -> datetime | None:
    """When the order, or what was fetched with it, last changed: a shipment's track may come long after the order's
    own last change. Raises RecordRefused.
    """
    beside = [*order.parts("shipments"), *order.parts("creditmemos")]
    tracks = [track for part in beside for track in part.parts("tracks")]
    times = (moment(part, "updated_at") or moment(part, "created_at") for part in (order, *beside, *tracks))
    return max((at for at in times if at), default=None)


def _charges(order: Fields, items: list[Fields], currency: str, included: bool) -> tuple[ChargeRecord, ...]:
    """Shipping, and the fixed product taxes (eco fees) of all items."""
    tax = positive(order, "shipping_tax_amount", currency)
    paid = _paid_for_shipping(order, currency)
    net = paid if included else paid - tax
    # Some shops send a shipping_incl_tax of 0; what was paid is never more than what it cost.
    price = positive(order, "shipping_incl_tax" if included else "shipping_amount", currency)
    price = Money(max(price.minor, net.minor), currency)
    charges = []
    if order.text("shipping_description") or price:
        charges.append(
            ChargeRecord(
                source_id="shipping",
                kind="shipping",
                title=order.text("shipping_description"),
                price=price,
                discounts=(DiscountShare("", price - net),) if price != net else (),
                taxes=(TaxShare("", "", tax),) if tax else (),
            )
        )
    fees = _fees(items, currency)
    if fees:
        charges.append(ChargeRecord(source_id="fee", kind="fee", title="", price=fees))
    return tuple(charges)


def _paid_for_shipping(order: Fields, currency: str) -> Money:
    return (
        positive(order, "shipping_amount", currency)
        + positive(order, "shipping_tax_amount", currency)
        + amount(order, "shipping_discount_tax_compensation_amount", currency)
        - positive(order, "shipping_discount_amount", currency)
    )


def _fees(items: list[Fields], currency: str) -> Money:
    return total((positive(item, "weee_tax_applied_row_amount", currency) for item in items), currency)


def _check_total(order: Fields, items: list[Fields], currency: str) -> Money:
    """What the shopper owed: the grand total and what was paid with gift cards, credit and points."""
    if order.get("grand_total") is None:
        order.refuse("missing", "grand_total")
    owed = total([positive(order, "grand_total", currency), *_other_tenders(order, currency)], currency)
    parts = [*(paid_for(item, currency) for item in items), _paid_for_shipping(order, currency), _fees(items, currency)]
    made = total(parts, currency)
    if made != owed:
        order.refuse(f"is {owed.decimal} {currency}, but the parts add up to {made.decimal}", "grand_total")
    return owed


def _paid(order: Fields, currency: str) -> Money | None:
    """What came in so far, in whatever way; None when Magento is silent. At first it names only what is due."""
    paid = _told(order, "total_paid", currency)
    if paid is None and (due := _told(order, "total_due", currency)) is not None:
        grand = positive(order, "grand_total", currency)
        paid = Money(max(0, grand.minor - due.minor), currency)
    return total([paid, *_other_tenders(order, currency)], currency) if paid is not None else None


def _told(order: Fields, key: str, currency: str) -> Money | None:
    return positive(order, key, currency) if order.get(key) is not None else None


def _other_tenders(order: Fields, currency: str) -> list[Money]:
    """Gift cards, credit and points: in the order itself or among its extension attributes."""
    others = [positive(order, key, currency) for key in _TENDERS]
    extension = order.part("extension_attributes")
    if extension and not any(others):
        others = [positive(extension, key, currency) for key in _TENDERS]
    return others


def _extra(order: Fields, state: str, currency: str) -> dict[str, str]:
    facts = {
        "state": state,
        "status": order.text("status", limit=64),
        "refunded_shipping": str(positive(order, "shipping_refunded", currency).minor or ""),
        "discount": order.text("coupon_code"),
        "pickup": pickup_location(order),
    }
    return {key: value for key, value in facts.items() if value}
