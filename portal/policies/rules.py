"""The engine: each setting of each line is decided by the first rule in order that matches and mentions it.

Pure: policy, facts and `now` come in, a Decision with every reason goes out. `traces` tells the whole story of one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal.kernel.refusal import Refusal
from portal.policies.compiling import Comparisons, Values
from portal.policies.conditions import SELDOM, leaves
from portal.policies.documents import Document, Rule
from portal.policies.facts import LineFacts, OrderFacts, ReturnFacts
from portal.policies.settings import SETTINGS, Eligible, Terms, Window
from portal.policies.values import line_values, shared_values
from portal.policies.windows import Span, add, days_since_start, local_day, span

RuleTest = Callable[[int], bool]
REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Settled:
    """What one set of matching rules comes to: the terms, the deciding rules, the refusals in order."""

    terms: Terms
    decided_by: dict[str, str | None]
    refusing: tuple[Eligible, ...]


class Policy:
    """A document made ready to decide. A set of rules is a whole number: bit i is rule i, the first is the lowest.

    What a set of rules comes to is remembered; in a shop's life few different sets occur.
    """

    def __init__(self, document: Document, version: str = "draft") -> None:
        self.document = document
        self.version = version
        self.rules: tuple[Rule, ...] = document.rules
        comparisons = [leaf for rule in self.rules for leaf in leaves(rule.when)]
        self.uses_days = any(leaf.field == "days_since_start" for leaf in comparisons)
        self.uses_seldom = any(leaf.field in SELDOM for leaf in comparisons)
        self._comparisons = Comparisons(comparisons)
        self._asked: list[tuple[int, RuleTest]] = []
        self._filed: dict[int, list[tuple[int, RuleTest]]] = {}
        for index, rule in enumerate(self.rules):
            asked = (1 << index, self._comparisons.test(rule.when))
            for place in self._places(self._comparisons.keys(rule.when)):
                place.append(asked)
        self._keys = sum(self._filed)
        self._mentions = {name: _bits(name in rule.then.mentioned for rule in self.rules) for name in SETTINGS}
        self._settled: dict[int, Settled] = {}

    def _places(self, keys: int) -> Iterator[list[tuple[int, RuleTest]]]:
        """Where a rule is filed: under each of its keys, to be asked when one holds; without keys it is always."""
        if not keys:
            yield self._asked
        while keys:
            key = keys & -keys
            keys ^= key
            yield self._filed.setdefault(key, [])

    def matching(self, values: Values) -> int:
        """The set of rules whose condition holds."""
        truth = self._comparisons.truth(values)
        matched = 0
        for bit, test in self._asked:
            if test(truth):
                matched |= bit
        keys = truth & self._keys
        while keys:
            key = keys & -keys
            keys ^= key
            for bit, test in self._filed[key]:
                if test(truth):
                    matched |= bit
        return matched

    def deciding(self, setting: str, matched: int) -> int | None:
        """The index of the rule that decides a setting, or None: the default does."""
        candidates = self._mentions[setting] & matched
        return (candidates & -candidates).bit_length() - 1 if candidates else None

    def value(self, setting: str, rule: int | None) -> Any:
        """A setting's value as one rule, or the defaults, have it."""
        return getattr(self.document.defaults if rule is None else self.rules[rule].then, setting)

    def settled(self, matched: int) -> Settled:
        """What the matching rules come to, setting by setting."""
        known = self._settled.get(matched)
        if known is None:
            if len(self._settled) >= REMEMBERED:
                self._settled.clear()
            known = self._settled[matched] = self._settle(matched)
        return known

    def _settle(self, matched: int) -> Settled:
        winners = {name: self.deciding(name, matched) for name in SETTINGS}
        terms = Terms.model_construct(**{name: self.value(name, rule) for name, rule in winners.items()})
        names = {name: None if rule is None else self.rules[rule].id for name, rule in winners.items()}
        return Settled(terms, names, tuple(self._refusing(matched)))

    def _refusing(self, matched: int) -> Iterator[Eligible]:
        """Refusals up to the first matching rule that allows: each would refuse if those before it did not."""
        said = set()
        ruled = [rule.then.eligible for index, rule in enumerate(self.rules) if matched >> index & 1]
        for eligible in (*(each for each in ruled if each is not None), self.document.defaults.eligible):
            if eligible.allowed:
                return
            if eligible.code not in said:
                said.add(eligible.code)
                yield eligible


@dataclass(frozen=True, slots=True)
class LineDecision:
    """What holds for one line. Not allowed: `refusals` has every reason, not only the first, and `max_quantity` is 0.

    `until` is the last day, inclusive, on which all of `max_quantity` can be asked for; None without an end.
    `decided_by` names the rule of each setting (None: the default). `matched` and `values` feed the explanation.
    """

    line_id: str
    allowed: bool
    max_quantity: int
    until: date | None
    refusals: tuple[Refusal, ...]
    terms: Terms
    decided_by: dict[str, str | None]
    matched: int
    values: Values


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer for every line, and what it rests on."""

    lines: tuple[LineDecision, ...]
    policy_version: str
    decided_at: datetime

    @property
    def any_allowed(self) -> bool:
        """Whether a return can start at all."""
        return any(line.allowed for line in self.lines)

    def line(self, line_id: str) -> LineDecision:
        """The decision on one line. Raises KeyError for a line that was not asked about."""
        for line in self.lines:
            if line.line_id == line_id:
                return line
        raise KeyError(line_id)


def decide(policy: Policy, facts: ReturnFacts, now: datetime) -> Decision:
    """Decide every line. `now` is aware; days count in the order's time zone. Raises ValueError for a naive time."""
    today = local_day(now, facts.order.time_zone)
    shared = shared_values(facts, policy.uses_seldom)
    lines = tuple(_decide_line(policy, line, facts.order, shared, today) for line in facts.lines)
    return Decision(lines, policy.version, now)


def _decide_line(
    policy: Policy, line: LineFacts, order: OrderFacts, shared: dict[str, Any], today: date
) -> LineDecision:
    days = days_since_start(line.sent, order, policy.document.defaults.window, today) if policy.uses_days else None
    values = line_values(line, shared, days)
    matched = policy.matching(values)
    settled = policy.settled(matched)
    terms = settled.terms
    spans = [span(units, order, terms.window, today) for units in line.sent]
    arrived = sum(each.quantity for each in spans if each.arrived)
    in_time = sum(each.quantity for each in spans if each.open)
    left = min(
        in_time, arrived - line.returned_quantity, line.quantity - line.cancelled_quantity - line.returned_quantity
    )
    not_now = _not_now(line, terms.window, order, spans, today) if left <= 0 else None
    refusals = tuple(_refusals(line, order, settled, not_now))
    days_left = [each.last_day for each in spans if each.open and each.last_day is not None]
    return LineDecision(
        line.line_id,
        not refusals,
        0 if refusals else left,
        min(days_left) if days_left and not refusals else None,
        refusals,
        terms,
        settled.decided_by,
        matched,
        values,
    )


def _refusals(line: LineFacts, order: OrderFacts, settled: Settled, not_now: Refusal | None) -> Iterator[Refusal]:
    """Every reason against: what the goods are first, then what has become of them, then time."""
    for eligible in settled.refusing:
        yield Refusal(str(eligible.code), {}, line.line_id)
    if not line.requires_shipping and not line.gift_card:
        yield Refusal("not_shippable", {}, line.line_id)
    if order.cancelled:
        yield Refusal("order_cancelled", {}, line.line_id)
    gone = _gone(line)
    if gone is not None:
        yield gone
    elif settled.terms.window.kind == "none":
        yield Refusal("no_returns", {}, line.line_id)
    elif not_now is not None and not order.cancelled:
        yield not_now


def _gone(line: LineFacts) -> Refusal | None:
    """Why no unit is left to ask about, whatever the day."""
    if line.cancelled_quantity >= line.quantity:
        return Refusal("cancelled", {}, line.line_id)
    if line.returned_quantity + line.cancelled_quantity < line.quantity:
        return None
    return Refusal("nothing_left" if line.cancelled_quantity else "already_returned", {}, line.line_id)


def _not_now(line: LineFacts, window: Window, order: OrderFacts, spans: list[Span], today: date) -> Refusal:
    """Units exist, but none can be asked for today: over, not here yet, or the ones that arrived are spoken for."""
    arrived = [each for each in spans if each.arrived]
    ended = [each.last_day for each in arrived if not each.open and each.last_day is not None]
    if sum(each.quantity for each in arrived) > line.returned_quantity and ended:
        return Refusal("window_over", {"last_day": max(ended)}, line.line_id)
    promise = _promise(window, order, spans, today)
    over = promise.get("last_day", today) < today
    return Refusal("window_over" if over else "not_delivered_yet", promise, line.line_id)


def _promise(window: Window, order: OrderFacts, spans: list[Span], today: date) -> dict[str, Any]:
    """What can be said before delivery: a length when the window starts then, else the last day, else nothing."""
    if window.kind != "limited" or window.length is None or window.unit is None:
        return {}
    if window.start == "delivery":
        return {"length": window.length, "unit": window.unit}
    if window.start == "order":
        return {"last_day": add(local_day(order.placed_at, order.time_zone), window.length, window.unit)}
    last_days = [each.last_day for each in spans if not each.arrived and each.last_day is not None]
    if not last_days:
        return {}
    return {"last_day": min((day for day in last_days if day >= today), default=max(last_days))}


def _bits(flags: Iterator[bool] | Any) -> int:
    return sum(1 << index for index, flag in enumerate(flags) if flag)
