"""Every field that a rule may compare, on facts where it holds and where it does not."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from portal.kernel.money import Money
from portal.policies.compiling import leaf_holds
from portal.policies.conditions import Leaf
from portal.policies.documents import DocumentError
from portal.policies.facts import LineFacts, OrderFacts, ReturnFacts, SentUnits
from portal.policies.rules import Policy, decide
from portal.policies.traces import explain, settle
from tests.policies.test_rules import NOW, leaf, policy, refuse, rule

AMOUNT = {"amount": "10.00", "currency": "EUR"}
SENT = (SentUnits(2, datetime(2026, 11, 10, tzinfo=UTC), datetime(2026, 11, 14, tzinfo=UTC)),)
LINE = LineFacts(
    "1", 2, Money(8999, "EUR"), Money(7999, "EUR"), SENT, discount=Money(1000, "EUR"), reason="defective",
    attributes=(("Material", "Leather"), ("Size", "42")),
)  # fmt: skip
ORDER = OrderFacts(datetime(2026, 11, 9, 23, 30, tzinfo=UTC), Money(16000, "EUR"), "Europe/Berlin", returns=1)
FACTS = ReturnFacts(ORDER, (LINE,), Money(7999, "EUR"), 1)
CASES = [
    ("attribute", "has", "material=leather", "material=wool"),
    ("attribute", "has_any", ["material=wool", "size=42"], ["size=43"]),
    ("price_ending", "ends_with", ".99", ".00"),
    ("discount", "gte", AMOUNT, {"amount": "10.01", "currency": "EUR"}),
    ("order_date", "is", "2026-11-10", "2026-11-09"),
    ("order_date", "lt", "2026-11-11", "2026-11-10"),
    ("order_returns", "gte", 1, 2),
    ("return_subtotal", "lt", {"amount": "80", "currency": "EUR"}, {"amount": "80", "currency": "USD"}),
    ("return_items", "is", 1, 2),
    ("item_status", "is", "delivered", "unfulfilled"),
    ("fault", "is", "merchant", "shopper"),
]


def asking(field: str, op: str, value: Any) -> Policy:
    return policy(rule("it", leaf(field, op, value), eligible=refuse("not_returnable")))


@pytest.mark.parametrize(("field", "op", "right", "wrong"), CASES)
def test_a_comparison_holds_and_does_not(field: str, op: str, right: Any, wrong: Any) -> None:
    assert decide(asking(field, op, right), FACTS, NOW).lines[0].refusals[0].code == "not_returnable"
    assert decide(asking(field, op, wrong), FACTS, NOW).lines[0].allowed


@pytest.mark.parametrize(("field", "op", "right", "wrong"), CASES)
def test_the_fast_way_says_what_the_slow_way_says_and_the_trace_decides_alike(
    field: str, op: str, right: Any, wrong: Any
) -> None:
    for value in (right, wrong):
        rules = asking(field, op, value)
        line = decide(rules, FACTS, NOW).lines[0]
        assert leaf_holds(Leaf(field=field, op=op, value=value), line.values) is not line.allowed
        trace = next(each for each in explain(rules, line) if each.setting == "eligible")
        assert settle(rules, "eligible", trace.facts) == trace.rule_id


def test_what_is_not_known_yet_makes_no_comparison_true() -> None:
    nothing = replace(FACTS, subtotal=None, items=None, lines=(replace(LINE, reason=""),))
    for field, op, right, _ in CASES[7:9] + CASES[10:]:
        assert decide(asking(field, op, right), nothing, NOW).lines[0].allowed


@pytest.mark.parametrize("day", ["2026-13-01", "tomorrow", "20261110", "2026-11-10T00:00", 20261110])
def test_a_day_that_is_none_is_refused(day: object) -> None:
    with pytest.raises(DocumentError, match="a day such as"):
        asking("order_date", "lt", day)
