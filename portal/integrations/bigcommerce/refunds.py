"""What a BigCommerce store has paid back: V3's refunds, and what V2 says in the order and its products.

Refunds are made through V3, which names products and units but seldom amounts; V2's own numbers stay behind. Both tell
of the same refunds, so the greater number counts.
"""

from collections.abc import Sequence
from dataclasses import replace

from portal.integrations.bigcommerce.lines import ON_TOP
from portal.integrations.decimals import amount, positive, whole
from portal.integrations.records import LineRecord
from portal.integrations.shopify.fields import Fields
from portal.kernel.money import Money, total


def read_refunded(order: Fields, currency: str) -> Money | None:
    """Everything that was paid back; None when nothing is said. Declined payments went nowhere."""
    refunds = _refunds(order)
    if order.get("refunded_amount") is None and not refunds:
        return None
    given = total((_given(refund, currency) for refund in refunds), currency)
    return max(positive(order, "refunded_amount", currency), given, key=lambda money: money.minor)


def with_refunds(order: Fields, lines: Sequence[LineRecord], currency: str, tax: str) -> tuple[LineRecord, ...]:
    """The lines with what of them was refunded; units that were refunded before they were shipped never left. `tax` is
    INSIDE their prices or ON_TOP.
    """
    units: dict[str, int] = {}
    money: dict[str, Money] = {}
    paid = {line.source_id: _paid(line, tax) for line in lines}
    for refund in _refunds(order):
        named = {}
        for item in refund.parts("items"):
            line = item.identifier("item_id")
            if item.text("item_type").upper() == "PRODUCT" and line in paid:
                named[line] = named.get(line, 0) + whole(item, "quantity")
        for line, share in _shares(refund, named, {line.source_id: line for line in lines}, paid, currency).items():
            units[line] = units.get(line, 0) + named[line]
            money[line] = money.get(line, Money(0, currency)) + share
    sent = {product.identifier("id"): product for product in order.parts("products")}
    return tuple(_settled(line, units, money, sent[line.source_id]) for line in lines)


def _refunds(order: Fields) -> list[Fields]:
    return order.parts("refunds") if isinstance(order.get("refunds"), list) else []


def _given(refund: Fields, currency: str) -> Money:
    declined = (
        positive(payment, "amount", currency) for payment in refund.parts("payments") if payment.flag("is_declined")
    )
    given = positive(refund, "total_amount", currency) - total(declined, currency)
    return given if given.minor > 0 else Money(0, currency)


def _paid(line: LineRecord, tax: str) -> Money:
    gross = line.unit_price * line.quantity
    on_top = (share.amount for share in line.taxes) if tax == ON_TOP else ()
    return total([gross, *on_top], gross.currency) - total((share.amount for share in line.discounts), gross.currency)


def _shares(
    refund: Fields, named: dict[str, int], lines: dict[str, LineRecord], paid: dict[str, Money], currency: str
) -> dict[str, Money]:
    """What the units had cost, and no more than is left of the refund once shipping and the like are taken off."""
    others = (amount(item, "requested_amount", currency) for item in refund.parts("items") if not _is_product(item))
    left = _given(refund, currency) - total(others, currency)
    costs = {
        line: Money(paid[line].minor * min(quantity, lines[line].quantity) // lines[line].quantity, currency)
        for line, quantity in named.items()
    }
    if left.minor < 0 or not costs:
        return {line: Money(0, currency) for line in costs}
    if total(costs.values(), currency) <= left:
        return costs
    return dict(zip(costs, left.allocate([cost.minor for cost in costs.values()]), strict=True))


def _is_product(item: Fields) -> bool:
    return item.text("item_type").upper() == "PRODUCT"


def _settled(line: LineRecord, units: dict[str, int], money: dict[str, Money], product: Fields) -> LineRecord:
    refunded = min(max(line.refunded_quantity, units.get(line.source_id, 0)), line.quantity)
    given = max(line.refunded or Money(0, line.unit_price.currency), money.get(line.source_id, line.unit_price * 0),
                key=lambda each: each.minor)  # fmt: skip
    unsent = 0
    if product.get("quantity_shipped") is not None and line.requires_shipping:
        unsent = max(0, refunded - whole(product, "quantity_shipped"))
    return replace(line, cancelled_quantity=unsent, refunded_quantity=refunded - unsent, refunded=given or None)
