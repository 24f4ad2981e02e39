"""Who is told what, and why (not). Pure: facts in, a decision with the name of its rule out."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import phonenumbers

from portal.tracking.events import FRESH, Milestone

Rule = str
"""Why a message went out or did not; the operator reads its sentence in EXPLAINED."""

PROBLEMS = frozenset(
    {
        Milestone.MISSED,
        Milestone.DELAYED,
        Milestone.HELD_UP,
        Milestone.SILENT,
        Milestone.COMING_BACK,
        Milestone.BACK,
        Milestone.LOST,
        Milestone.DAMAGED,
    }
)
NEEDS_SOMEBODY = frozenset(
    {Milestone.READY_TO_COLLECT, Milestone.MISSED, Milestone.BACK, Milestone.LOST, Milestone.DAMAGED}
)
"""The shopper has to do something, or the goods are gone: told to everybody, whatever they chose."""
NEEDS_SOMEBODY_BY_REASON = frozenset(
    {
        "carrier_address_not_found",
        "consignee_incorrect_address",
        "customs_documentation",
        "customs_duties_unpaid",
    }
)


class Scope(StrEnum):
    """How much a shopper wants to hear."""

    ALL = "all"
    PROBLEMS = "problems"
    NONE = "none"


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"


@dataclass(frozen=True, slots=True)
class News:
    """What is known when a message is about to go out. `standing` is the parcel's own news of now, "" when it has
    none: only the newest is told. `shop_writes`: we write for this shop at all. `reachable`: there is an address on the
    chosen channel.
    """

    milestone: Milestone
    reason: str | None
    key: str
    at: datetime
    standing: str
    scope: Scope
    shop_writes: bool
    order_cancelled: bool
    parcel_there: bool
    reachable: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a message goes out, and by which rule."""

    send: bool
    rule: Rule


EXPLAINED: dict[Rule, str] = {
    "required": "The shopper has to act, or the goods are gone: everybody is told, whatever they chose.",
    "chosen": "The shopper hears of every step: it was chosen, or nothing was.",
    "problem": "The shopper chose to hear of problems, and this is one.",
    "shop_off": 'Not sent: messages = "none" in the merchant\'s file; the shop sends its own.',
    "order_cancelled": "Not sent: the order was cancelled.",
    "parcel_gone": "Not sent: the parcel is no longer part of the order.",
    "outdated": "Not sent: something newer had happened to the parcel before this could go out.",
    "too_old": f"Not sent: it happened more than {FRESH.total_seconds() / 3600:.0f} hours before.",
    "unreachable": "Not sent: the order has no address for it.",
    "only_problems": "Not sent: the shopper chose to hear of problems only.",
    "turned_off": "Not sent: the shopper wants no messages about this order.",
}


def is_required(milestone: Milestone, reason: str | None) -> bool:
    """Whether a message goes out whatever the shopper chose."""
    return milestone in NEEDS_SOMEBODY or reason in NEEDS_SOMEBODY_BY_REASON


def decide(news: News, now: datetime) -> Decision:
    """Whether to send, by the first rule that applies."""
    if not news.shop_writes:
        return Decision(False, "shop_off")
    if news.order_cancelled:
        return Decision(False, "order_cancelled")
    if not news.parcel_there:
        return Decision(False, "parcel_gone")
    if news.key != news.standing:
        return Decision(False, "outdated")
    if news.at <= now - FRESH:
        return Decision(False, "too_old")
    if not news.reachable:
        return Decision(False, "unreachable")
    return _wanted(news)


def _wanted(news: News) -> Decision:
    if is_required(news.milestone, news.reason):
        return Decision(True, "required")
    if news.scope is Scope.ALL:
        return Decision(True, "chosen")
    if news.scope is Scope.NONE:
        return Decision(False, "turned_off")
    return Decision(True, "problem") if news.milestone in PROBLEMS else Decision(False, "only_problems")


def mobile_number(text: str, country: str) -> str:
    """A telephone number in E.164 form that can get texts, or "": read as one of `country` where it names none."""
    try:
        found = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return ""
    kinds = {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}
    if not phonenumbers.is_valid_number(found) or phonenumbers.number_type(found) not in kinds:
        return ""
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)


def masked_address(address: str) -> str:
    """An address for an operator's eyes: its first letter and its domain, or the last two digits of a number."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"[:120] if at else f"•••{address[-2:]}"
