"""What a scene costs, in one currency, to the minor unit: discounts by largest remainder, taxes per line.

An order in another currency is priced twice, once per currency, as a shop does: every price is converted and rounded by
itself and both sides add up on their own.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from portal.demo.catalogue import articles
from portal.demo.people import Person
from portal.demo.scenes import Cut, Scene
from portal.demo.taxes import is_shipping_taxed, taxes_of
from portal.kernel.money import Money, exponent, total, zero

RATES = {
    "EUR": {"EUR": "1", "CHF": "0.9347", "GBP": "0.8613", "JPY": "163.25"},
    "USD": {"USD": "1", "GBP": "0.7742", "JPY": "151.40", "CAD": "1.3715", "MXN": "18.42", "EUR": "0.9168"},
}


@dataclass(frozen=True, slots=True)
class Tax:
    """One tax of a line or of the shipping."""

    title: str
    rate: str
    amount: Money


@dataclass(frozen=True, slots=True)
class PricedLine:
    """`shares` belongs to the scene's cuts by position; zero where a cut does not touch the line."""

    unit: Money
    quantity: int
    shares: tuple[Money, ...]
    taxes: tuple[Tax, ...]

    @property
    def gross(self) -> Money:
        """Before discounts."""
        return self.unit * self.quantity

    @property
    def net(self) -> Money:
        """After discounts; taxes inside it or not, as the order says."""
        return self.gross - total(self.shares, self.unit.currency)

    def share_of(self, quantity: int) -> tuple[Money, Money]:
        """What the first `quantity` units cost after discounts, and their tax."""
        weights = [1] * self.quantity
        tax = total((tax.amount for tax in self.taxes), self.unit.currency)
        parts = [amount.allocate(weights)[:quantity] for amount in (self.net, tax)]
        net, taxed = (total(part, self.unit.currency) for part in parts)
        return net, taxed


@dataclass(frozen=True, slots=True)
class Priced:
    """The order in `currency`. `shipping` is a line like the others, None when there is none."""

    currency: str
    included: bool
    lines: tuple[PricedLine, ...]
    shipping: PricedLine | None
    tip: Money

    @property
    def gross(self) -> Money:
        """All lines before discounts."""
        return total((line.gross for line in self.lines), self.currency)

    @property
    def subtotal(self) -> Money:
        """All lines after discounts."""
        return total((line.net for line in self.lines), self.currency)

    @property
    def discounts(self) -> Money:
        """Every discount, the shipping's too."""
        return total((share for part in self.parts for share in part.shares), self.currency)

    @property
    def tax(self) -> Money:
        """Every tax, the shipping's too."""
        return total((tax.amount for part in self.parts for tax in part.taxes), self.currency)

    @property
    def total(self) -> Money:
        """What the shopper pays."""
        owed = total((part.net for part in self.parts), self.currency) + self.tip
        return owed if self.included else owed + self.tax

    @property
    def parts(self) -> tuple[PricedLine, ...]:
        """Lines and shipping."""
        return (*self.lines, self.shipping) if self.shipping else self.lines


def price(slug: str, scene: Scene, person: Person, shop: str, currency: str) -> Priced:
    """Everything about the money of a scene. `shop` is the currency that the catalogue's prices are in."""
    shelf = articles(slug)
    units = [convert(item.price or shelf[item.sku].price, shop, currency) for item in scene.items]
    gross = [unit * item.quantity for unit, item in zip(units, scene.items, strict=True)]
    shares = [_shares(cut, gross, shop, currency) for cut in scene.cuts]
    for number in range(1, len(shares)):
        before = [total((row[line] for row in shares[:number]), currency) for line in range(len(gross))]
        left = [amount - gone for amount, gone in zip(gross, before, strict=True)]
        shares[number] = _shares(scene.cuts[number], left, shop, currency)
    rates = taxes_of(slug, person.country, person.province)
    included = slug == "fashion"
    lines = []
    for index, item in enumerate(scene.items):
        mine = tuple(row[index] for row in shares)
        net = gross[index] - total(mine, currency)
        taxed = () if shelf[item.sku].product.gift_card else taxes(net, rates, included=included)
        lines.append(PricedLine(units[index], item.quantity, mine, taxed))
    shipping = _shipping(slug, scene, person, shop, currency)
    return Priced(currency, included, tuple(lines), shipping, convert(scene.tip or "0", shop, currency))


def convert(amount: str, shop: str, currency: str) -> Money:
    """A decimal string of the shop's currency in another one, half a minor unit rounded up."""
    exact = Decimal(amount) * Decimal(RATES[shop][currency])
    return Money(int(exact.scaleb(exponent(currency)).to_integral_value(ROUND_HALF_UP)), currency)


def taxes(net: Money, rates: tuple[tuple[str, str], ...], *, included: bool) -> tuple[Tax, ...]:
    """Each tax of an amount: the part inside it, or what comes on top."""
    found = []
    for title, rate in rates:
        share = Decimal(rate) / (1 + Decimal(rate)) if included else Decimal(rate)
        amount = (net.minor * share).to_integral_value(ROUND_HALF_UP)
        found.append(Tax(title, rate, Money(int(amount), net.currency)))
    return tuple(found)


def _shares(cut: Cut, left: list[Money], shop: str, currency: str) -> list[Money]:
    """How a cut falls on lines that still cost `left`."""
    nothing = zero(currency)
    if cut.on_shipping:
        return [nothing for _ in left]
    touched = [amount if not cut.only or index in cut.only else nothing for index, amount in enumerate(left)]
    base = total(touched, currency)
    whole = base.percent(Decimal(cut.value)) if cut.kind == "percentage" else convert(cut.value, shop, currency)
    return min(whole, base, key=lambda money: money.minor).allocate([amount.minor for amount in touched])


def _shipping(slug: str, scene: Scene, person: Person, shop: str, currency: str) -> PricedLine | None:
    if scene.shipping is None:
        return None
    cost = convert(scene.shipping[1], shop, currency)
    shares = tuple(cost if cut.on_shipping else zero(currency) for cut in scene.cuts)
    net = cost - total(shares, currency)
    taxed = is_shipping_taxed(slug, person.province)
    rates = taxes_of(slug, person.country, person.province) if taxed else ()
    return PricedLine(cost, 1, shares, taxes(net, rates, included=slug == "fashion"))
