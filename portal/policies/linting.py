"""What is wrong or odd about a policy before anybody is decided by it: rules that never count, gaps, unknown words.

An error would surprise every merchant; a warning is worth a look. What cannot be told for sure is not reported.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from babel import Locale

from portal.policies.conditions import AllOf, Leaf, leaves
from portal.policies.documents import Document, Rule
from portal.policies.faults import FAULTS
from portal.policies.implying import implies, never_holds, texts
from portal.policies.settings import Terms, Then, Window

COUNTRIES = frozenset(str(code).casefold() for code in Locale("en").territories if str(code).isalpha())
KNOWN: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "country": COUNTRIES,
        "reason": frozenset(FAULTS),
        "fault": frozenset({"merchant", "shopper"}),
        "item_status": frozenset({"unfulfilled", "in_transit", "delivered", "cancelled"}),
    }
)
"""Words of fields whose words are the same for every merchant."""
DAYS = {"days": 1, "weeks": 7, "months": 28, "years": 365}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at. `where` is a rule's id or a path in the defaults."""

    level: Literal["error", "warning"]
    code: str
    where: str
    message: str


@dataclass(frozen=True, slots=True)
class Seen:
    """Words that occur in the merchant's own orders, folded, by field; a field that is missing is not judged."""

    words: Mapping[str, frozenset[str]] = field(default_factory=dict)
    transit_days: int = 10
    """Days from the order to the door, at the most."""


def lint(document: Document, seen: Seen | None = None) -> list[Finding]:
    """Every finding, rule by rule. `seen`: what the merchant's orders have."""
    known = seen or Seen()
    found = list(_of_settings("defaults", document.defaults, known))
    for position, rule in enumerate(document.rules):
        found += _of_settings(rule.id, rule.then, known)
        found += _of_reach(rule, document.rules[:position])
        found += _of_words(rule, known)
    return found + list(_of_outcomes(document))


def _of_reach(rule: Rule, earlier: tuple[Rule, ...]) -> Iterator[Finding]:
    if never_holds(rule.when):
        yield Finding("error", "unreachable", rule.id, "its conditions can never all hold")
        return
    winners = {name: _decided_before(rule, name, earlier) for name in rule.then.mentioned}
    lost = {name: winner for name, winner in winners.items() if winner is not None}
    for name, winner in lost.items():
        same = winner.when == rule.when
        if same and getattr(winner.then, name) != getattr(rule.then, name):
            message = f"says of {name} something else than {winner.id}, which asks for the same and comes first"
            yield Finding("error", "contradiction", rule.id, message)
    if len(lost) == len(winners):
        names = ", ".join(dict.fromkeys(winner.id for winner in lost.values()))
        yield Finding(
            "error", "shadowed", rule.id, f"never decides anything: {names} comes first and always matches too"
        )
    elif lost:
        yield Finding("warning", "partly_shadowed", rule.id, f"never decides {', '.join(lost)}: an earlier rule does")


def _decided_before(rule: Rule, setting: str, earlier: tuple[Rule, ...]) -> Rule | None:
    """The first earlier rule that decides the setting wherever this one would."""
    for other in earlier:
        if getattr(other.then, setting) is not None and implies(rule.when, other.when):
            return other
    return None


def _of_settings(where: str, terms: Terms | Then, seen: Seen) -> Iterator[Finding]:
    allowed = terms.eligible is None or terms.eligible.allowed
    if allowed and terms.outcomes == ():
        yield Finding("error", "no_outcome", where, "may come back, but nothing is offered for it")
    if allowed and terms.methods == ():
        yield Finding("error", "no_method", where, "may come back, but there is no way to send it")
    window = terms.window
    if window is not None and _ends_early(window, seen.transit_days):
        message = f"the window of {window.length} {window.unit} begins with the {window.start}: "
        yield Finding("warning", "window_before_delivery", where, message + "it can end before the parcel is there")
    if isinstance(terms, Then) and terms.eligible and not terms.eligible.allowed and len(terms.mentioned) > 1:
        rest = ", ".join(name for name in terms.mentioned if name != "eligible")
        yield Finding("warning", "moot", where, f"refuses, so {rest} decides nothing unless an earlier rule allows")


def _ends_early(window: Window, transit_days: int) -> bool:
    if window.kind != "limited" or window.start == "delivery" or window.length is None or window.unit is None:
        return False
    return window.length * DAYS[window.unit] <= transit_days


def _of_words(rule: Rule, seen: Seen) -> Iterator[Finding]:
    for leaf in leaves(rule.when):
        for text in _written(leaf):
            if text != text.strip() or text != unicodedata.normalize("NFC", text) or not text.isprintable():
                message = f"{leaf.field} {leaf.op} {text!r} has blanks at its ends or characters that are not seen"
                yield Finding("error", "odd_text", rule.id, message)
        yield from _unknown_words(rule, leaf, seen)
    if isinstance(rule.when, AllOf) and not rule.when.all:
        yield Finding("warning", "always", rule.id, "has no condition: what it says belongs into the defaults")


def _unknown_words(rule: Rule, leaf: Leaf, seen: Seen) -> Iterator[Finding]:
    if leaf.op in ("starts_with", "ends_with"):
        return
    fixed, own = KNOWN.get(leaf.field), seen.words.get(leaf.field)
    for text in sorted(texts(leaf)) if fixed is not None or own is not None else ():
        if fixed is not None and text not in fixed:
            yield Finding("error", "unknown_word", rule.id, f"{leaf.field} {text!r} does not exist")
        elif fixed is None and own is not None and text not in own:
            yield Finding("warning", "never_seen", rule.id, f"no order has the {leaf.field} {text!r}")


def _of_outcomes(document: Document) -> Iterator[Finding]:
    """What no rule and no default ever gives."""
    ruled = [rule.then.eligible for rule in document.rules if rule.then.eligible is not None]
    if not document.defaults.eligible.allowed and not any(each.allowed for each in ruled):
        yield Finding("warning", "nothing_allowed", "defaults", "nothing can ever come back")


def _written(leaf: Leaf) -> tuple[str, ...]:
    if isinstance(leaf.value, tuple):
        return leaf.value
    return (leaf.value,) if isinstance(leaf.value, str) else ()
