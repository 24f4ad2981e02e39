"""What a rule can decide. Each setting is one typed value; a rule mentions some of them, the defaults mention all."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictInt, StringConstraints, field_validator, model_validator

from portal.kernel.money import Money, exponent, zero
from portal.policies.conditions import Part

RefusalCode = Literal[
    "final_sale", "personalised", "gift_card", "hygiene", "perishable", "made_to_order", "discounted", "not_returnable"
]
Outcome = Literal["refund"]
Method = Literal["prepaid_label", "qr_dropoff"]
Unit = Literal["days", "weeks", "months", "years"]
LONGEST = {"days": 3660, "weeks": 522, "months": 120, "years": 10}


class Eligible(Part):
    """Whether a line may come back at all; `code` names the reason when it may not."""

    allowed: StrictBool
    code: RefusalCode | None = None

    @model_validator(mode="after")
    def _reason_for_no(self) -> "Eligible":
        if self.allowed == (self.code is not None):
            raise ValueError("a refusal needs a code, a permission has none")
        return self


class Window(Part):
    """How long a return can be asked for. It starts on day 0; the last day counts in full, in the merchant's time zone.

    `start` delivery without a delivery date falls back to the shipment date + `transit_buffer_days`.
    """

    kind: Literal["limited", "unlimited", "none"] = "limited"
    length: Annotated[StrictInt, Field(ge=1)] | None = None
    unit: Unit | None = None
    start: Literal["order", "shipment", "delivery"] = "delivery"
    transit_buffer_days: Annotated[StrictInt, Field(ge=0, le=90)] = 10

    @model_validator(mode="after")
    def _sane_length(self) -> "Window":
        if self.kind != "limited":
            if self.length is not None or self.unit is not None:
                raise ValueError(f"a window of kind {self.kind} has no length")
        elif self.length is None or self.unit is None:
            raise ValueError("a limited window needs a length and a unit")
        elif self.length > LONGEST[self.unit]:
            raise ValueError(f"a window is at most {LONGEST[self.unit]} {self.unit}")
        return self


class RestockingFee(Part):
    """Kept from what a line is worth: nothing, an amount by currency, or a percentage (0-100, decimal text).

    An order in a currency that `amounts` does not name pays no fee: nothing is converted at the shopper's cost.
    """

    kind: Literal["none", "fixed", "percent"] = "none"
    amounts: dict[str, str] = Field(default_factory=dict, max_length=50)
    percent: Annotated[str, StringConstraints(strict=True, pattern=r"^\d{1,3}(\.\d{1,4})?$")] | None = None

    @model_validator(mode="after")
    def _one_form(self) -> "RestockingFee":
        if (self.kind == "fixed") != bool(self.amounts) or (self.kind == "percent") != (self.percent is not None):
            raise ValueError("fixed needs amounts, percent needs percent, none needs neither")
        if self.percent is not None and Decimal(self.percent) > 100:
            raise ValueError("a fee is at most 100 percent")
        return self

    @field_validator("amounts")
    @classmethod
    def _are_money(cls, amounts: dict[str, str]) -> dict[str, str]:
        return _checked(amounts)

    def fixed_in(self, currency: str) -> Money | None:
        """The fixed fee for an order in `currency`, or None."""
        return Money.parse(self.amounts[currency], currency) if currency in self.amounts else None


class ReturnShipping(Part):
    """What sending it back costs the shopper, once per return: nothing, or a flat amount by currency."""

    kind: Literal["free", "flat"] = "free"
    amounts: dict[str, str] = Field(default_factory=dict, max_length=50)

    @model_validator(mode="after")
    def _one_form(self) -> "ReturnShipping":
        if (self.kind == "flat") != bool(self.amounts):
            raise ValueError("flat needs amounts, free has none")
        return self

    @field_validator("amounts")
    @classmethod
    def _are_money(cls, amounts: dict[str, str]) -> dict[str, str]:
        return _checked(amounts)

    def in_currency(self, currency: str) -> Money | None:
        """The flat fee for an order in `currency`, or None."""
        return Money.parse(self.amounts[currency], currency) if currency in self.amounts else None


Key = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]


class Terms(Part):
    """Every setting decided: a policy's defaults, and what holds for one line."""

    eligible: Eligible
    window: Window
    approval: Literal["auto", "manual"]
    outcomes: Annotated[tuple[Outcome, ...], Field(max_length=10)]
    methods: Annotated[tuple[Method, ...], Field(max_length=10)]
    restocking_fee: RestockingFee
    return_shipping: ReturnShipping
    destination: Key
    ship_within_days: Annotated[StrictInt, Field(ge=1, le=365)]


SETTINGS = tuple(Terms.model_fields)


class Then(Part):
    """The settings that one rule decides: at least one; absent is not mentioned."""

    eligible: Eligible | None = None
    window: Window | None = None
    approval: Literal["auto", "manual"] | None = None
    outcomes: Annotated[tuple[Outcome, ...], Field(max_length=10)] | None = None
    methods: Annotated[tuple[Method, ...], Field(max_length=10)] | None = None
    restocking_fee: RestockingFee | None = None
    return_shipping: ReturnShipping | None = None
    destination: Key | None = None
    ship_within_days: Annotated[StrictInt, Field(ge=1, le=365)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _says_something(cls, data: Any) -> Any:
        if isinstance(data, dict) and (not data or any(value is None for value in data.values())):
            raise ValueError("a rule decides at least one setting, and leaves out what it does not decide")
        return data

    @property
    def mentioned(self) -> tuple[str, ...]:
        """The settings this rule decides."""
        return tuple(name for name in SETTINGS if getattr(self, name) is not None)


def _checked(amounts: dict[str, str]) -> dict[str, str]:
    for currency, text in amounts.items():
        exponent(currency)
        if Money.parse(text, currency) < zero(currency):
            raise ValueError(f"{currency}: a fee is not negative")
    return amounts
