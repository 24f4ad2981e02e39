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

NOT_THESE = N_("These items cannot be returned.")
NOT_ALIKE = N_("Nothing in this order can be returned, each item for a reason of its own.")
OF_ALL = {
    "final_sale": N_("These items were sold as final sale, so they cannot be returned."),
    "personalised": N_("These items were made for you, so they cannot be returned."),
    "already_returned": N_("You have already returned everything from this order."),
    "nothing_left": N_("There is nothing left of this order to return."),
}
"""Reasons that hold for every item of an order with several."""


def return_line(content: Mapping[str, Any], decision: Decision) -> Words | None:
    """The sentence of the box, or None where there is nothing to say: no line could ever go back."""
    said = [_telling(line.refusals) for line in decision.lines if not line.allowed]
    reasons = [refusal for refusal in said if refusal.code not in NEVER_SENT]
    if decision.any_allowed:
        coming = any(_may_come(refusal, content) for refusal in reasons)
        return _until([line.until for line in decision.lines if line.allowed and line.until], coming=coming)
    return _why_not(reasons, content) if reasons else None


def _until(days: Sequence[date], *, coming: bool) -> Words:
    """Until when, and for what, where some of it is still on its way or arrived later than the rest."""
    if not days:
        return Words(N_("You can send items back."))
    first, last = min(days), max(days)
    if first != last:
        each = N_("Start by %(first)s for what came first, by %(day)s for what came last.")
        return Words(each, {"first": first, "day": last})
    if coming:
        return Words(N_("Start by %(day)s with what is here, and with the rest once it has arrived."), {"day": last})
    return Words(N_("Start by %(day)s"), {"day": last})


def _why_not(reasons: Sequence[Refusal], content: Mapping[str, Any]) -> Words:
    """Why nothing can go back: what time will change comes first, then the day that is over, then what the goods
    are.
    """
    waiting = next((refusal for refusal in reasons if refusal.code == "not_delivered_yet"), None)
    if waiting is not None:
        return line_refusal(waiting, content)
    if len(reasons) == 1:
        return refusal_words(reasons[0])
    over = [refusal.params["last_day"] for refusal in reasons if refusal.code == "window_over"]
    if over:
        return Words(N_("The last day to send something back was %(last_day)s."), {"last_day": max(over)})
    codes = {refusal.code for refusal in reasons}
    return Words(OF_ALL.get(codes.pop(), NOT_THESE) if len(codes) == 1 else NOT_ALIKE)


def _may_come(refusal: Refusal, content: Mapping[str, Any]) -> bool:
    """Whether what is not here yet may still arrive."""
    return refusal.code == "not_delivered_yet" and line_refusal(refusal, content) == refusal_words(refusal)


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
