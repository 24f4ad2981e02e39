"""States, reasons and refusals of a return."""

from dataclasses import dataclass
from enum import StrEnum

from portal.kernel.refusal import Refusal
from portal.kernel.words import N_


class ReturnState(StrEnum):
    """What we decided about a return. Where its parcel is and what became of the money are told apart from it."""

    REQUESTED = "requested"
    APPROVED = "approved"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    CLOSED = "closed"


HOLDS_UNITS = frozenset({ReturnState.REQUESTED, ReturnState.APPROVED, ReturnState.CLOSED})
"""States in which the units of a return cannot be returned once more."""

REASONS = {
    "size_too_small": N_("Too small"),
    "size_too_large": N_("Too large"),
    "not_as_described": N_("Not as described or pictured"),
    "defective": N_("Damaged or does not work"),
    "wrong_item": N_("Not what I ordered"),
    "style": N_("I do not like how it looks"),
    "unwanted": N_("I changed my mind"),
    "other": N_("Something else"),
}
"""Shopify's ReturnReason vocabulary, without the values that only staff uses."""

COMMENT_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Pick:
    """Units of one line that a shopper wants to send back; `reason` is "" until it was given."""

    line_id: str
    quantity: int
    reason: str = "other"
    comment: str = ""


class ReturnRefused(Exception):
    """A request that cannot be granted; `refusals` names every line and every reason."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        super().__init__(", ".join(str(refusal) for refusal in refusals))
        self.refusals = refusals


class QuoteChanged(Exception):
    """What would come back is no longer what was shown: show it again before anything is sent."""


def check_picks(picks: list[Pick], known: set[str]) -> tuple[Refusal, ...]:
    """What is wrong with a request before any policy is asked."""
    if not picks:
        return (Refusal("nothing_chosen"),)
    seen: set[str] = set()
    refusals = []
    for pick in picks:
        if pick.line_id not in known:
            refusals.append(Refusal("unknown_line", {}, pick.line_id))
        elif pick.line_id in seen:
            refusals.append(Refusal("line_twice", {}, pick.line_id))
        elif pick.quantity < 1:
            refusals.append(Refusal("bad_quantity", {"quantity": pick.quantity}, pick.line_id))
        elif pick.reason and pick.reason not in REASONS:
            refusals.append(Refusal("unknown_reason", {}, pick.line_id))
        elif len(pick.comment) > COMMENT_LIMIT:
            refusals.append(Refusal("comment_too_long", {"limit": COMMENT_LIMIT}, pick.line_id))
        seen.add(pick.line_id)
    return tuple(refusals)
