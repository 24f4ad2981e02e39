"""Making the parts sum to the whole where the shop rounded them apart.

Taxes: outside the United States and Canada (and everywhere before April 2020) Shopify rounds the tax of the whole
order, not of each line, so lines may be off by half a minor unit each. The difference goes to the greatest taxes, a
unit each. Conversion: in another currency than the shop's every amount was rounded by itself. What is missing becomes
a charge "rounding", what is too much comes off the greatest line. So every record adds up, and refunds can rest on it.
"""

from dataclasses import replace

from portal.integrations.records import ChargeRecord, DiscountShare, LineRecord, TaxShare
from portal.integrations.shopify.amounts import Currencies
from portal.integrations.shopify.fields import Fields
from portal.kernel.money import Money

Parts = tuple[list[LineRecord], list[ChargeRecord]]


def settle_taxes(order: Fields, lines: list[LineRecord], charges: list[ChargeRecord], currencies: Currencies) -> Parts:
    """The parts with taxes that sum to `total_tax`, when they are within rounding of it; else as they are."""
    claimed = currencies.amount(order, "total_tax")
    taxes = [tax for part in (*lines, *charges) for tax in part.taxes]
    if claimed is None:
        return lines, charges
    missing = claimed.minor - sum(tax.amount.minor for tax in taxes)
    if missing == 0 or abs(missing) > (len(taxes) + 1) // 2:
        return lines, charges
    greatest = sorted(range(len(taxes)), key=lambda index: -taxes[index].amount.minor)[: abs(missing)]
    step = Money(1 if missing > 0 else -1, currencies.shopper)
    settled = iter(
        [replace(tax, amount=tax.amount + step) if index in greatest else tax for index, tax in enumerate(taxes)]
    )

    def next_taxes(part: LineRecord | ChargeRecord) -> tuple[TaxShare, ...]:
        return tuple(next(settled) for _ in part.taxes)

    return (
        [replace(line, taxes=next_taxes(line)) for line in lines],
        [replace(charge, taxes=next_taxes(charge)) for charge in charges],
    )


def settle_total(order: Fields, lines: list[LineRecord], charges: list[ChargeRecord], missing: Money) -> Parts:
    """The parts with `missing` (what is owed less what they add up to) made up for. Raises RecordRefused."""
    if missing.minor == 0:
        return lines, charges
    if missing.minor > 0:
        return lines, [*charges, ChargeRecord(source_id="rounding", kind="rounding", title="", price=missing)]
    greatest = max(range(len(lines)), key=lambda index: _net(lines[index]))
    line = lines[greatest]
    if _net(line) < -missing.minor:
        order.refuse("is less than the parts add up to", "total_price")
    cheaper = replace(line, discounts=(*line.discounts, DiscountShare("", -missing)))
    return [*lines[:greatest], cheaper, *lines[greatest + 1 :]], charges


def _net(line: LineRecord) -> int:
    return line.unit_price.minor * line.quantity - sum(share.amount.minor for share in line.discounts)
