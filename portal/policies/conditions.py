"""The typed condition tree of a rule: all / any / none of field-operator-value.

Every text is compared without regard to case. A fact that is not known (no reason chosen yet, not delivered yet, an
amount in another currency) makes a comparison false; only `is_not`, `not_in` and `has_none` are true then.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    Tag,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from portal.kernel.money import Money

Kind = Literal["text", "texts", "money", "number", "date", "flag"]

FIELDS: Mapping[str, Kind] = {
    "product_type": "text",
    "vendor": "text",
    "sku": "text",
    "tag": "texts",
    "price": "money",
    "discount_percent": "number",
    "country": "text",
    "channel": "text",
    "customer_tag": "texts",
    "order_total": "money",
    "quantity": "number",
    "final_sale": "flag",
    "personalised": "flag",
    "gift_card": "flag",
    "requires_shipping": "flag",
    "reason": "text",
    "days_since_start": "number",
    "attribute": "texts",
    "price_ending": "text",
    "discount": "money",
    "order_date": "date",
    "order_returns": "number",
    "return_subtotal": "money",
    "return_items": "number",
    "item_status": "text",
    "fault": "text",
}
"""What a comparison may look at. `attribute` holds "name=value" pairs, `price_ending` the price as decimal text,
`order_returns` counts those before, `return_*` is what is being asked for now, `fault` goes by the reason.
"""
SELDOM = frozenset(
    {
        "attribute", "price_ending", "discount", "order_date", "order_returns", "return_subtotal", "return_items",
        "item_status", "fault",
    }
)  # fmt: skip
"""Fields whose values are worked out only for a policy that compares them."""
OPERATORS: Mapping[Kind, tuple[str, ...]] = {
    "text": ("is", "is_not", "in", "not_in", "starts_with", "ends_with"),
    "texts": ("has", "has_any", "has_none"),
    "money": ("is", "lt", "lte", "gt", "gte"),
    "number": ("is", "lt", "lte", "gt", "gte"),
    "date": ("is", "lt", "lte", "gt", "gte"),
    "flag": ("is",),
}
POSITION = {name: index for index, name in enumerate(FIELDS)}
LISTS = ("in", "not_in", "has_any", "has_none")

Text = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200)]


class Part(BaseModel):
    """Every piece of a policy document: frozen, and nothing unknown in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Amount(Part):
    """Money in a document: a decimal text and its currency."""

    amount: Annotated[str, StringConstraints(strict=True, max_length=20)]
    currency: Annotated[str, StringConstraints(strict=True, min_length=3, max_length=3)]

    @model_validator(mode="after")
    def _is_money(self) -> "Amount":
        if self.money.minor < 0:
            raise ValueError("an amount is not negative")
        return self

    @property
    def money(self) -> Money:
        """The amount as money."""
        return Money.parse(self.amount, self.currency)


VALUE_FORMS = {
    "bool": "<bool>",
    "int": "<int>",
    "str": "<text>",
    "list": "<list>",
    "tuple": "<list>",
    "dict": "<amount>",
}

Value = Annotated[
    Annotated[StrictBool, Tag("<bool>")]
    | Annotated[StrictInt, Tag("<int>")]
    | Annotated[Text, Tag("<text>")]
    | Annotated[tuple[Text, ...], Field(min_length=1, max_length=1000), Tag("<list>")]
    | Annotated[Amount, Tag("<amount>")],
    Discriminator(
        lambda value: "<amount>" if isinstance(value, Amount) else VALUE_FORMS.get(type(value).__name__),
        custom_error_type="value",
        custom_error_message='a value is a text, a list of texts, a number, true, false or an amount (12.5 is "12.5")',
    ),
]


class Leaf(Part):
    """One comparison. The field decides which operators and which kind of value fit."""

    field: Text
    op: Text
    value: Value

    @field_validator("field")
    @classmethod
    def _known_field(cls, field: str) -> str:
        if field not in FIELDS:
            raise PydanticCustomError("field", "unknown field {field}; known: {known}", _said(field, FIELDS))
        return field

    @model_validator(mode="after")
    def _fits(self) -> "Leaf":
        kind = FIELDS[self.field]
        if self.op not in OPERATORS[kind]:
            known = _said(self.op, OPERATORS[kind]) | {"of": self.field}
            raise PydanticCustomError("op", "{of} cannot be compared by {field}; known: {known}", known)
        if not self._value_fits(kind):
            wanted = "a list of texts" if self.op in LISTS else WANTED[kind]
            raise PydanticCustomError(
                "value", "{field} {op} needs {wanted}", {"field": self.field, "op": self.op, "wanted": wanted}
            )
        return self

    def _value_fits(self, kind: Kind) -> bool:
        if self.op in LISTS:
            return isinstance(self.value, tuple)
        if kind == "number":
            return number(self.value) is not None
        if kind == "date":
            return day_number(self.value) is not None
        return isinstance(self.value, {"text": str, "texts": str, "money": Amount, "flag": bool}[kind])


WANTED = {
    "text": "a text",
    "texts": "a text",
    "money": 'an amount such as {"amount": "50.00", "currency": "EUR"}',
    "number": 'a whole number or a decimal text such as "12.5"',
    "date": 'a day such as "2026-12-24"',
    "flag": "true or false",
}


class AllOf(Part):
    """True when every part is; an empty list is always true."""

    all: Annotated[tuple["Condition", ...], Field(max_length=100)]


class AnyOf(Part):
    """True when at least one part is."""

    any: Annotated[tuple["Condition", ...], Field(min_length=1, max_length=100)]


class NoneOf(Part):
    """True when no part is."""

    none: Annotated[tuple["Condition", ...], Field(min_length=1, max_length=100)]


def _tag(value: Any) -> str:
    """Which form a piece of a condition has; the tags never occur as keys, so that error paths can drop them."""
    names = value if isinstance(value, Mapping) else type(value).model_fields if isinstance(value, Part) else {}
    return next((f"<{name}>" for name in ("all", "any", "none") if name in names), "<leaf>")


Condition = Annotated[
    Annotated[AllOf, Tag("<all>")]
    | Annotated[AnyOf, Tag("<any>")]
    | Annotated[NoneOf, Tag("<none>")]
    | Annotated[Leaf, Tag("<leaf>")],
    Discriminator(_tag),
]
for _model in (AllOf, AnyOf, NoneOf):
    _model.model_rebuild()

ALWAYS = AllOf(all=())


def leaves(condition: Condition) -> list[Leaf]:
    """Every comparison of the tree, left to right."""
    if isinstance(condition, Leaf):
        return [condition]
    return [leaf for part in parts(condition) for leaf in leaves(part)]


def parts(condition: AllOf | AnyOf | NoneOf) -> tuple[Condition, ...]:
    """The pieces below a node."""
    if isinstance(condition, AllOf):
        return condition.all
    return condition.any if isinstance(condition, AnyOf) else condition.none


def holds(condition: Condition, leaf_holds: Callable[[Leaf], bool]) -> bool:
    """Evaluate the tree with the answer of each leaf given: slow, for explanations and "what if"."""
    if isinstance(condition, Leaf):
        return leaf_holds(condition)
    answers = (holds(part, leaf_holds) for part in parts(condition))
    if isinstance(condition, AllOf):
        return all(answers)
    return any(answers) if isinstance(condition, AnyOf) else not any(answers)


def number(value: object) -> Decimal | int | None:
    """The number that a value states, None if it states none."""
    if type(value) is int:
        return value
    try:
        number = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


def day_number(value: object) -> int | None:
    """The number of the day that a text names (ISO 8601), counted from the year 1; None if it names none."""
    try:
        return date.fromisoformat(value).toordinal() if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


def _said(field: str, known: Any) -> dict[str, str]:
    return {"field": field[:40], "known": ", ".join(known)}
