"""Taxes given only for the whole order.

Shopify splits order-level taxes over the taxable lines itself; exports and other shops' bridges may not. Then we
split by the same documented rule: over taxable lines, by what they cost after discounts, by largest remainder.
"""

from dataclasses import replace

from portal.integrations.records import ChargeRecord, LineRecord, TaxShare
from portal.integrations.shopify.amounts import Currencies
from portal.integrations.shopify.fields import Fields
from portal.integrations.shopify.shares import read_taxes


def spread_order_taxes(
    order: Fields,
    items: list[Fields],
    lines: list[LineRecord],
    charges: list[ChargeRecord],
    currencies: Currencies,
) -> list[LineRecord]:
    """`lines` as they are when any part has taxes of its own or there are none; else with the order's taxes spread."""
    if any(part.taxes for part in [*lines, *charges]):
        return lines
    lone = currencies.amount(order, "total_tax")
    taxes = read_taxes(order, currencies) or ((TaxShare("", "", lone),) if lone else ())
    taxable = {item.required_identifier("id") for item in items if item.flag("taxable", default=True)}
    weights = [_net(line) if line.source_id in taxable else 0 for line in lines]
    if not taxes or not any(weights):
        return lines
    spread = [tax.amount.allocate(weights) for tax in taxes]
    return [
        replace(
            line,
            taxes=tuple(
                replace(tax, amount=parts[index]) for tax, parts in zip(taxes, spread, strict=True) if parts[index]
            ),
        )
        for index, line in enumerate(lines)
    ]


def _net(line: LineRecord) -> int:
    return line.unit_price.minor * line.quantity - sum(share.amount.minor for share in line.discounts)
