"""Money as integer minor units of one currency, and the one way to split it so that the parts sum to the whole."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache

from babel.core import get_global


class MoneyError(ValueError):
    """An amount that is not money: unknown currency, two currencies in one sum, too many decimals, not a number."""


# ISO 4217, table A.1: minor units where they are not two. CLDR is no source for this: it drops decimals that
# people no longer use in cash (RSD, IQD …), and shops still charge them.
MINOR_UNITS = {
    currency: digits
    for digits, currencies in {
        0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
        3: "BHD IQD JOD KWD LYD OMR TND",
        4: "CLF UYW",
    }.items()
    for currency in currencies.split()
}


@cache
def exponent(currency: str) -> int:
    """How many decimals the currency has: EUR 2, JPY 0, KWD 3. Raises MoneyError for an unknown code."""
    if currency not in get_global("all_currencies"):
        raise MoneyError(f"unknown currency {currency!r}")
    return MINOR_UNITS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` units (cents, yen, fils) of `currency` (ISO 4217). Arithmetic only within one currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise MoneyError(f"minor units are a whole number, got {self.minor!r}")
        exponent(self.currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> "Money":
        """Read a decimal string ("12.34"). Trailing zeros beyond the currency's decimals are fine, other digits are
        not.
        """
        try:
            amount = Decimal(text)
        except (InvalidOperation, TypeError, ValueError) as error:
            raise MoneyError(f"not an amount: {str(text)[:40]!r}") from error
        if not amount.is_finite() or abs(amount) >= Decimal(10) ** 15:
            raise MoneyError(f"not an amount: {str(text)[:40]!r}")
        scaled = amount.scaleb(exponent(currency))
        if scaled != scaled.to_integral_value():
            raise MoneyError(f"{text} has more decimals than {currency}")
        return cls(int(scaled), currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, exact."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __mul__(self, quantity: int) -> "Money":
        return Money(self.minor * quantity, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other).minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def allocate(self, weights: Sequence[int]) -> list["Money"]:
        """Split by `weights` (whole, not negative) by largest remainder; ties go to the earlier part. Sums to self.

        All weights 0 counts as equal weights. Raises MoneyError when there is nothing to split among.
        """
        if not weights or any(weight < 0 for weight in weights):
            raise MoneyError("weights are at least one number, none negative")
        total = sum(weights)
        if total == 0:
            weights, total = [1] * len(weights), len(weights)
        sign = -1 if self.minor < 0 else 1
        shares = [divmod(abs(self.minor) * weight, total) for weight in weights]
        left = abs(self.minor) - sum(whole for whole, _ in shares)
        by_remainder = sorted(range(len(shares)), key=lambda index: -shares[index][1])
        gets_one_more = set(by_remainder[:left])
        dealt = [whole + (index in gets_one_more) for index, (whole, _) in enumerate(shares)]
        return [Money(sign * minor, self.currency) for minor in dealt]

    def percent(self, percent: Decimal) -> "Money":
        """`percent` of this amount, half a minor unit rounded up (away from zero)."""
        exact = Decimal(self.minor) * percent / 100
        return Money(int(exact.to_integral_value(rounding=ROUND_HALF_UP)), self.currency)

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise MoneyError(f"cannot mix {self.currency} and {other.currency}")
        return other


def zero(currency: str) -> Money:
    """Nothing, in `currency`."""
    return Money(0, currency)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of `amounts`, zero when there are none. Raises MoneyError if one is in another currency."""
    result = zero(currency)
    for amount in amounts:
        result = result + amount
    return result
