"""The same thing in two currencies, the shop's and the shopper's, and how Shopify writes such an amount."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from portal.kernel.money import Money

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Twin(Generic[T]):
    """Two sides of one fact."""

    shop: T
    shopper: T

    def of(self, read: Callable[[T], U]) -> "Twin[U]":
        """Both sides of something about it."""
        return Twin(read(self.shop), read(self.shopper))


def both(name: str, amount: Twin[Money]) -> dict[str, Any]:
    """`name` in the shop's currency and `name_set` in both."""
    return {
        name: str(amount.shop.decimal),
        f"{name}_set": {"shop_money": _money(amount.shop), "presentment_money": _money(amount.shopper)},
    }


def _money(amount: Money) -> dict[str, str]:
    return {"amount": str(amount.decimal), "currency_code": amount.currency}
