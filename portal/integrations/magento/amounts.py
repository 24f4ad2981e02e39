"""The currencies of a Magento order.

`base_…` amounts are in the shop's own currency and are not read: the shopper saw and paid the others.
"""

from portal.integrations.shopify.fields import Fields
from portal.kernel.money import MoneyError, exponent


def currency_of(order: Fields) -> tuple[str, str]:
    """The shopper's and the shop's currency (ISO 4217). Raises RecordRefused."""
    shopper = order.required_text("order_currency_code")
    shop = order.text("base_currency_code") or shopper
    for key, code in (("order_currency_code", shopper), ("base_currency_code", shop)):
        try:
            exponent(code)
        except MoneyError:
            order.refuse(f"unknown currency {code[:8]!r}", key)
    return shopper, shop
