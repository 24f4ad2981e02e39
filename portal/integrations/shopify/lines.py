"""Line items. A tip is a line item in Shopify (it has `tip`), a charge with us: nobody sends a tip back."""

from collections.abc import Mapping
from typing import Any

from portal.integrations.records import LineRecord
from portal.integrations.shopify.amounts import Currencies
from portal.integrations.shopify.conventions import is_final_sale, is_personal
from portal.integrations.shopify.fields import TITLE, Fields
from portal.integrations.shopify.refunds import Removed
from portal.integrations.shopify.shares import (
    read_discounts,
    read_taxes,
    refuse_greater,
)

MOST_LINES = 5000
MOST_PROPERTIES = 100

Pairs = tuple[tuple[str, str], ...]


def line_items(order: Fields) -> list[Fields]:
    """The order's line items, tips among them. Refused: none, more than 5,000, one id twice."""
    items = order.parts("line_items")
    if not items:
        order.refuse("no lines", "line_items")
    seen: set[str] = set()
    for item in items:
        identifier = item.required_identifier("id")
        if identifier in seen:
            item.refuse("the same line twice", "id")
        seen.add(identifier)
    return items


def is_tip(item: Fields) -> bool:
    """Whether a line item is a tip."""
    return item.get("tip") is not None


def read_line(item: Fields, currencies: Currencies, labels: tuple[str, ...], removed: Removed) -> LineRecord:
    """One line, with what the shop has already taken out or refunded. Raises RecordRefused."""
    quantity = read_quantity(item)
    price = currencies.required_amount(item, "price")
    discounts = read_discounts(item, currencies, labels)
    refuse_greater(item, discounts, currencies, price.minor * quantity)
    properties = read_pairs(item, "properties")
    tags = tuple(dict.fromkeys((*item.tags("tags"), *item.tags("product_tags"))))
    return LineRecord(
        source_id=item.required_identifier("id"),
        title=item.text("title", TITLE) or item.required_text("name", TITLE),
        quantity=quantity,
        unit_price=price,
        sku=item.text("sku"),
        variant=item.text("variant_title", TITLE),
        product_id=item.identifier("product_id"),
        product_type=item.text("product_type"),
        vendor=item.text("vendor"),
        tags=tags,
        grams=item.count("grams", most=1_000_000_000) or 0,
        requires_shipping=item.flag("requires_shipping", default=True),
        gift_card=item.flag("gift_card"),
        final_sale=is_final_sale(tags, properties),
        personalised=any(is_personal(name, value) for name, value in properties),
        properties=tuple(pair for pair in properties if not pair[0].startswith("_")),
        discounts=discounts,
        taxes=read_taxes(item, currencies),
        cancelled_quantity=removed.cancelled,
        refunded_quantity=removed.refunded,
        refunded=removed.amount,
    )


def read_quantity(item: Fields) -> int:
    """Units ordered, at least 1. Raises RecordRefused."""
    quantity = item.count("quantity")
    if not quantity:
        item.refuse("missing" if quantity is None else "no units", "quantity")
    return quantity


def read_pairs(fields: Fields, key: str) -> Pairs:
    """Properties or note attributes as (name, value): a list of {name, value}, or an object in some older payloads.

    Names that begin with "_" are private by Shopify's convention: kept here, never shown to shoppers.
    """
    if isinstance(fields.get(key), Mapping):
        entries = [Fields({"name": name, "value": value}, fields.at(key)) for name, value in fields.get(key).items()]
    else:
        entries = fields.parts(key)
    if len(entries) > MOST_PROPERTIES:
        fields.refuse(f"more than {MOST_PROPERTIES} entries", key)
    return tuple((entry.text("name"), _value(entry, entry.get("value"))) for entry in entries if entry.text("name"))


def _value(entry: Fields, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping | list):
        return ""
    return "" if value is None else entry.checked(str(value), "value", limit=5000)
