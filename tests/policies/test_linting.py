"""The linter: what it finds in policies with one mistake each, and that it never cries wolf about reach."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.policies.compiling import Values, leaf_holds
from portal.policies.conditions import FIELDS, AllOf, AnyOf, Condition, Leaf, NoneOf, holds
from portal.policies.documents import read_document
from portal.policies.implying import implies, never_holds
from portal.policies.linting import Finding, Seen, lint
from portal.policies.ready import ready_document, ready_names
from tests.policies.test_rules import DEFAULTS, leaf, refuse, rule

TWO_WEEKS = {"length": 14, "unit": "days"}
OUTLET = leaf("tag", "has", "outlet")


def found(*rules: dict[str, Any], seen: Seen | None = None, **defaults: Any) -> list[tuple[str, str]]:
    document = read_document({"name": "Test", "defaults": DEFAULTS | defaults, "rules": list(rules)})
    return [(each.code, each.where) for each in lint(document, seen)]


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ([rule("a", OUTLET, window=TWO_WEEKS), rule("b", OUTLET, window={"length": 7, "unit": "days"})],
         "contradiction"),
        ([rule("a", OUTLET, window=TWO_WEEKS), rule("b", {"all": [OUTLET, leaf("sku", "is", "x")]}, window=TWO_WEEKS)],
         "shadowed"),
        ([rule("a", leaf("price", "lt", {"amount": "50", "currency": "EUR"}), window=TWO_WEEKS),
          rule("b", leaf("price", "lt", {"amount": "20", "currency": "EUR"}), window=TWO_WEEKS)], "shadowed"),
        ([rule("a", OUTLET, window=TWO_WEEKS), rule("b", OUTLET, window=TWO_WEEKS, approval="manual")],
         "partly_shadowed"),
        ([rule("a", {"all": [leaf("country", "is", "DE"), leaf("country", "in", ["FR", "IT"])]}, approval="manual")],
         "unreachable"),
        ([rule("a", {"all": [leaf("quantity", "gt", 3), leaf("quantity", "lt", 4), leaf("quantity", "lte", 3)]},
               approval="manual")], "unreachable"),
        ([rule("a", {"all": [OUTLET, {"none": [leaf("tag", "has_any", ["Outlet", "sale"])]}]}, approval="manual")],
         "unreachable"),
        ([rule("a", OUTLET, outcomes=[])], "no_outcome"),
        ([rule("a", OUTLET, methods=[])], "no_method"),
        ([rule("a", OUTLET, window={"length": 7, "unit": "days", "start": "order"})], "window_before_delivery"),
        ([rule("a", OUTLET, eligible=refuse("final_sale"), approval="manual")], "moot"),
        ([rule("a", leaf("country", "is", "Germany"), approval="manual")], "unknown_word"),
        ([rule("a", leaf("reason", "is", "too_blue"), approval="manual")], "unknown_word"),
        ([rule("a", leaf("vendor", "is", "Acme "), approval="manual")], "odd_text"),
        ([rule("a", {"all": []}, approval="manual")], "always"),
    ],
)  # fmt: skip
def test_a_mistake_is_found_at_the_last_rule(rules: list[dict[str, Any]], code: str) -> None:
    assert (code, rules[-1]["id"]) in found(*rules)


def test_words_are_held_against_the_merchant_s_own_orders() -> None:
    seen = Seen({"product_type": frozenset({"jacket"})})
    one = rule("a", leaf("product_type", "in", ["Jacket", "Jaket"]), approval="manual")
    assert found(one, seen=seen) == [("never_seen", "a")]
    assert found(one) == []


def test_nothing_that_comes_back_is_said() -> None:
    assert ("nothing_allowed", "defaults") in found(eligible=refuse("not_returnable"))


@pytest.mark.parametrize("name", ready_names())
def test_the_ready_made_policies_are_clean(name: str) -> None:
    findings: list[Finding] = [each for each in lint(ready_document(name)) if each.level == "error"]
    assert findings == []


TEXTS = st.sampled_from(["a", "ab", "b"])
LEAVES = st.one_of(
    st.builds(lambda op, value: Leaf(field="sku", op=op, value=value),
              st.sampled_from(["is", "is_not", "starts_with", "ends_with"]), TEXTS),
    st.builds(lambda op, value: Leaf(field="sku", op=op, value=tuple(value)),
              st.sampled_from(["in", "not_in"]), st.lists(TEXTS, min_size=1, max_size=2)),
    st.builds(lambda op, value: Leaf(field="tag", op=op, value=tuple(value)),
              st.sampled_from(["has_any", "has_none"]), st.lists(TEXTS, min_size=1, max_size=2)),
    st.builds(lambda op, value: Leaf(field="quantity", op=op, value=value),
              st.sampled_from(["is", "lt", "lte", "gt", "gte"]), st.integers(0, 3)),
    st.builds(lambda value: Leaf(field="final_sale", op="is", value=value), st.booleans()),
)  # fmt: skip
TREES = st.recursive(
    LEAVES,
    lambda below: st.one_of(
        st.builds(lambda parts: AllOf(all=tuple(parts)), st.lists(below, max_size=3)),
        st.builds(lambda parts: AnyOf(any=tuple(parts)), st.lists(below, min_size=1, max_size=2)),
        st.builds(lambda parts: NoneOf(none=tuple(parts)), st.lists(below, min_size=1, max_size=2)),
    ),
    max_leaves=5,
)


@st.composite
def facts(draw: st.DrawFn) -> Values:
    """Values of every field; those that the trees compare vary."""
    drawn = {
        "sku": draw(st.sampled_from(["a", "ab", "b", "c", ""])),
        "tag": frozenset(draw(st.lists(TEXTS, max_size=2))),
        "quantity": draw(st.integers(0, 4)),
        "final_sale": draw(st.booleans()),
    }
    return tuple(drawn.get(name, frozenset() if kind == "texts" else None) for name, kind in FIELDS.items())


@given(TREES, TREES, facts())
def test_what_implies_does_and_what_never_holds_never_does(one: Condition, other: Condition, values: Values) -> None:
    def true(condition: Condition) -> bool:
        return holds(condition, lambda each: leaf_holds(each, values))

    assert not (true(one) and implies(one, other)) or true(other)
    assert not (never_holds(one) and true(one))
