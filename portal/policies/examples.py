"""A policy's own tests: "this item, bought then, asked for on that day: allowed until …, or refused because …".

Written by the merchant beside the rules, run before anything is published.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field, StrictBool, StrictInt, StringConstraints, TypeAdapter, ValidationError

from portal.kernel.money import Money
from portal.policies.conditions import Amount, Part
from portal.policies.documents import Document, DocumentError, Problem
from portal.policies.facts import LineFacts, OrderFacts, ReturnFacts, SentUnits
from portal.policies.rules import LineDecision, Policy, decide
from portal.policies.settings import SETTINGS

MOST = 500
ZONE = "UTC"
"""Examples speak of days; the zone they are counted in makes no difference to them."""

Text = Annotated[str, StringConstraints(strict=True, max_length=200)]


class Item(Part):
    """The item that somebody wants to send back. Only what matters for the example has to be said."""

    price: Amount = Amount(amount="100", currency="EUR")
    paid: Amount | None = None
    """What was paid for one; the price unless told."""
    quantity: Annotated[StrictInt, Field(ge=1, le=10_000)] = 1
    ordered: date
    shipped: date | None = None
    delivered: date | None = None
    sku: Text = ""
    product_type: Text = ""
    vendor: Text = ""
    tags: tuple[Text, ...] = ()
    attributes: dict[Text, Text] = Field(default_factory=dict)
    final_sale: StrictBool = False
    personalised: StrictBool = False
    gift_card: StrictBool = False
    reason: Text = ""
    country: Text = ""
    channel: Text = "web"
    customer_tags: tuple[Text, ...] = ()
    order_total: Amount | None = None
    order_returns: Annotated[StrictInt, Field(ge=0)] = 0


class Expected(Part):
    """What has to come of it; what is left out may be anything. `because` are refusal codes, `by` rules by setting."""

    allowed: StrictBool
    because: tuple[Text, ...] = ()
    until: date | None = None
    approval: Text | None = None
    methods: tuple[Text, ...] | None = None
    destination: Text | None = None
    restocking_percent: Text | None = None
    return_shipping: Amount | None = None
    by: dict[Text, Text] = Field(default_factory=dict)


class Example(Part):
    """One test of a policy: an item, the day somebody asks, what has to come of it."""

    name: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200)]
    item: Item
    asked: date
    expect: Expected


EXAMPLES = TypeAdapter(Annotated[tuple[Example, ...], Field(max_length=MOST)])


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an example went: every difference in words, none when it holds."""

    name: str
    differences: tuple[str, ...]


def read_examples(data: Any) -> tuple[Example, ...]:
    """Checked examples; none for None. Raises DocumentError with every problem."""
    try:
        return EXAMPLES.validate_python(data or ())
    except ValidationError as error:
        raise DocumentError(
            tuple(
                Problem(_path(each["loc"]), str(each["msg"]).removeprefix("Value error, ")) for each in error.errors()
            )
        ) from error


def run_examples(document: Document, examples: Sequence[Example]) -> list[Outcome]:
    """Every example, in their order."""
    policy = Policy(document)
    return [Outcome(each.name, tuple(_differences(each.expect, _decided(policy, each)))) for each in examples]


def _decided(policy: Policy, example: Example) -> LineDecision:
    facts = _facts(example.item)
    return decide(policy, facts, _noon(example.asked)).lines[0]


def _facts(item: Item) -> ReturnFacts:
    price, paid = item.price.money, (item.paid or item.price).money
    shipped = item.shipped or item.delivered
    sent = (
        SentUnits(item.quantity, _noon(shipped), _noon(item.delivered) if item.delivered else None) if shipped else None
    )
    line = LineFacts(
        line_id="1",
        quantity=item.quantity,
        price=price,
        unit_paid=paid,
        sent=(sent,) if sent else (),
        discount=price - paid if paid < price else None,
        sku=item.sku,
        product_type=item.product_type,
        vendor=item.vendor,
        tags=item.tags,
        final_sale=item.final_sale,
        personalised=item.personalised,
        gift_card=item.gift_card,
        reason=item.reason,
        attributes=tuple(item.attributes.items()),
    )
    total = item.order_total.money if item.order_total else paid * item.quantity
    order = OrderFacts(
        _noon(item.ordered), total, ZONE, item.country, item.channel, item.customer_tags, returns=item.order_returns
    )
    return ReturnFacts(order, (line,), subtotal=paid * item.quantity, items=item.quantity)


def _differences(wanted: Expected, found: LineDecision) -> list[str]:
    said = []
    codes = tuple(refusal.code for refusal in found.refusals)
    if wanted.allowed != found.allowed:
        said.append(f"expected {_yes(wanted.allowed)}, it is {_yes(found.allowed, codes)}")
    if wanted.because and set(wanted.because) != set(codes):
        said.append(f"expected because {', '.join(wanted.because)}, it is {', '.join(codes) or 'not refused'}")
    shipping = wanted.return_shipping.money if wanted.return_shipping else None
    pairs: list[tuple[str, Any, Any]] = [
        ("until", wanted.until, found.until),
        ("approval", wanted.approval, found.terms.approval),
        ("methods", wanted.methods, found.terms.methods),
        ("destination", wanted.destination, found.terms.destination),
        ("restocking_percent", _number(wanted.restocking_percent), _number(found.terms.restocking_fee.percent)),
        ("return_shipping", shipping, _shipping(found, shipping)),
        *((f"by.{name}", rule, found.decided_by.get(name) or "default") for name, rule in wanted.by.items()),
    ]
    said += [
        f"{name}: expected {_said(left)}, it is {_said(right)}"
        for name, left, right in pairs
        if left not in (None, right)
    ]
    said += [f"by.{name} is no setting: {', '.join(SETTINGS)}" for name in wanted.by if name not in SETTINGS]
    return said


def _shipping(found: LineDecision, wanted: Money | None) -> Money | None:
    if wanted is None:
        return None
    return found.terms.return_shipping.in_currency(wanted.currency) or Money(0, wanted.currency)


def _number(text: str | None) -> Decimal | None:
    return Decimal(text) if text is not None else None


def _said(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return (
        f"{value.decimal} {value.currency}" if isinstance(value, Money) else "nothing" if value is None else str(value)
    )


def _yes(allowed: bool, codes: tuple[str, ...] = ()) -> str:
    return "allowed" if allowed else f"refused ({', '.join(codes)})" if codes else "refused"


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


def _path(loc: tuple[int | str, ...]) -> str:
    return "examples" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
