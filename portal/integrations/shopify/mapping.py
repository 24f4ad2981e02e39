"""Shopify's order JSON (Admin REST API and webhooks, 2019-07 and later, older as far as it adds up) as `OrderRecord`.

Pure: a payload in, a record or `RecordRefused` out, nothing else ever. What we rely on beyond documented fields is
written in `conventions.py` (final sale, personalised, gift), `parcels.py` (several numbers on one fulfilment),
`sums.py` (what must add up), `refunds.py` (units gone) and `taxes.py`. Keys that we do not read are ignored: Shopify
adds some every quarter.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from portal.integrations.records import ChargeRecord, LineRecord, OrderRecord
from portal.integrations.shopify.amounts import Currencies, read_currencies
from portal.integrations.shopify.charges import read_charges
from portal.integrations.shopify.conventions import is_gift
from portal.integrations.shopify.fields import LONG, Fields
from portal.integrations.shopify.lines import (
    is_tip,
    line_items,
    read_line,
    read_pairs,
    read_quantity,
)
from portal.integrations.shopify.parcels import STATUSES, read_parcels, read_shipped
from portal.integrations.shopify.payment import read_paid, read_tenders
from portal.integrations.shopify.people import read_address, read_customer
from portal.integrations.shopify.refunds import read_refund_totals, read_removed
from portal.integrations.shopify.rounding import settle_taxes, settle_total
from portal.integrations.shopify.shares import read_discount_labels
from portal.integrations.shopify.sums import check_sums, sum_up
from portal.integrations.shopify.taxes import spread_order_taxes
from portal.kernel.money import Money

SOURCE = "shopify"
_CHANNELS = {"": "web", "shopify_draft_order": "draft"}


def order_payloads(document: Any) -> Iterator[tuple[str, Any]]:
    """(path, payload) of every order in a document: a bare order, {"order": …}, {"orders": […]}, or a list of any."""
    if isinstance(document, list):
        for index, entry in enumerate(document):
            yield from ((f"[{index}].{path}".rstrip("."), payload) for path, payload in order_payloads(entry))
    elif isinstance(document, Mapping) and "line_items" not in document and isinstance(document.get("orders"), list):
        for index, entry in enumerate(document["orders"]):
            yield f"orders[{index}]", entry
    elif isinstance(document, Mapping) and "line_items" not in document and "order" in document:
        yield "order", document["order"]
    else:
        yield "", document


def order_number(payload: Any) -> str:
    """The order's number for a report, also of a payload that is no order; "" when there is none to read."""
    if not isinstance(payload, Mapping):
        return ""
    name = payload.get("name") or payload.get("order_number") or payload.get("id")
    return str(name)[:64] if isinstance(name, str | int) else ""


def order_record(payload: Mapping[str, Any], path: str = "") -> OrderRecord:
    """One order. `path` is where the payload stood in its document. Raises RecordRefused, and nothing else."""
    order = Fields(payload, path)
    source_id = order.required_identifier("id")
    number = _number(order)
    currencies = read_currencies(order)
    items = line_items(order)
    lines, charges, rounding = _priced(order, items, currencies)
    owed = currencies.required_amount(order, "total_price")
    placed_at = order.moment("processed_at") or order.moment("created_at") or order.refuse("missing", "created_at")
    channel = order.text("source_name")[:32]
    shipping_address = read_address(order.part("shipping_address"))
    tags = order.tags("tags")
    goods = {item.required_identifier("id"): read_quantity(item) for item in items}
    tips = frozenset(item.required_identifier("id") for item in items if is_tip(item))
    return OrderRecord(
        source=SOURCE,
        source_id=source_id,
        number=number,
        placed_at=placed_at,
        updated_at=order.moment("updated_at") or placed_at,
        currency=currencies.shopper,
        shop_currency=currencies.shop,
        taxes_included=order.flag("taxes_included"),
        total=owed,
        customer=read_customer(order),
        lines=tuple(lines),
        shipping_address=shipping_address,
        billing_address=read_address(order.part("billing_address")),
        charges=tuple(charges),
        parcels=read_parcels(order, goods, tips, at_till=channel == "pos" and shipping_address is None),
        tenders=read_tenders(order, currencies, owed),
        tags=tags,
        note=order.text("note", limit=LONG),
        gift=is_gift(tags, read_pairs(order, "note_attributes")),
        channel=_CHANNELS.get(channel, channel),
        location=order.identifier("location_id"),
        cancelled_at=order.moment("cancelled_at"),
        cancel_reason=order.text("cancel_reason", limit=64),
        paid=read_paid(order, currencies, owed),
        refunded=read_refund_totals(order, currencies).paid_back,
        extra=_extra(order, currencies, rounding.minor),
    )


def _number(order: Fields) -> str:
    """The name without its "#": "#FW-10482" is FW-10482. Shops that hide the name have at least `order_number`."""
    return (order.text("name", limit=64) or order.text("order_number", limit=64)).lstrip("#").strip() or order.refuse(
        "missing", "name"
    )


def _priced(
    order: Fields, items: list[Fields], currencies: Currencies
) -> tuple[list[LineRecord], list[ChargeRecord], Money]:
    """Lines and charges that add up to the order's total, and what rounding had to be made up for."""
    labels = read_discount_labels(order)
    shipped = read_shipped(order, {item.required_identifier("id"): read_quantity(item) for item in items})
    removed = read_removed(order, items, shipped, currencies)
    goods = [item for item in items if not is_tip(item)] or order.refuse("no lines", "line_items")
    lines = [read_line(item, currencies, labels, removed[item.required_identifier("id")]) for item in goods]
    charges = read_charges(order, items, currencies, labels)
    lines = spread_order_taxes(order, items, lines, charges, currencies)
    lines, charges = settle_taxes(order, lines, charges, currencies)
    missing = check_sums(order, sum_up(lines, charges), currencies)
    if any(line.refunded and line.refunded > currencies.required_amount(order, "total_price") for line in lines):
        order.refuse("more refunded for one line than the order cost", "refunds")
    return *settle_total(order, lines, charges, missing), missing


def _extra(order: Fields, currencies: Currencies, rounding: int) -> dict[str, str]:
    """What has no field of its own: minor units as digits, states in Shopify's words; only what there is to say."""
    refunds = read_refund_totals(order, currencies)
    facts = {
        "test": "true" if order.flag("test") else "",
        "financial_status": order.text("financial_status"),
        "rounding": str(rounding or ""),
        "refunded_shipping": str(refunds.shipping.minor or ""),
    }
    for fulfilment in order.parts("fulfillments"):
        word = fulfilment.text("shipment_status")
        if word and word not in STATUSES:
            facts[f"shipment_status.{fulfilment.identifier('id')}"] = word
    return {key: value for key, value in facts.items() if value}
