"""First match per setting, every reason, and the answer for odd lines."""

import copy
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from portal.kernel.money import Money
from portal.payouts.fees import fees_of
from portal.policies.documents import read_document
from portal.policies.facts import LineFacts, OrderFacts, ReturnFacts, SentUnits
from portal.policies.rules import LineDecision, Policy, decide
from portal.policies.terms import combine, ship_by

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ARRIVED = (SentUnits(2, datetime(2026, 11, 10, tzinfo=UTC), datetime(2026, 11, 14, tzinfo=UTC)),)
DEFAULTS: dict[str, Any] = {
    "eligible": {"allowed": True},
    "window": {"length": 30, "unit": "days"},
    "approval": "auto",
    "outcomes": ["refund"],
    "methods": ["prepaid_label", "qr_dropoff"],
    "restocking_fee": {"kind": "none"},
    "return_shipping": {"kind": "free"},
    "destination": "default",
    "ship_within_days": 14,
}


def leaf(field: str, op: str, value: object) -> dict:
    return {"field": field, "op": op, "value": value}


def rule(name: str, when: dict, **then: object) -> dict:
    return {"id": name, "when": when, "then": then}


def refuse(code: str) -> dict:
    return {"allowed": False, "code": code}


def policy(*rules: dict, **defaults: object) -> Policy:
    return Policy(read_document({"name": "Test", "defaults": DEFAULTS | defaults, "rules": list(rules)}), "7")


def line(line_id: str = "1", **facts: Any) -> LineFacts:
    price = facts.pop("price", Money(8900, "EUR"))
    return LineFacts(line_id, facts.pop("quantity", 2), price, price, facts.pop("sent", ARRIVED), **facts)


def order(**facts: Any) -> OrderFacts:
    return OrderFacts(datetime(2026, 11, 9, tzinfo=UTC), Money(17800, "EUR"), "Europe/Berlin", **facts)


def decided(rules: Policy, one: LineFacts, of: OrderFacts | None = None) -> LineDecision:
    return decide(rules, ReturnFacts(of or order(), (one,)), NOW).lines[0]


FINAL = leaf("final_sale", "is", True)
ENGRAVED = leaf("personalised", "is", True)


def test_each_setting_is_decided_by_the_first_rule_that_matches_and_mentions_it() -> None:
    rules = policy(
        rule("outlet", leaf("tag", "has", "Outlet"), window={"length": 14, "unit": "days"}),
        rule("jackets", leaf("product_type", "is", "jacket"), window={"length": 60, "unit": "days"}, approval="manual"),
    )
    decision = decided(rules, line(tags=("outlet",), product_type="Jacket"))
    assert (decision.terms.window.length, decision.terms.approval) == (14, "manual")
    assert {decision.decided_by[name] for name in ("window", "approval", "methods")} == {"outlet", "jackets", None}


def test_every_reason_is_told_not_only_the_first() -> None:
    rules = policy(
        rule("final", FINAL, eligible=refuse("final_sale")), rule("engraved", ENGRAVED, eligible=refuse("personalised"))
    )
    late = (SentUnits(2, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 3, tzinfo=UTC)),)
    decision = decided(rules, line(final_sale=True, personalised=True, sent=late))
    assert [refusal.code for refusal in decision.refusals] == ["final_sale", "personalised", "window_over"]
    assert (decision.allowed, decision.max_quantity, decision.until) == (False, 0, None)


def test_a_rule_that_allows_overrules_the_refusals_after_it() -> None:
    vip = rule("vip", leaf("customer_tag", "has", "vip"), eligible={"allowed": True})
    final = rule("final", FINAL, eligible=refuse("final_sale"))
    assert decided(policy(vip, final), line(final_sale=True), order(customer_tags=("VIP",))).allowed
    assert not decided(policy(final, vip), line(final_sale=True), order(customer_tags=("VIP",))).allowed


def test_a_policy_can_refuse_by_default() -> None:
    only_shoes = policy(
        rule("shoes", leaf("product_type", "is", "Shoes"), eligible={"allowed": True}),
        eligible=refuse("not_returnable"),
    )
    assert decided(only_shoes, line(product_type="shoes")).allowed
    assert [refusal.code for refusal in decided(only_shoes, line(product_type="hat")).refusals] == ["not_returnable"]


@pytest.mark.parametrize(
    ("facts", "of", "codes"),
    [
        ({}, {"cancelled": True}, ["order_cancelled"]),
        ({"cancelled_quantity": 2}, {}, ["cancelled"]),
        ({"returned_quantity": 2}, {}, ["already_returned"]),
        ({"returned_quantity": 1, "cancelled_quantity": 1}, {}, ["nothing_left"]),
        ({"requires_shipping": False}, {}, ["not_shippable"]),
        ({"sent": ()}, {}, ["not_delivered_yet"]),
        ({"quantity": 3, "returned_quantity": 2}, {}, ["not_delivered_yet"]),
    ],
)
def test_the_state_of_the_goods_refuses(facts: dict, of: dict, codes: list[str]) -> None:
    decision = decided(policy(), line(**facts), order(**of))
    assert [refusal.code for refusal in decision.refusals] == codes
    assert all(refusal.subject == "1" for refusal in decision.refusals)


def test_never_more_units_than_are_left() -> None:
    assert decided(policy(), line(quantity=2)).max_quantity == 2
    assert decided(policy(), line(quantity=2, returned_quantity=1)).max_quantity == 1
    assert decided(policy(), line(quantity=1)).max_quantity == 1


@pytest.mark.parametrize(
    ("when", "facts", "of"),
    [
        (leaf("vendor", "is_not", "acme"), {"vendor": "North"}, {}),
        (leaf("sku", "starts_with", "PK-"), {"sku": "pk-100"}, {}),
        (leaf("sku", "ends_with", "-xl"), {"sku": "PK-100-XL"}, {}),
        (leaf("sku", "in", ["A", "B"]), {"sku": "b"}, {}),
        (leaf("country", "not_in", ["US", "CA"]), {}, {"country": "DE"}),
        (leaf("channel", "is", "pos"), {}, {"channel": "POS"}),
        (leaf("tag", "has_any", ["x", "sale"]), {"tags": ("Sale",)}, {}),
        (leaf("tag", "has_none", ["x"]), {}, {}),
        (leaf("price", "gte", {"amount": "89.00", "currency": "EUR"}), {}, {}),
        (leaf("order_total", "lt", {"amount": "178.01", "currency": "EUR"}), {}, {}),
        (leaf("discount_percent", "gt", "33.3"), {"discount": Money(2967, "EUR")}, {}),
        (leaf("quantity", "is", 2), {}, {}),
        (leaf("reason", "is", "defective"), {"reason": "defective"}, {}),
        (leaf("reason", "is_not", "defective"), {}, {}),
        (leaf("days_since_start", "lte", 7), {}, {}),
        (leaf("gift_card", "is", False), {}, {}),
        ({"any": [FINAL, leaf("quantity", "gt", 1)]}, {}, {}),
        ({"none": [FINAL, ENGRAVED]}, {}, {}),
        ({"all": [{"none": [FINAL]}, {"any": [ENGRAVED, {"all": []}]}]}, {}, {}),
    ],
)
def test_a_condition_that_holds_decides(when: dict, facts: dict, of: dict) -> None:
    decision = decided(policy(rule("it", when, approval="manual")), line(**facts), order(**of))
    assert decision.decided_by["approval"] == "it"


@pytest.mark.parametrize(
    ("when", "facts"),
    [
        (leaf("price", "gt", {"amount": "1.00", "currency": "USD"}), {}),
        (leaf("reason", "is", "defective"), {}),
        (leaf("days_since_start", "gte", 0), {"sent": ()}),
        (leaf("discount_percent", "gt", 0), {"price": Money(0, "EUR")}),
        (leaf("sku", "starts_with", "A"), {}),
        ({"none": [leaf("quantity", "is", 2)]}, {}),
    ],
)
def test_a_fact_that_is_unknown_or_foreign_matches_nothing(when: dict, facts: dict) -> None:
    assert decided(policy(rule("it", when, approval="manual")), line(**facts)).decided_by["approval"] is None


@pytest.mark.parametrize(
    ("price", "discount", "percent"),
    [(999, 499, "50"), (8999, 4500, "50"), (10000, 1250, "12.5"), (8900, 0, "0"), (0, 0, "0")],
)
def test_a_discount_is_the_percentage_that_the_shop_meant(price: int, discount: int, percent: str) -> None:
    assert line(price=Money(price, "EUR"), discount=Money(discount, "EUR")).discount_percent == Decimal(percent)


def test_lines_are_decided_each_for_itself() -> None:
    rules = policy(rule("final", FINAL, eligible=refuse("final_sale")))
    decision = decide(rules, ReturnFacts(order(), (line("1", final_sale=True), line("2"))), NOW)
    assert [one.allowed for one in decision.lines] == [False, True]
    assert (decision.any_allowed, decision.policy_version, decision.line("2").max_quantity) == (True, "7", 2)
    with pytest.raises(KeyError):
        decision.line("3")


def test_a_return_of_several_lines_follows_the_stricter_terms() -> None:
    ring = rule(
        "rings",
        leaf("sku", "is", "ring"),
        approval="manual",
        methods=["prepaid_label"],
        ship_within_days=7,
        destination="vault",
    )
    decision = decide(policy(ring), ReturnFacts(order(), (line("1"), line("2", sku="RING"))), NOW)
    terms = combine(decision.lines)
    assert (terms.approval, terms.methods, terms.ship_within_days) == ("manual", ("prepaid_label",), 7)
    assert terms.destinations == {"1": "default", "2": "vault"}
    assert ship_by(NOW, "Europe/Berlin", 7).isoformat() == "2026-11-28"


def test_lines_that_are_refused_have_no_common_terms() -> None:
    with pytest.raises(ValueError, match="allowed"):
        combine([decided(policy(), line(sent=()))])


def test_fees_come_from_the_rules_and_fall_away_when_the_shop_is_at_fault() -> None:
    fault = rule(
        "our-fault",
        leaf("reason", "in", ["defective", "wrong_item"]),
        restocking_fee={"kind": "none"},
        return_shipping={"kind": "free"},
    )
    charge = {
        "restocking_fee": {"kind": "percent", "percent": "15"},
        "return_shipping": {"kind": "flat", "amounts": {"EUR": "4.90"}},
    }
    rules = policy(fault, **charge)
    changed_mind = fees_of([decided(rules, line(reason="unwanted"))], "EUR")
    assert (changed_mind.of("1").percent, changed_mind.return_shipping) == (Decimal(15), Money(490, "EUR"))
    broken = fees_of([decided(rules, line(reason="defective"))], "EUR")
    assert (broken.of("1").percent, broken.return_shipping) == (None, None)
    assert fees_of([decided(rules, line())], "USD").return_shipping is None


def test_return_shipping_is_asked_once_and_is_the_dearest_of_the_lines() -> None:
    heavy = rule("heavy", leaf("tag", "has", "heavy"), return_shipping={"kind": "flat", "amounts": {"EUR": "19.00"}})
    rules = policy(heavy, return_shipping={"kind": "flat", "amounts": {"EUR": "4.90"}})
    decision = decide(rules, ReturnFacts(order(), (line("1"), line("2", tags=("heavy",)))), NOW)
    assert fees_of(decision.lines, "EUR").return_shipping == Money(1900, "EUR")


def test_days_since_the_start_are_those_of_the_parcel_that_came_last() -> None:
    first = SentUnits(1, datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC))
    fresh = rule("fresh", leaf("days_since_start", "lte", 7), approval="manual")
    assert decided(policy(fresh), line(sent=(first, *ARRIVED))).decided_by["approval"] == "fresh"
    assert decided(policy(fresh), line(sent=(first,))).decided_by["approval"] is None


def test_a_decision_leaves_its_policy_as_it_was() -> None:
    rules = policy(rule("final", FINAL, eligible=refuse("final_sale")))
    before = copy.deepcopy(rules.document)
    assert decided(rules, line(final_sale=True)) == decided(rules, line(final_sale=True))
    assert rules.document == before
