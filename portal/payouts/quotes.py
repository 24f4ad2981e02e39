"""A quote as it was shown: steps, total, stamp. Stored as JSON with the return and read back years later.

A step stores its kind and its facts, never a sentence: the words are made when it is shown, in that day's language.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.kernel.money import Money, total
from portal.kernel.words import N_, Words

FORMAT = 1

WORDS = {
    "line": N_("%(quantity)s × %(title)s"),
    "price": N_("Price, %(quantity)s × %(each)s"),
    "discount": N_("Your share of the discount “%(label)s”"),
    "discount_unnamed": N_("Your share of the discount"),
    "tax": N_("Tax (%(label)s)"),
    "tax_unnamed": N_("Tax"),
    "tax_included": N_("Included tax (%(label)s)"),
    "tax_included_unnamed": N_("Included tax"),
    "rounding": N_("Rounding, so that every cent you paid is counted"),
    "already_refunded": N_("Already refunded for this item"),
    "restocking_fee": N_("Restocking fee"),
    "restocking_fee_percent": N_("Restocking fee (%(percent)s%%)"),
    "return_shipping": N_("Return shipping"),
    "left_on_order": N_("Already paid back, or never paid, for this order"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One named step. `kind` is stable; `amount` is signed; what the label needs is beside it.

    Kinds: line, price, discount, tax, tax_included (information, never added), rounding, already_refunded,
    restocking_fee, return_shipping, left_on_order. `indent` 1 is a part of the step above.
    """

    kind: str
    amount: Money
    label: str = ""
    quantity: int = 0
    each: Money | None = None
    percent: str = ""
    indent: int = 0

    @property
    def words(self) -> Words:
        """The step's name as a sentence to be."""
        if self.kind == "line":
            return Words(WORDS["line"], {"quantity": self.quantity, "title": self.label})
        if self.kind == "price":
            return Words(WORDS["price"], {"quantity": self.quantity, "each": self.each})
        if self.kind == "restocking_fee" and self.percent:
            return Words(WORDS["restocking_fee_percent"], {"percent": self.percent})
        if self.kind in ("discount", "tax", "tax_included"):
            named = {"label": self.label} if self.label else {}
            return Words(WORDS[self.kind if named else f"{self.kind}_unnamed"], named)
        return Words(WORDS[self.kind])


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """Units of one line. `gross` is their worth before fees (give the sum of it as the next quote's `returned_value`);

    `value` is what comes back for them: the sum of `parts`. `included` are taxes inside the price, as information.
    """

    line_id: str
    title: str
    quantity: int
    gross: Money
    value: Money
    parts: tuple[Step, ...]
    included: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """What comes back. The values of `lines` and the amounts of `order_steps` add up to `total`, never below zero."""

    lines: tuple[QuotedLine, ...]
    order_steps: tuple[Step, ...]
    total: Money

    @property
    def currency(self) -> str:
        """The one currency of the quote."""
        return self.total.currency

    @property
    def steps(self) -> tuple[Step, ...]:
        """What a shopper reads: steps with indent 0 add up to the total, steps with indent 1 to the step above them.

        A line whose only part is its price needs no second row.
        """
        rows: list[Step] = []
        for line in self.lines:
            rows.append(Step("line", line.value, label=line.title, quantity=line.quantity))
            if len(line.parts) > 1:
                rows += [_indented(part) for part in line.parts]
        return (*rows, *self.order_steps)

    @property
    def included_taxes(self) -> tuple[Step, ...]:
        """Taxes inside the prices of the quoted units, summed by label: information, part of no sum."""
        by_label: dict[str, list[Money]] = {}
        for line in self.lines:
            for step in line.included:
                by_label.setdefault(step.label, []).append(step.amount)
        sums = {label: total(amounts, self.currency) for label, amounts in by_label.items()}
        return tuple(Step("tax_included", amount, label=label) for label, amount in sums.items())

    def stamp(self) -> str:
        """64 hex digits that change when anything shown changes: what the check page sends back."""
        text = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """The quote for a JSON column."""
        return {
            "format": FORMAT,
            "currency": self.currency,
            "total": self.total.minor,
            "order_steps": [_step_out(step) for step in self.order_steps],
            "lines": [
                {
                    "line_id": line.line_id,
                    "title": line.title,
                    "quantity": line.quantity,
                    "gross": line.gross.minor,
                    "value": line.value.minor,
                    "parts": [_step_out(step) for step in line.parts],
                    "included": [_step_out(step) for step in line.included],
                }
                for line in self.lines
            ],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Quote":
        """Read what `to_json` wrote. Raises ValueError or KeyError for anything else, also when sums fail."""
        if data["format"] != FORMAT:
            raise ValueError(f"quote format {data['format']!r} is not known")
        currency = data["currency"]
        lines = tuple(_line_in(line, currency) for line in data["lines"])
        steps = tuple(_step_in(step, currency) for step in data["order_steps"])
        quote = cls(lines, steps, Money(data["total"], currency))
        amounts = [*(line.value for line in lines), *(step.amount for step in steps)]
        if total(amounts, currency) != quote.total:
            raise ValueError("the steps of a stored quote do not add up to its total")
        return quote


def _indented(step: Step) -> Step:
    return Step(step.kind, step.amount, step.label, step.quantity, step.each, step.percent, indent=1)


def _step_out(step: Step) -> dict[str, Any]:
    row: dict[str, Any] = {"kind": step.kind, "amount": step.amount.minor}
    facts = {"label": step.label, "quantity": step.quantity, "percent": step.percent}
    row |= {name: value for name, value in facts.items() if value}
    if step.each is not None:
        row["each"] = step.each.minor
    return row


def _step_in(row: Mapping[str, Any], currency: str) -> Step:
    if row["kind"] not in WORDS:
        raise ValueError(f"step {row['kind']!r} is not known")
    each = Money(row["each"], currency) if "each" in row else None
    facts = {name: row[name] for name in ("label", "quantity", "percent") if name in row}
    return Step(row["kind"], Money(row["amount"], currency), each=each, **facts)


def _line_in(row: Mapping[str, Any], currency: str) -> QuotedLine:
    line = QuotedLine(
        row["line_id"],
        row["title"],
        row["quantity"],
        Money(row["gross"], currency),
        Money(row["value"], currency),
        tuple(_step_in(step, currency) for step in row["parts"]),
        tuple(_step_in(step, currency) for step in row["included"]),
    )
    if total((part.amount for part in line.parts), currency) != line.value:
        raise ValueError(f"the parts of line {line.line_id} do not add up")
    return line
