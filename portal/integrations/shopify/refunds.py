"""What the shop has already taken out of the order or refunded.

`restock_type` tells what happened to the units: `cancel` never left the shop, `return` came back; `no_restock` and
`legacy_restock` do not say. For those, units that were not fulfilled count as cancelled and the rest as refunded.
Units that an order edit took away without a refund show only in `current_quantity` and count as cancelled.
"""

from dataclasses import dataclass

from portal.integrations.shopify.amounts import Currencies
from portal.integrations.shopify.fields import Fields
from portal.kernel.money import Money, total


@dataclass(frozen=True, slots=True)
class Removed:
    """Units of one line that are gone, and what was paid back for them (tax included); None is nothing."""

    cancelled: int = 0
    refunded: int = 0
    amount: Money | None = None


@dataclass(slots=True)
class _Tally:
    cancelled: int = 0
    returned: int = 0
    unsaid: int = 0
    amount: Money | None = None


def read_removed(
    order: Fields, items: list[Fields], shipped: dict[str, int], currencies: Currencies
) -> dict[str, Removed]:
    """By line id. `shipped` is the quantity in fulfilments that were not cancelled. Raises RecordRefused."""
    inclusive = order.flag("taxes_included")
    tallies = {item.required_identifier("id"): _Tally() for item in items}
    for refund in order.parts("refunds"):
        for entry in refund.parts("refund_line_items"):
            _count(entry, tallies, currencies, inclusive)
    return {item.required_identifier("id"): _settle(item, tallies, shipped) for item in items}


def _count(entry: Fields, tallies: dict[str, _Tally], currencies: Currencies, inclusive: bool) -> None:
    tally = tallies.get(entry.required_identifier("line_item_id"))
    if tally is None:
        entry.refuse("refund of a line that is not in the order", "line_item_id")
    quantity = entry.count("quantity") or 0
    match entry.text("restock_type"):
        case "cancel":
            tally.cancelled += quantity
        case "return":
            tally.returned += quantity
        case _:
            tally.unsaid += quantity
    amount = currencies.amount_or_nothing(entry, "subtotal")
    if not inclusive:
        amount = amount + currencies.amount_or_nothing(entry, "total_tax")
    tally.amount = total((tally.amount, amount) if tally.amount else (amount,), currencies.shopper)


def _settle(item: Fields, tallies: dict[str, _Tally], shipped: dict[str, int]) -> Removed:
    tally = tallies[item.required_identifier("id")]
    quantity = item.count("quantity") or 0
    waiting = max(0, quantity - shipped.get(item.required_identifier("id"), 0) - tally.cancelled)
    never_shipped = min(tally.unsaid, waiting)
    cancelled, refunded = (
        tally.cancelled + never_shipped,
        tally.returned + tally.unsaid - never_shipped,
    )
    if cancelled + refunded > quantity:
        item.refuse("more units refunded than ordered", "quantity")
    current = item.count("current_quantity")
    if current is not None:
        edited_away = quantity - current - cancelled - refunded
        cancelled += max(0, min(edited_away, waiting - never_shipped))
    return Removed(cancelled, refunded, tally.amount or None)


@dataclass(frozen=True, slots=True)
class RefundTotals:
    """What went back in the shopper's currency: for shipping, and in all by successful refund transactions."""

    shipping: Money
    paid_back: Money


def read_refund_totals(order: Fields, currencies: Currencies) -> RefundTotals:
    """Sums over every refund. `order_adjustments` are negative when money goes to the shopper."""
    refunds = order.parts("refunds")
    shipping = [
        -amount
        for refund in refunds
        for adjustment in refund.parts("order_adjustments")
        if adjustment.text("kind") == "shipping_refund"
        and (amount := currencies.signed_amount(adjustment, "amount")) is not None
    ]
    paid_back = [
        amount
        for refund in refunds
        for transaction in refund.parts("transactions")
        if transaction.text("kind") == "refund" and (amount := currencies.transferred(transaction)) is not None
    ]
    return RefundTotals(total(shipping, currencies.shopper), total(paid_back, currencies.shopper))
