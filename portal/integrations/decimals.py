"""Amounts that platforms write as plain decimals, with more places than the currency has: "67.8400", 9.38, 199.1304."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from portal.integrations.shopify.fields import Fields
from portal.kernel.money import Money, exponent

_AMOUNT = re.compile(r"-?\d{1,12}(\.\d{1,12})?", re.ASCII)


def exact(fields: Fields, key: str) -> Decimal | None:
    """The number under `key` as it is; None when missing. Raises RecordRefused."""
    value = fields.get(key)
    if value is None or value == "":
        return None
    text = format(value, "f") if isinstance(value, Decimal) and value.is_finite() else str(value)
    if isinstance(value, bool | float) or not _AMOUNT.fullmatch(text):
        fields.refuse("not an amount", key)
    try:
        return Decimal(text)
    except InvalidOperation:
        fields.refuse("not an amount", key)


def amount(fields: Fields, key: str, currency: str) -> Money:
    """The amount under `key` to the minor unit, half of one rounded up; zero when missing."""
    found = exact(fields, key)
    if found is None:
        return Money(0, currency)
    return Money(int(found.scaleb(exponent(currency)).to_integral_value(ROUND_HALF_UP)), currency)


def positive(fields: Fields, key: str, currency: str) -> Money:
    """As `amount`, refused below zero."""
    found = amount(fields, key, currency)
    if found.minor < 0:
        fields.refuse("negative amount", key)
    return found


def whole(fields: Fields, key: str) -> int:
    """A quantity; 2, 2.0 and "2.0000" are two. Zero when missing. Quantities with a fraction are refused."""
    found = exact(fields, key)
    if found is None:
        return 0
    if found != found.to_integral_value() or not 0 <= found <= 1_000_000:
        fields.refuse("not a whole number of units", key)
    return int(found)
