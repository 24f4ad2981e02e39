"""The return's forms: which lines and how many, then why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from portal.kernel.refusal import Refusal
from portal.kernel.words import N_, Words
from portal.returns.rules import COMMENT_LIMIT, REASONS, Pick
from portal.returns.words import refusal_words
from portal.web.forms import Form
from portal.web.page import FieldError

MOST_DIGITS = 6


def read_picks(form: Form, line_ids: Iterable[str], earlier: Sequence[Pick]) -> list[Pick]:
    """The lines with a quantity; reason and comment stay from before. What is not a number counts as none."""
    before = {pick.line_id: pick for pick in earlier}
    picks = []
    for line_id in line_ids:
        text = form.text(f"quantity-{line_id}", MOST_DIGITS)
        quantity = int(text) if text.isdecimal() and text.isascii() else 0
        if quantity > 0:
            picks.append(replace(before.get(line_id, Pick(line_id, 0, "")), quantity=quantity))
    return picks


def read_reasons(form: Form, picks: Sequence[Pick]) -> tuple[list[Pick], tuple[FieldError, ...]]:
    """Every chosen line with its reason and comment, and what is missing or too long."""
    read, errors = [], []
    for pick in picks:
        reason = form.text(f"reason-{pick.line_id}", 32)
        comment = form.text(f"comment-{pick.line_id}", COMMENT_LIMIT * 4)
        if reason not in REASONS:
            errors.append(FieldError(f"reason-{pick.line_id}", Words(N_("Choose a reason"))))
        if len(comment) > COMMENT_LIMIT:
            limit = Words(N_("Keep it under %(limit)s characters"), {"limit": COMMENT_LIMIT})
            errors.append(FieldError(f"comment-{pick.line_id}", limit))
        read.append(replace(pick, reason=reason if reason in REASONS else "", comment=comment))
    return read, tuple(errors)


def field_errors(refusals: Sequence[Refusal], first_line: str, field: str = "quantity") -> tuple[FieldError, ...]:
    """Refusals beside the fields they concern; one about the whole request goes to the first line."""
    return tuple(FieldError(f"{field}-{refusal.subject or first_line}", refusal_words(refusal)) for refusal in refusals)


def stored_picks(rows: Sequence[Mapping[str, Any]]) -> list[Pick]:
    """Picks as a draft keeps them."""
    return [Pick(row["line_id"], row["quantity"], row["reason"], row["comment"]) for row in rows]
