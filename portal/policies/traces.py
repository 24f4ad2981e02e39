"""The whole story of a decision on one line, for the merchant's team: who decided, on what, who lost, what would help.

A trace stands alone: evaluating its facts again under the same policy version gives the same answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from portal.kernel.money import Money
from portal.policies.compiling import Values, leaf_holds
from portal.policies.conditions import FIELDS, POSITION, Leaf, holds, leaves
from portal.policies.documents import Rule
from portal.policies.rules import LineDecision, Policy
from portal.policies.settings import SETTINGS


@dataclass(frozen=True, slots=True)
class SettingTrace:
    """Why one setting of one line has its value. `rule_id` None: the default, since no rule that mentions it matched.

    `lost` matched too but came later; `passed_over` mention the setting, came first and did not match.
    `facts` (JSON-able, by field) are all that these rules looked at.
    """

    setting: str
    value: Any
    rule_id: str | None
    policy_version: str
    facts: dict[str, Any]
    lost: tuple[str, ...]
    passed_over: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One comparison of a deciding rule and the fact it met."""

    field: str
    op: str
    value: Any
    actual: Any


@dataclass(frozen=True, slots=True)
class Remedy:
    """What would have to be different for one refusal to go away.

    `changes`: any one of them alone, or all when `together`. `until`: asking by that day would have been in time.
    `after_delivery`: waiting helps. None of these: nothing does.
    """

    code: str
    rule_id: str | None = None
    changes: tuple[Change, ...] = ()
    together: bool = False
    until: date | None = None
    after_delivery: bool = False


def explain(policy: Policy, line: LineDecision) -> tuple[SettingTrace, ...]:
    """The trace of every setting. `policy` is the version that decided."""
    return tuple(_explain_setting(policy, line, setting) for setting in SETTINGS)


def settle(policy: Policy, setting: str, facts: Mapping[str, Any]) -> str | None:
    """Decide one setting anew from the facts of its trace: the id of the first rule that matches, or None."""
    values = facts_in(facts)
    for rule in policy.rules:
        if setting in rule.then.mentioned and _holds(rule, values):
            return rule.id
    return None


def remedies(policy: Policy, line: LineDecision) -> tuple[Remedy, ...]:
    """ "Would be allowed if ...", for each refusal of the line; all of them have to go."""
    return tuple(_remedy(policy, line, refusal.code, refusal.params) for refusal in line.refusals)


def facts_in(facts: Mapping[str, Any]) -> Values:
    """Values to evaluate from the facts of a trace; fields that it does not have are unknown."""
    return tuple(_value_in(FIELDS[name], facts.get(name)) for name in FIELDS)


def _explain_setting(policy: Policy, line: LineDecision, setting: str) -> SettingTrace:
    mentioning = [(index, rule) for index, rule in enumerate(policy.rules) if setting in rule.then.mentioned]
    winner = policy.deciding(setting, line.matched)
    matched = [rule.id for index, rule in mentioning if line.matched >> index & 1]
    first_out = len(policy.rules) if winner is None else winner
    fields = {leaf.field for _, rule in mentioning for leaf in leaves(rule.when)}
    value = policy.value(setting, winner)
    return SettingTrace(
        setting,
        value.model_dump(mode="json", exclude_none=True) if hasattr(value, "model_dump") else value,
        None if winner is None else policy.rules[winner].id,
        policy.version,
        {name: _value_out(line.values[POSITION[name]], FIELDS[name]) for name in FIELDS if name in fields},
        tuple(matched[1:]),
        tuple(rule.id for index, rule in mentioning if index < first_out),
    )


def _remedy(policy: Policy, line: LineDecision, code: str, params: Mapping[str, Any]) -> Remedy:
    if code == "window_over":
        return Remedy(code, line.decided_by["window"], until=params["last_day"])
    if code == "not_delivered_yet":
        return Remedy(code, line.decided_by["window"], after_delivery=True)
    if code == "no_returns":
        return Remedy(code, line.decided_by["window"], *_ways_out(policy, line, line.decided_by["window"]))
    for index, rule in enumerate(policy.rules):
        decides = rule.then.eligible is not None and rule.then.eligible.code == code
        if decides and line.matched >> index & 1:
            return Remedy(code, rule.id, *_ways_out(policy, line, rule.id))
    return Remedy(code)


def _ways_out(policy: Policy, line: LineDecision, rule_id: str | None) -> tuple[tuple[Change, ...], bool]:
    """Comparisons whose opposite unmatches the rule: each alone if there are such, else all that hold, together."""
    rule = next((rule for rule in policy.rules if rule.id == rule_id), None)
    if rule is None:
        return (), False
    answers = {id(leaf): leaf_holds(leaf, line.values) for leaf in leaves(rule.when)}

    def helps(flipped: Leaf) -> bool:
        return not holds(rule.when, lambda leaf: answers[id(leaf)] != (leaf is flipped))

    alone = [leaf for leaf in leaves(rule.when) if helps(leaf)]
    shown = alone or [leaf for leaf in leaves(rule.when) if answers[id(leaf)]]
    return tuple(_change(leaf, line.values) for leaf in shown), not alone and len(shown) > 1


def _change(leaf: Leaf, values: Values) -> Change:
    wanted = leaf.model_dump(mode="json")["value"]
    return Change(leaf.field, leaf.op, wanted, _value_out(values[POSITION[leaf.field]], FIELDS[leaf.field]))


def _holds(rule: Rule, values: Values) -> bool:
    return holds(rule.when, lambda leaf: leaf_holds(leaf, values))


def _value_out(value: Any, kind: str) -> Any:
    if kind == "date":
        return date.fromordinal(value).isoformat()
    if isinstance(value, Money):
        return {"amount": str(value.decimal), "currency": value.currency}
    if isinstance(value, frozenset):
        return sorted(value)
    return str(value) if isinstance(value, Decimal) else value


def _value_in(kind: str, value: Any) -> Any:
    if value is None:
        return frozenset() if kind == "texts" else None
    if kind == "money":
        return Money.parse(value["amount"], value["currency"])
    if kind == "texts":
        return frozenset(value)
    if kind == "date":
        return date.fromisoformat(value).toordinal()
    return Decimal(value) if kind == "number" else value
