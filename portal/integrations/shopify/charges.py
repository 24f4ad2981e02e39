"""Charges beside the lines: shipping, duties, additional fees, tips."""

from portal.integrations.records import ChargeRecord, DiscountShare, TaxShare
from portal.integrations.shopify.amounts import Currencies
from portal.integrations.shopify.fields import Fields
from portal.integrations.shopify.lines import is_tip, read_quantity
from portal.integrations.shopify.shares import (
    read_discounts,
    read_taxes,
    refuse_greater,
)
from portal.kernel.money import Money, total


def read_charges(
    order: Fields, items: list[Fields], currencies: Currencies, labels: tuple[str, ...]
) -> list[ChargeRecord]:
    """Every charge of the order at order time. Raises RecordRefused."""
    charges = [_shipping(line, currencies, labels) for line in order.parts("shipping_lines")]
    charges += [_duties(order, items, currencies), _fees(order, currencies)]
    charges += _tips(order, items, currencies)
    return [charge for charge in charges if charge.price or charge.kind == "shipping"]


def _shipping(line: Fields, currencies: Currencies, labels: tuple[str, ...]) -> ChargeRecord:
    """`price` is before discounts; without allocations, the difference to `discounted_price` is the discount."""
    price = currencies.required_amount(line, "price")
    discounts = read_discounts(line, currencies, labels)
    discounted = currencies.amount(line, "discounted_price")
    if not discounts and discounted is not None and discounted < price:
        discounts = (DiscountShare("", price - discounted),)
    refuse_greater(line, discounts, currencies, price.minor)
    return ChargeRecord(
        source_id=line.identifier("id"),
        kind="shipping",
        title=line.text("title"),
        price=price,
        discounts=discounts,
        taxes=read_taxes(line, currencies),
    )


def _duties(order: Fields, items: list[Fields], currencies: Currencies) -> ChargeRecord:
    """`original_total_duties_set`, or the lines' duties summed up; nothing with `duties_included` in prices."""
    entries = [duty for item in items for duty in item.parts("duties")]
    bag = order.part("original_total_duties_set")
    price = currencies.of_bag(bag) if bag else None
    if price is None:
        price = total(
            (amount for duty in entries if (amount := currencies.of_bag(duty))),
            currencies.shopper,
        )
    if price.minor < 0:
        order.refuse("negative amount", "original_total_duties_set")
    taxes = tuple(tax for duty in entries for tax in read_taxes(duty, currencies))
    included = order.flag("duties_included")
    return _plain(
        "duties",
        Money(0, currencies.shopper) if included else price,
        () if included else taxes,
    )


def _fees(order: Fields, currencies: Currencies) -> ChargeRecord:
    bag = order.part("original_total_additional_fees_set")
    price = (currencies.of_bag(bag) if bag else None) or Money(0, currencies.shopper)
    if price.minor < 0:
        order.refuse("negative amount", "original_total_additional_fees_set")
    return _plain("fee", price)


def _tips(order: Fields, items: list[Fields], currencies: Currencies) -> list[ChargeRecord]:
    """Tip lines; `total_tip_received` (in the shop's currency) only when the payload has no tip line."""
    tips = [item for item in items if is_tip(item)]
    if not tips:
        return [_plain("tip", currencies.amount_or_nothing(order, "total_tip_received"))]
    return [
        ChargeRecord(
            source_id=item.identifier("id"),
            kind="tip",
            title=item.text("title"),
            price=currencies.required_amount(item, "price") * read_quantity(item),
            taxes=read_taxes(item, currencies),
        )
        for item in tips
    ]


def _plain(kind: str, price: Money, taxes: tuple[TaxShare, ...] = ()) -> ChargeRecord:
    return ChargeRecord(source_id=kind, kind=kind, title="", price=price, taxes=taxes)
