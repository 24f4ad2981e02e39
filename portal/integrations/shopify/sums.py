"""The order has to add up before we believe any of its numbers: refunds are computed from them.

Shopify documents: `subtotal_price` is lines after discounts, before shipping, duties, taxes and tips; `total_price`
is "the sum of all line item prices, discounts, shipping, taxes, and tips". With `taxes_included` the taxes are
already inside.

- `total_price` and `total_tax` must match to the minor unit (taxes once they are settled, see `rounding.py`): a missing
  allocation, line or tax would change a refund.
- `subtotal_price` and `total_discounts` repeat what the total proves, and versions of the API read them differently
  (the documentation's own example has a subtotal before discounts; shipping discounts are in `total_discounts` or
  not). Either reading is accepted, any other number refused: a payload that contradicts itself is no evidence.
- Paid in another currency than the shop's, every amount was converted and rounded by itself, so sums may be off by
  half a minor unit an amount.
"""

from dataclasses import dataclass

from portal.integrations.records import ChargeRecord, LineRecord
from portal.integrations.shopify.amounts import Currencies
from portal.integrations.shopify.fields import Fields
from portal.kernel.money import Money, total


@dataclass(frozen=True, slots=True)
class Sums:
    """Minor units of the shopper's currency, computed from lines and charges. `amounts` counts what was rounded."""

    gross: int
    line_discounts: int
    charges: int
    charge_discounts: int
    taxes: int
    amounts: int

    def total(self, taxes_included: bool) -> int:
        """What the shopper owed."""
        net = self.gross - self.line_discounts + self.charges - self.charge_discounts
        return net if taxes_included else net + self.taxes


def sum_up(lines: list[LineRecord], charges: list[ChargeRecord]) -> Sums:
    """The sums of an order's lines and charges."""
    parts = [*lines, *charges]
    return Sums(
        gross=sum(line.unit_price.minor * line.quantity for line in lines),
        line_discounts=sum(share.amount.minor for line in lines for share in line.discounts),
        charges=sum(charge.price.minor for charge in charges),
        charge_discounts=sum(share.amount.minor for charge in charges for share in charge.discounts),
        taxes=sum(tax.amount.minor for part in parts for tax in part.taxes),
        amounts=sum(line.quantity + len(line.discounts) + len(line.taxes) for line in lines)
        + sum(1 + len(charge.discounts) + len(charge.taxes) for charge in charges),
    )


def check_sums(order: Fields, sums: Sums, currencies: Currencies) -> Money:
    """`total_price` less what the parts add up to: zero unless converted. Raises RecordRefused."""
    allowed = 0 if currencies.shop == currencies.shopper else (sums.amounts + 1) // 2
    owed = currencies.required_amount(order, "total_price")
    included = order.flag("taxes_included")
    _one_of(order, "total_tax", [sums.taxes], currencies, allowed)
    net = sums.gross - sums.line_discounts
    _one_of(order, "subtotal_price", [net, sums.gross], currencies, allowed)
    discounts = [sums.line_discounts, sums.line_discounts + sums.charge_discounts]
    _one_of(order, "total_discounts", discounts, currencies, allowed)
    _one_of(order, "total_price", [sums.total(included)], currencies, allowed)
    return Money(owed.minor - sums.total(included), currencies.shopper)


def _one_of(order: Fields, key: str, readings: list[int], currencies: Currencies, allowed: int) -> None:
    """Refuses when `key` is there and further than `allowed` minor units from every reading."""
    claimed = currencies.amount(order, key)
    if claimed is None or any(abs(claimed.minor - reading) <= allowed for reading in readings):
        return
    parts = total([Money(readings[0], currencies.shopper)], currencies.shopper)
    order.refuse(
        f"is {claimed.decimal} {currencies.shopper}, but the parts add up to {parts.decimal}",
        key,
    )
