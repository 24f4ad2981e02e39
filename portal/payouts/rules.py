"""The refundable value of units and the quote: what comes back, with every step that leads to it.

A unit is worth what was really paid for it: price - its share of every discount + its tax. Units returned one by
one, in any grouping and order, sum to exactly what was paid. Amounts are in the currency that the shopper paid in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from portal.kernel.money import Money, MoneyError, total, zero
from portal.kernel.refusal import Refusal
from portal.payouts.quotes import Quote, QuotedLine, Step
from portal.payouts.shares import deal

Labelled = tuple[str, Money]


@dataclass(frozen=True, slots=True)
class PaidLine:
    """One order line as it was paid. Discounts (positive) and taxes are for the whole `quantity`.

    `returned_quantity` counts units that are spoken for: returned, refunded, cancelled, or in a return still open.
    `returned_value` is what those units were quoted at before fees (`QuotedLine.gross`); None: it follows from their
    number. Give it, and no cent stays behind when a return between others is withdrawn. `refunded`: money paid back.
    Raises MoneyError for mixed currencies or negative amounts, ValueError for impossible quantities.
    """

    line_id: str
    title: str
    quantity: int
    unit_price: Money
    discounts: tuple[Labelled, ...] = ()
    taxes: tuple[Labelled, ...] = ()
    taxes_included: bool = False
    returned_quantity: int = 0
    refunded: Money | None = None
    returned_value: Money | None = None

    def __post_init__(self) -> None:
        if self.quantity < 1 or not 0 <= self.returned_quantity <= self.quantity:
            raise ValueError(f"line {self.line_id}: {self.returned_quantity} returned of {self.quantity}")
        amounts = [self.unit_price, *(amount for _, amount in self.discounts + self.taxes)]
        amounts += [amount for amount in (self.refunded, self.returned_value) if amount is not None]
        if any(amount < zero(self.currency) for amount in amounts):
            raise MoneyError(f"line {self.line_id}: an amount is negative")

    @property
    def currency(self) -> str:
        """The currency of every amount of the line."""
        return self.unit_price.currency

    @property
    def paid(self) -> Money:
        """What was paid for all units, tax included; never negative, even if the shop's discounts exceed the price."""
        net = self.unit_price * self.quantity - total((amount for _, amount in self.discounts), self.currency)
        if not self.taxes_included:
            net = net + total((amount for _, amount in self.taxes), self.currency)
        return max(net, zero(self.currency))

    @property
    def remaining(self) -> int:
        """Units that can still come back."""
        return self.quantity - self.returned_quantity


@dataclass(frozen=True, slots=True)
class RestockingFee:
    """A fee for one line of a return: `fixed`, or `percent` (0-100) of what its units are worth, or none."""

    fixed: Money | None = None
    percent: Decimal | None = None

    def on(self, value: Money) -> Money:
        """The fee on units worth `value`: at most the value. Raises MoneyError for a fee in another currency."""
        fee = self.fixed if self.fixed is not None else value.percent(self.percent or Decimal(0))
        if fee < zero(value.currency):
            raise MoneyError(f"a fee of {fee} is negative")
        return min(fee, value)


NO_FEE = RestockingFee()


@dataclass(frozen=True, slots=True)
class Fees:
    """What the policy keeps: restocking fees by line id (`restocking`: all other lines), one return shipping fee."""

    restocking: RestockingFee = NO_FEE
    by_line: dict[str, RestockingFee] = field(default_factory=dict)
    return_shipping: Money | None = None

    def of(self, line_id: str) -> RestockingFee:
        """The restocking fee of a line."""
        return self.by_line.get(line_id, self.restocking)


FREE = Fees()


def value_of(line: PaidLine, quantity: int) -> Money:
    """What `quantity` more units of the line are worth, before fees and before what is left to refund.

    What was paid less what the returned units were worth, shared by largest remainder among the units that remain.
    Raises Refusal("nothing_left") for more units than remain, ValueError below one.
    """
    if quantity < 1:
        raise ValueError(f"line {line.line_id}: {quantity} units")
    if quantity > line.remaining:
        raise Refusal("nothing_left", {"left": line.remaining}, line.line_id)
    each, extra = divmod(_open_value(line), line.remaining)
    return Money(each * quantity + min(quantity, extra), line.currency)


def quote_return(lines: Sequence[tuple[PaidLine, int]], fees: Fees = FREE, *, order_left: Money) -> Quote:
    """What comes back for units of several lines, in steps that add up to the total.

    `order_left` is what was paid for the whole order less everything refunded on it: the total never exceeds it.
    Raises Refusal("nothing_left") for more units than a line has left, MoneyError when a line or a fee is in another
    currency than the order, ValueError for a line named twice.
    """
    if len({line.line_id for line, _ in lines}) != len(lines):
        raise ValueError("a line is quoted twice")
    quoted = tuple(_quote_line(line, quantity, fees.of(line.line_id)) for line, quantity in lines)
    gross = total((line.value for line in quoted), order_left.currency)
    after_shipping, shipping = _keep(gross, fees.return_shipping, "return_shipping")
    capped, cap = _keep(after_shipping, after_shipping - min(after_shipping, order_left), "left_on_order")
    return Quote(quoted, (*shipping, *cap), capped)


def _open_value(line: PaidLine) -> int:
    if line.returned_value is not None:
        return max(0, line.paid.minor - line.returned_value.minor)
    each, extra = divmod(line.paid.minor, line.quantity)
    return line.paid.minor - each * line.returned_quantity - min(line.returned_quantity, extra)


def _quote_line(line: PaidLine, quantity: int, fee: RestockingFee) -> QuotedLine:
    value = value_of(line, quantity)
    parts, included = _parts(line, quantity)
    rounding = value - total((part.amount for part in parts), line.currency)
    if rounding:
        parts.append(Step("rounding", rounding))
    left = line.paid - (line.refunded or zero(line.currency))
    capped, cap = _keep(value, value - min(value, left), "already_refunded")
    kept = fee.on(capped)
    percent = f"{fee.percent:f}" if fee.percent is not None and fee.fixed is None else ""
    after_fee, restocking = _keep(capped, kept, "restocking_fee", percent)
    return QuotedLine(
        line.line_id, line.title, quantity, value, after_fee, (*parts, *cap, *restocking), tuple(included)
    )


def _parts(line: PaidLine, quantity: int) -> tuple[list[Step], list[Step]]:
    """Price, discount shares and taxes of the next `quantity` units; taxes inside the price apart, as information."""
    first, last = line.returned_quantity, line.returned_quantity + quantity
    taxes = [amount.minor for _, amount in line.taxes]
    lowered, raised = deal(line.quantity, [a.minor for _, a in line.discounts], [] if line.taxes_included else taxes)
    _, inside = deal(line.quantity, [], taxes if line.taxes_included else [])
    steps = [Step("price", line.unit_price * quantity, quantity=quantity, each=line.unit_price)]
    steps += _shares("discount", line.discounts, [-dealt.between(first, last) for dealt in lowered])
    steps += _shares("tax", line.taxes, [dealt.between(first, last) for dealt in raised])
    return steps, _shares("tax_included", line.taxes, [dealt.between(first, last) for dealt in inside])


def _shares(kind: str, labelled: Iterable[Labelled], minors: Sequence[int]) -> list[Step]:
    pairs = zip(labelled, minors, strict=False)  # no minors at all when the kind does not apply to the line
    return [Step(kind, Money(minor, amount.currency), label=label) for (label, amount), minor in pairs if minor]


def _keep(amount: Money, kept: Money | None, kind: str, percent: str = "") -> tuple[Money, list[Step]]:
    """Take `kept` off `amount`, never below zero; no step when nothing is taken."""
    taken = min(kept, amount) if kept is not None else zero(amount.currency)
    return amount - taken, [Step(kind, -taken, percent=percent)] if taken else []
