"""Every answer explained: who decided, on which facts, who lost, what would help; order is the only precedence."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.kernel.money import Money
from portal.policies.compiling import Comparisons, leaf_holds
from portal.policies.conditions import holds, leaves
from portal.policies.documents import read_document, write_document
from portal.policies.facts import LineFacts, OrderFacts, ReturnFacts, SentUnits
from portal.policies.rules import LineDecision, Policy, decide
from portal.policies.settings import SETTINGS
from portal.policies.traces import Change, Remedy, explain, remedies, settle

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DEFAULTS: dict[str, Any] = {
    "eligible": {"allowed": True},
    "window": {"length": 30, "unit": "days"},
    "approval": "auto",
    "outcomes": ["refund"],
    "methods": ["prepaid_label"],
    "restocking_fee": {"kind": "none"},
    "return_shipping": {"kind": "free"},
    "destination": "default",
    "ship_within_days": 14,
}
EUR50 = {"amount": "50.00", "currency": "EUR"}


def leaf(field: str, op: str, value: object) -> dict:
    return {"field": field, "op": op, "value": value}


def refuse(code: str) -> dict:
    return {"allowed": False, "code": code}


def policy(*rules: dict) -> Policy:
    return Policy(read_document({"name": "Test", "defaults": DEFAULTS, "rules": list(rules)}), "7")


def line(**facts: Any) -> LineFacts:
    sent = (SentUnits(2, NOW - timedelta(days=9), NOW - timedelta(days=6)),)
    return LineFacts("1", 2, Money(8900, "EUR"), Money(8900, "EUR"), facts.pop("sent", sent), **facts)


def decided(rules: Policy, one: LineFacts) -> LineDecision:
    order = OrderFacts(NOW - timedelta(days=10), Money(17800, "EUR"), "Europe/Berlin", "DE")
    return decide(rules, ReturnFacts(order, (one,)), NOW).lines[0]


def test_a_trace_names_winner_losers_and_facts() -> None:
    rules = policy(
        {"id": "usa", "when": leaf("country", "is", "US"), "then": {"approval": "manual"}},
        {"id": "dear", "when": leaf("price", "gt", EUR50), "then": {"approval": "manual"}},
        {"id": "sale", "when": leaf("tag", "has", "sale"), "then": {"approval": "auto"}},
        {"id": "window", "when": leaf("quantity", "gt", 1), "then": {"window": {"length": 2, "unit": "weeks"}}},
    )
    traces = {trace.setting: trace for trace in explain(rules, decided(rules, line(tags=("SALE",))))}
    approval = traces["approval"]
    assert (approval.rule_id, approval.lost, approval.passed_over, approval.value) == (
        "dear",
        ("sale",),
        ("usa",),
        "manual",
    )
    assert approval.facts == {"tag": ["sale"], "price": {"amount": "89.00", "currency": "EUR"}, "country": "de"}
    assert (traces["destination"].rule_id, traces["destination"].policy_version) == (None, "7")


def test_a_refusal_says_which_condition_would_have_to_change() -> None:
    both = {"all": [leaf("final_sale", "is", True), leaf("discount_percent", "gte", "50")]}
    rules = policy({"id": "final", "when": both, "then": {"eligible": refuse("final_sale")}})
    found = remedies(rules, decided(rules, line(final_sale=True, discount=Money(4450, "EUR"))))
    changes = (Change("final_sale", "is", True, True), Change("discount_percent", "gte", "50", "50"))
    assert found == (Remedy("final_sale", "final", changes),)


def test_only_conditions_that_help_alone_are_named_when_there_are_any() -> None:
    either = {"any": [leaf("quantity", "gt", 1), leaf("country", "is", "DE")]}
    when = {"all": [leaf("final_sale", "is", True), either]}
    rules = policy({"id": "no", "when": when, "then": {"eligible": refuse("final_sale")}})
    (remedy,) = remedies(rules, decided(rules, line(final_sale=True)))
    assert ([change.field for change in remedy.changes], remedy.together) == (["final_sale"], False)


def test_conditions_that_only_help_together_are_named_together() -> None:
    either = {"any": [leaf("final_sale", "is", True), leaf("personalised", "is", True)]}
    rules = policy({"id": "no", "when": either, "then": {"eligible": refuse("not_returnable")}})
    (remedy,) = remedies(rules, decided(rules, line(final_sale=True, personalised=True)))
    assert (len(remedy.changes), remedy.together) == (2, True)


def test_a_closed_window_says_which_day_would_have_been_in_time() -> None:
    sent = (SentUnits(2, datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 2, tzinfo=UTC)),)
    assert remedies(policy(), decided(policy(), line(sent=sent))) == (Remedy("window_over", until=date(2026, 6, 1)),)
    (waiting,) = remedies(policy(), decided(policy(), line(sent=())))
    assert waiting.after_delivery


def test_no_window_names_the_rule_that_closed_it() -> None:
    rules = policy({"id": "shut", "when": leaf("quantity", "gt", 1), "then": {"window": {"kind": "none"}}})
    (remedy,) = remedies(rules, decided(rules, line()))
    assert (remedy.code, remedy.rule_id, len(remedy.changes)) == ("no_returns", "shut", 1)


WORDS = st.sampled_from(["a", "b", "ab", "sale"])
TEXT = st.tuples(
    st.sampled_from(["product_type", "vendor", "sku", "reason"]),
    st.sampled_from(["is", "is_not", "starts_with", "ends_with"]),
    WORDS,
)
TEXT_LIST = st.tuples(
    st.sampled_from(["sku", "country"]), st.sampled_from(["in", "not_in"]), st.lists(WORDS, min_size=1, max_size=3)
)
TAGS = st.tuples(st.just("tag"), st.sampled_from(["has_any", "has_none"]), st.lists(WORDS, min_size=1, max_size=3))
ORDERED = st.sampled_from(["is", "lt", "lte", "gt", "gte"])
NUMBER = st.tuples(
    st.sampled_from(["quantity", "discount_percent", "days_since_start"]),
    ORDERED,
    st.sampled_from([0, 1, 2, 5, "2.5", 10]),
)
AMOUNT = st.builds(
    lambda minor, code: {"amount": str(minor), "currency": code}, st.integers(0, 4), st.sampled_from(["EUR", "USD"])
)
MONEY = st.tuples(st.sampled_from(["price", "order_total"]), ORDERED, AMOUNT)
FLAG = st.tuples(st.sampled_from(["final_sale", "gift_card"]), st.just("is"), st.booleans())
LEAF = (TEXT | TEXT_LIST | TAGS | NUMBER | MONEY | FLAG).map(lambda parts: leaf(*parts))
TREE = st.recursive(
    LEAF,
    lambda below: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(below, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(below, min_size=1, max_size=3)),
        st.builds(lambda parts: {"none": parts}, st.lists(below, min_size=1, max_size=3)),
    ),
    max_leaves=6,
)
THEN = st.fixed_dictionaries(
    {},
    optional={
        "eligible": st.sampled_from([{"allowed": True}, refuse("final_sale"), refuse("hygiene")]),
        "approval": st.sampled_from(["auto", "manual"]),
        "window": st.integers(1, 20).map(lambda length: {"length": length, "unit": "days"}),
    },
).filter(bool)
RULES = st.lists(st.tuples(TREE, THEN), max_size=8).map(
    lambda pairs: [{"id": f"r{n}", "when": when, "then": then} for n, (when, then) in enumerate(pairs)]
)
LINES = st.builds(
    LineFacts,
    st.just("1"),
    st.integers(1, 5),
    st.integers(0, 500).map(lambda minor: Money(minor, "EUR")),
    st.just(Money(100, "EUR")),
    st.integers(0, 20).map(lambda days: (SentUnits(5, NOW - timedelta(days=25), NOW - timedelta(days=days)),))
    | st.just(()),
    st.integers(0, 50).map(lambda minor: Money(minor, "EUR")),
    sku=WORDS,
    product_type=WORDS,
    vendor=WORDS | st.just(""),
    tags=st.lists(WORDS, max_size=2).map(tuple),
    final_sale=st.booleans(),
    gift_card=st.booleans(),
    reason=WORDS | st.just(""),
)


@settings(deadline=None)
@given(RULES, LINES)
def test_the_first_matching_rule_that_mentions_a_setting_decides_it(rules: list[dict], one: LineFacts) -> None:
    made = policy(*rules)
    decision = decided(made, one)
    matching = [rule for rule in made.rules if holds(rule.when, lambda leaf: leaf_holds(leaf, decision.values))]
    for setting in SETTINGS:
        first = next((rule for rule in matching if setting in rule.then.mentioned), None)
        assert decision.decided_by[setting] == (first.id if first else None)
        assert getattr(decision.terms, setting) == getattr(first.then if first else made.document.defaults, setting)


@settings(deadline=None)
@given(TREE, LINES)
def test_looking_comparisons_up_means_the_same_as_making_them(when: dict, one: LineFacts) -> None:
    made = policy({"id": "r", "when": when, "then": {"approval": "manual"}})
    values, tree = decided(made, one).values, made.rules[0].when
    truth = Comparisons(leaves(tree)).truth(values)
    table = Comparisons(leaves(tree))
    assert all(bool(truth & table.bit(leaf)) == leaf_holds(leaf, values) for leaf in leaves(tree))


@settings(deadline=None)
@given(RULES, LINES)
def test_a_trace_evaluated_again_gives_the_same_rule(rules: list[dict], one: LineFacts) -> None:
    made = policy(*rules)
    again = Policy(read_document(json.loads(json.dumps(write_document(made.document)))), "7")
    for trace in explain(made, decided(made, one)):
        stored = json.loads(json.dumps(trace.facts))
        assert settle(again, trace.setting, stored) == trace.rule_id


@settings(deadline=None)
@given(RULES, LINES, st.data())
def test_rules_that_do_not_match_can_stand_anywhere(rules: list[dict], one: LineFacts, data: st.DataObject) -> None:
    decision = decided(policy(*rules), one)
    matching = [rule for n, rule in enumerate(rules) if decision.matched >> n & 1]
    others = [rule for rule in rules if rule not in matching]
    mixed = list(matching)
    for other in others:
        mixed.insert(data.draw(st.integers(0, len(mixed))), other)
    again = decided(policy(*mixed), one)
    assert (again.decided_by, again.refusals, again.until) == (decision.decided_by, decision.refusals, decision.until)


@settings(deadline=None)
@given(RULES, LINES)
def test_refused_and_allowed_are_never_both(rules: list[dict], one: LineFacts) -> None:
    made = policy(*rules)
    decision = decided(made, one)
    assert decision.allowed == (not decision.refusals) == (decision.max_quantity > 0)
    assert [remedy.code for remedy in remedies(made, decision)] == [refusal.code for refusal in decision.refusals]
