"""Amounts of a payload as `Money` in the shopper's currency.

Since API version 2019-07 every amount has a twin `<name>_set` of `shop_money` and `presentment_money`. We keep the
presentment amount, what the shopper saw and paid. The plain field is in the shop's currency, so it stands in for a
missing set only when both currencies are one.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.integrations.shopify.fields import Fields
from portal.kernel.money import Money, MoneyError, exponent, zero

# The documentation gives decimal strings. Decimal() alone would also take "1e9", "1_000" and Arabic digits.
_AMOUNT = re.compile(r"-?\d{1,12}(\.\d{1,12})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Currencies:
    """The shop's own currency and the one the shopper paid in (ISO 4217)."""

    shop: str
    shopper: str

    def amount(self, fields: Fields, key: str) -> Money | None:
        """The amount `key`, at least 0; None when missing. Raises RecordRefused."""
        money = self.signed_amount(fields, key)
        if money is not None and money.minor < 0:
            fields.refuse("negative amount", key)
        return money

    def required_amount(self, fields: Fields, key: str) -> Money:
        """As `amount`, refused when missing."""
        money = self.amount(fields, key)
        return money if money is not None else fields.refuse("missing", key)

    def amount_or_nothing(self, fields: Fields, key: str) -> Money:
        """As `amount`, zero when missing."""
        return self.amount(fields, key) or zero(self.shopper)

    def signed_amount(self, fields: Fields, key: str) -> Money | None:
        """As `amount`, but below 0 is fine (refund adjustments are)."""
        both = fields.part(f"{key}_set")
        if both is not None and (money := self.of_bag(both)) is not None:
            return money
        if fields.get(key) is None:
            return None
        money = _parse(fields, key, self.shop)
        if self.shop != self.shopper and money:
            fields.refuse(f"only in {self.shop}, but the shopper paid in {self.shopper}", key)
        return Money(money.minor, self.shopper)

    def transferred(self, transaction: Fields) -> Money | None:
        """What a successful transaction moved; None when it failed or says so only in another currency.

        A transaction's plain amount is in its own `currency`, not in the shop's.
        """
        own = transaction.text("currency") or self.shop
        told = own == self.shopper or transaction.get("amount_set") is not None
        if transaction.text("status") != "success" or not told:
            return None
        return Currencies(own, self.shopper).amount_or_nothing(transaction, "amount")

    def of_bag(self, both: Fields) -> Money | None:
        """The shopper's side of a {shop_money, presentment_money}; None when it says nothing."""
        money = both.part("presentment_money")
        if money is None and self.shop == self.shopper:
            money = both.part("shop_money")
        if money is None or money.get("amount") is None:
            return None
        code = money.text("currency_code")
        if code and code != self.shopper:
            money.refuse(f"{code[:8]} in an order in {self.shopper}", "currency_code")
        return _parse(money, "amount", self.shopper)


def read_currencies(order: Fields) -> Currencies:
    """The currencies of an order. Raises RecordRefused when missing or unknown."""
    shop = _currency(order, "currency") or order.refuse("missing", "currency")
    return Currencies(shop, _currency(order, "presentment_currency") or shop)


def _currency(order: Fields, key: str) -> str:
    code = order.text(key)
    try:
        if code:
            exponent(code)
    except MoneyError:
        order.refuse(f"unknown currency {code[:8]!r}", key)
    return code


def _parse(fields: Fields, key: str, currency: str) -> Money:
    try:
        return Money.parse(_digits(fields, key, fields.get(key)), currency)
    except MoneyError as error:
        fields.refuse(str(error), key)


def _digits(fields: Fields, key: str, value: Any) -> str:
    """The amount's digits. JSON numbers (refunds have them) arrive as int or Decimal and are exact; floats are not."""
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < 20:
        value = format(value, "f")
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**12:
        value = str(value)
    if not isinstance(value, str) or not _AMOUNT.fullmatch(value):
        fields.refuse("not an amount", key)
    return value
