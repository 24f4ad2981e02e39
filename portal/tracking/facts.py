"""From an order's page row to the facts that a policy decides on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.kernel.money import Money
from portal.policies.facts import LineFacts, OrderFacts, ReturnFacts, SentUnits
from portal.tracking.rules import ParcelStatus

POINT_OF_SALE = "pos"
"""Bought in a store: the goods were in the shopper's hands when the order was placed."""
SILENT = frozenset({ParcelStatus.UNKNOWN, ParcelStatus.PENDING, ParcelStatus.INFO_RECEIVED, ParcelStatus.EXPIRED})
"""No carrier has told of the parcel: only then may the shipment date stand in for a delivery that nobody reported."""
NEVER_CAME_BACK = frozenset({"declined", "cancelled"})


def return_facts(content: Mapping[str, Any], returned: Mapping[str, int], time_zone: str) -> ReturnFacts:
    """Facts of all lines. `returned` are units in returns of ours, by line id; the shop's own refunds are in the
    content.
    """
    order = content["order"]
    facts = OrderFacts(
        placed_at=datetime.fromisoformat(order["placed_at"]),
        total=Money(order["total"], order["currency"]),
        time_zone=time_zone,
        country=order["country"],
        channel=order["channel"],
        customer_tags=tuple(order["customer_tags"]),
        cancelled=order["cancelled_at"] is not None,
        returns=sum(entry["state"] not in NEVER_CAME_BACK for entry in content["returns"]),
    )
    return ReturnFacts(facts, tuple(_line(content, line, returned.get(line["id"], 0)) for line in content["lines"]))


def returned_units(content: Mapping[str, Any]) -> dict[str, int]:
    """Units of each line that returns of ours hold, as the page row knows them."""
    units: dict[str, int] = {}
    for entry in content["returns"]:
        if entry["state"] not in NEVER_CAME_BACK:
            for line, quantity in entry["lines"].items():
                units[line] = units.get(line, 0) + quantity
    return units


def paid_for(line: Mapping[str, Any], taxes_included: bool) -> int:
    """What was paid for a whole line in minor units: price less discounts, plus tax that was not inside."""
    paid = line["unit_price"] * line["quantity"] - sum(share["amount"] for share in line["discounts"])
    return max(0, paid + (0 if taxes_included else sum(share["amount"] for share in line["taxes"])))


def _line(content: Mapping[str, Any], line: Mapping[str, Any], returned: int) -> LineFacts:
    order = content["order"]
    currency, quantity = order["currency"], line["quantity"]
    off = sum(share["amount"] for share in line["discounts"]) // quantity
    return LineFacts(
        line_id=line["id"],
        quantity=quantity,
        price=Money(line["unit_price"], currency),
        unit_paid=Money(paid_for(line, order["taxes_included"]) // quantity, currency),
        sent=tuple(
            _sent(parcel, line["id"], order["channel"])
            for parcel in content["parcels"]
            if line["id"] in parcel["lines"]
        ),
        discount=Money(off, currency) if off else None,
        cancelled_quantity=line["cancelled"],
        returned_quantity=min(line["refunded_quantity"] + returned, quantity),
        sku=line["sku"],
        product_type=line["product_type"],
        vendor=line["vendor"],
        tags=tuple(line["tags"]),
        final_sale=line["final_sale"],
        personalised=line["personalised"],
        gift_card=line["gift_card"],
        requires_shipping=line["requires_shipping"],
        attributes=tuple((name, value) for name, value in line["properties"]),
    )


def _sent(parcel: Mapping[str, Any], line_id: str, channel: str) -> SentUnits:
    shipped = datetime.fromisoformat(parcel["shipped_at"])
    delivered = datetime.fromisoformat(parcel["delivered_at"]) if parcel["delivered_at"] else None
    if delivered is None and channel == POINT_OF_SALE:
        delivered = shipped
    on_the_way = delivered is None and ParcelStatus(parcel["status"]) not in SILENT
    return SentUnits(parcel["lines"][line_id], shipped, delivered, on_the_way)
