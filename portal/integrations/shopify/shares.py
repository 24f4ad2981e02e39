"""Discounts and taxes as the shop split them over lines and charges."""

from decimal import Decimal, InvalidOperation

from portal.integrations.records import DiscountShare, TaxShare
from portal.integrations.shopify.amounts import Currencies
from portal.integrations.shopify.fields import Fields
from portal.kernel.money import total


def read_discount_labels(order: Fields) -> tuple[str, ...]:
    """The names of `discount_applications`, which allocations point at by index: code, title or description.

    Before 2018 there were only `discount_codes`; allocations without an application take the first code.
    """
    labels = (entry.text("code") or entry.text("title") or entry.text("description") for entry in applications(order))
    codes = (entry.text("code") for entry in order.parts("discount_codes"))
    return tuple(labels) or tuple(codes)


def applications(order: Fields) -> list[Fields]:
    """The order's discount applications."""
    return order.parts("discount_applications")


def read_discounts(item: Fields, currencies: Currencies, labels: tuple[str, ...]) -> tuple[DiscountShare, ...]:
    """The shares of a line or charge, for its whole quantity.

    `discount_allocations` hold order-level and line-level discounts alike; `total_discount` (line-level only, in older
    payloads) counts only when there are none. Zero shares are left out.
    """
    shares = [
        DiscountShare(_label(share, labels), currencies.required_amount(share, "amount"))
        for share in item.parts("discount_allocations")
    ]
    if not shares and (lone := currencies.amount(item, "total_discount")):
        shares = [DiscountShare(labels[0] if labels else "", lone)]
    return tuple(share for share in shares if share.amount)


def _label(share: Fields, labels: tuple[str, ...]) -> str:
    index = share.count("discount_application_index") or 0
    return labels[index] if index < len(labels) else ""


def read_taxes(item: Fields, currencies: Currencies) -> tuple[TaxShare, ...]:
    """The taxes of a line or charge, for its whole quantity and after its discounts. Zero taxes are left out."""
    shares = (
        TaxShare(tax.text("title"), read_rate(tax), currencies.required_amount(tax, "price"))
        for tax in item.parts("tax_lines")
    )
    return tuple(share for share in shares if share.amount)


def read_rate(tax: Fields) -> str:
    """A rate as a decimal string, "0.19"; "" when missing. Not money, so a float is fine here."""
    value = tax.get("rate")
    if value is None or isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return "" if value is None else tax.refuse("not a rate", "rate")
    try:
        rate = Decimal(str(value)[:40])
    except InvalidOperation:
        tax.refuse("not a rate", "rate")
    if not rate.is_finite() or not 0 <= rate <= 10:
        tax.refuse("not a rate between 0 and 10", "rate")
    return format(round(rate, 8).normalize() + 0, "f")


def refuse_greater(
    item: Fields,
    discounts: tuple[DiscountShare, ...],
    currencies: Currencies,
    price_minor: int,
) -> None:
    """Raises RecordRefused when more is taken off than the line or charge costs (`price_minor`, minor units)."""
    if total((share.amount for share in discounts), currencies.shopper).minor > price_minor:
        item.refuse("discounts are greater than the price", "discount_allocations")
