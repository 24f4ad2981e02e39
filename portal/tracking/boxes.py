"""The order page's word on returns: until when, or why not, by what has become of the parcels."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from portal.kernel.refusal import Refusal
from portal.kernel.words import N_, Words
from portal.policies.rules import Decision
from portal.policies.words import refusal_words
from portal.tracking.rules import ParcelStatus
from portal.tracking.wording import not_coming

NEVER_SENT = frozenset({"gift_card", "not_shippable", "order_cancelled", "cancelled"})
"""Refusals of goods that nobody would think of sending back."""


def return_line(content: Mapping[str, Any], decision: Decision) -> Words | None:
    """The sentence of the box, or None where there is nothing to say: no line could ever go back."""
    days: list[date] = [line.until for line in decision.lines if line.allowed and line.until]
    if days:
        return Words(N_("Start by %(day)s"), {"day": max(days)})
    if decision.any_allowed:
        return Words(N_("You can send items back."))
    said = [_telling(line.refusals) for line in decision.lines]
    reasons = [refusal for refusal in said if refusal.code not in NEVER_SENT]
    if not reasons:
        return None
    by_code = {refusal.code: refusal for refusal in reversed(reasons)}
    for code in ("not_delivered_yet", "window_over"):
        if code in by_code:
            return line_refusal(by_code[code], content)
    return refusal_words(reasons[0])


def line_refusal(refusal: Refusal, content: Mapping[str, Any]) -> Words:
    """A refusal as its line's parcels make it read: what is lost is not merely late."""
    if refusal.code == "not_delivered_yet":
        statuses = [
            ParcelStatus(parcel["status"]) for parcel in content["parcels"] if refusal.subject in parcel["lines"]
        ]
        return not_coming(statuses) or refusal_words(refusal)
    return refusal_words(refusal)


def _telling(refusals: Sequence[Refusal]) -> Refusal:
    """The reason that stays: what the goods are goes before what time will change."""
    return next((refusal for refusal in refusals if refusal.code != "not_delivered_yet"), refusals[0])
