"""A decision under a policy of 200 rules beside an if-chain written out by hand for the same rules.

The chain gets facts that are ready to compare and says which value each setting has; it knows no windows, no quantities
and no reasons. What a decision costs without any rule is told beside it.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from portal.kernel.money import Money
from portal.policies.documents import read_document
from portal.policies.facts import LineFacts, OrderFacts, ReturnFacts, SentUnits
from portal.policies.rules import Policy, decide
from tests.bench.rounds import Result, say

AIM, MICROSECONDS = 0.5, 50
RULES, EACH, ROUNDS = 200, 300, 31
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DEFAULTS: dict[str, Any] = {
    "eligible": {"allowed": True},
    "window": {"length": 30, "unit": "days"},
    "approval": "auto",
    "outcomes": ["refund"],
    "methods": ["prepaid_label"],
    "restocking_fee": {},
    "return_shipping": {},
    "destination": "main",
    "ship_within_days": 14,
}
LINE = LineFacts(
    "1",
    2,
    Money(8900, "EUR"),
    Money(8010, "EUR"),
    (SentUnits(2, NOW - timedelta(9), NOW - timedelta(6)),),
    Money(890, "EUR"),
    sku="PARKA-M",
    product_type="Jacket",
    vendor="North",
    tags=("outdoor", "sale", "winter"),
)
FACTS = ReturnFacts(
    OrderFacts(NOW - timedelta(10), Money(12000, "EUR"), "Europe/Berlin", "DE", "web", ("vip",)), (LINE,)
)
Chain = Callable[[LineFacts, OrderFacts], tuple[object, ...]]


def run() -> list[Result]:
    """Rules of four kinds in turn, as shops have them; then 200 of the kind that no key can find."""
    found = [_measured("mixed", _mixed, _mixed_chain()), _measured("no key finds them", _unkeyed, _unkeyed_chain())]
    say(f"  {RULES} rules, one line; aim also: at most {MICROSECONDS} µs a decision")
    return found


def _measured(name: str, rule: Callable[[int], dict[str, Any]], chain: Chain) -> Result:
    policy = _policy([rule(index) for index in range(RULES)])
    frame = _policy([])
    ratios, own, base, bare = [], [], [], []
    for _ in range(ROUNDS):
        own.append(_clocked(lambda: decide(policy, FACTS, NOW)))
        base.append(_clocked(lambda: chain(LINE, FACTS.order)))
        bare.append(_clocked(lambda: decide(frame, FACTS, NOW)))
        ratios.append(base[-1] / own[-1])
    middle = ROUNDS // 2
    ours, floor, without = (sorted(times)[middle] for times in (own, base, bare))
    say(
        f"  {name}: {ours * 1000:.1f} µs, {'ok' if ours * 1000 <= MICROSECONDS else 'above the aim'}; "
        f"the chain {floor * 1000:.1f} µs; a decision without rules {without * 1000:.1f} µs; "
        f"chain and frame together over ours {(floor + without) / ours:.2f}"
    )
    return Result(f"policy decision, {RULES} rules, {name}", ours, floor, tuple(ratios), AIM)


def _clocked(call: Callable[[], object]) -> float:
    """Milliseconds of processor time a call."""
    begun = time.process_time()
    for _ in range(EACH):
        call()
    return (time.process_time() - begun) * 1000 / EACH


def _policy(rules: list[dict[str, Any]]) -> Policy:
    return Policy(read_document({"name": "bench", "defaults": DEFAULTS, "rules": rules}))


def _leaf(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


def _euros(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def _mixed(index: int) -> dict[str, Any]:
    when, then = [
        (
            {"all": [_leaf("product_type", "is", f"type-{index}"), _leaf("price", "gt", _euros("50.00"))]},
            {"window": {"length": 14, "unit": "days"}},
        ),
        (
            {"any": [_leaf("tag", "has", f"tag-{index}"), _leaf("discount_percent", "gte", 50 + index % 40)]},
            {"eligible": {"allowed": False, "code": "discounted"}},
        ),
        (
            {"all": [_leaf("country", "not_in", ["DE", "AT"]), _leaf("order_total", "lt", _euros("20.00"))]},
            {"return_shipping": {"kind": "flat", "amounts": {"EUR": "4.90"}}},
        ),
        (_leaf("sku", "starts_with", f"Q{index}"), {"approval": "manual"}),
    ][index % 4]
    return {"id": f"r{index}", "when": when, "then": then}


def _mixed_chain() -> Chain:
    tests = (
        "if window is None and product_type == 'type-{i}' and currency == 'EUR' and price > 5000: window = {i}",
        "if eligible is None and ('tag-{i}' in tags or discount >= {off}): eligible = {i}",
        "if shipping is None and country not in ('de', 'at') and currency == 'EUR' and total < 2000: shipping = {i}",
        "if approval is None and sku.startswith('q{i}'): approval = {i}",
    )
    return _written([tests[index % 4].format(i=index, off=50 + index % 40) for index in range(RULES)])


def _unkeyed(index: int) -> dict[str, Any]:
    when = (
        {"all": [_leaf("country", "is_not", "FR"), _leaf("discount_percent", "gte", 30 + index % 60)]}
        if index % 2
        else {"all": [_leaf("sku", "starts_with", f"Q{index}"), _leaf("price", "gt", _euros("50.00"))]}
    )
    return {"id": f"r{index}", "when": when, "then": {"approval": "manual"}}


def _unkeyed_chain() -> Chain:
    tests = (
        "if approval is None and sku.startswith('q{i}') and currency == 'EUR' and price > 5000: approval = {i}",
        "if approval is None and country != 'fr' and discount >= {off}: approval = {i}",
    )
    return _written([tests[index % 2].format(i=index, off=30 + index % 60) for index in range(RULES)])


def _written(tests: list[str]) -> Chain:
    """The chain as Python source, compiled: nobody writes 200 ifs into a file."""
    body = [
        "def chain(line, order):",
        "product_type, sku, country = line.product_type.casefold(), line.sku.casefold(), order.country.casefold()",
        "tags = frozenset(tag.casefold() for tag in line.tags)",
        "price, currency, total = line.price.minor, line.price.currency, order.total.minor",
        "discount = line.discount_percent",
        "eligible = window = approval = shipping = None",
        *tests,
        "return eligible, window, approval, shipping",
    ]
    space: dict[str, Any] = {}
    exec("\n    ".join(body), space)
    return space["chain"]
