"""The facts of a line as a policy's comparisons look them up: in the order of `conditions.FIELDS`, texts folded."""

from typing import Any

from portal.kernel.money import zero
from portal.policies.compiling import Values
from portal.policies.conditions import FIELDS, SELDOM
from portal.policies.facts import LineFacts, ReturnFacts
from portal.policies.faults import fault_of
from portal.policies.windows import local_day

Shared = dict[str, Any]
UNASKED: Values = tuple(frozenset() if FIELDS[name] == "texts" else None for name in FIELDS if name in SELDOM)


def shared_values(facts: ReturnFacts, seldom: bool) -> Shared:
    """What is alike for every line of a return. `seldom`: also what few policies ask for."""
    order = facts.order
    shared: Shared = {
        "seldom": seldom,
        "country": order.country.casefold(),
        "channel": order.channel.casefold(),
        "customer_tags": frozenset(tag.casefold() for tag in order.customer_tags),
        "total": order.total,
    }
    if seldom:
        shared["order_date"] = local_day(order.placed_at, order.time_zone).toordinal()
        shared["of_return"] = (order.returns, facts.subtotal, facts.items)
    return shared


def line_values(line: LineFacts, shared: Shared, days: int | None) -> Values:
    """The values of one line; `days` since its window began, None before."""
    return (
        line.product_type.casefold(),
        line.vendor.casefold(),
        line.sku.casefold(),
        frozenset(tag.casefold() for tag in line.tags),
        line.price,
        line.discount_percent,
        shared["country"],
        shared["channel"],
        shared["customer_tags"],
        shared["total"],
        line.quantity,
        line.final_sale,
        line.personalised,
        line.gift_card,
        line.requires_shipping,
        line.reason.casefold() or None,
        days,
        *(_seldom(line, shared) if shared["seldom"] else UNASKED),
    )


def _seldom(line: LineFacts, shared: Shared) -> Values:
    return (
        frozenset(f"{name}={value}".casefold() for name, value in line.attributes),
        str(line.price.decimal),
        line.discount or zero(line.price.currency),
        shared["order_date"],
        *shared["of_return"],
        line.status,
        fault_of(line.reason),
    )
