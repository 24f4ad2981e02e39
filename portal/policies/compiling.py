"""Conditions as closures: made once per policy, then asked for every line."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from portal.kernel.money import Money
from portal.policies.conditions import FIELDS, POSITION, AllOf, Amount, AnyOf, Condition, Leaf, number, parts

Values = tuple[Any, ...]
"""The facts of one line in the order of FIELDS: texts folded, money as `Money`, unknown as None."""
Test = Callable[[Values], bool]


def compile_condition(condition: Condition) -> Test:
    """A closure that answers the tree for one line's values; made once per policy."""
    if isinstance(condition, Leaf):
        return compile_leaf(condition)
    tests = tuple(compile_condition(part) for part in parts(condition))
    if isinstance(condition, AllOf):
        return _all_of(tests)
    return _any_of(tests) if isinstance(condition, AnyOf) else _none_of(tests)


def compile_leaf(leaf: Leaf) -> Test:
    """A closure for one comparison."""
    index, kind = POSITION[leaf.field], FIELDS[leaf.field]
    if kind == "money":
        assert isinstance(leaf.value, Amount)
        return _money(index, leaf.op, leaf.value.money)
    if kind == "number":
        bound = number(leaf.value)
        assert bound is not None
        return _compare(index, leaf.op, bound)
    if kind == "flag":
        wanted = leaf.value
        return lambda values: values[index] is wanted
    return _text(index, leaf.op, leaf.value) if kind == "text" else _texts(index, leaf.op, leaf.value)


def required_texts(condition: Condition) -> tuple[int, frozenset[str]] | None:
    """A field and the only texts of it for which the condition can hold, if its top says so: used to skip rules."""
    for leaf in (condition,) if isinstance(condition, Leaf) else condition.all if isinstance(condition, AllOf) else ():
        if (
            isinstance(leaf, Leaf)
            and leaf.op in ("is", "in", "has", "has_any")
            and FIELDS[leaf.field] in ("text", "texts")
        ):
            return POSITION[leaf.field], frozenset(_folded(leaf.value))
    return None


def _all_of(tests: Sequence[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:  # noqa: PLR2004 - by far the commonest tree, and twice as fast without a loop
        one, two = tests
        return lambda values: one(values) and two(values)

    def test(values: Values) -> bool:
        for each in tests:  # noqa: SIM110 - a generator costs more than the tests themselves
            if not each(values):
                return False
        return True

    return test


def _any_of(tests: Sequence[Test]) -> Test:
    def test(values: Values) -> bool:
        for each in tests:  # noqa: SIM110 - as above
            if each(values):
                return True
        return False

    return test


def _none_of(tests: Sequence[Test]) -> Test:
    some = _any_of(tests)
    return lambda values: not some(values)


def _text(index: int, op: str, value: object) -> Test:
    texts = frozenset(_folded(value))
    text = next(iter(texts))
    return {
        "is": lambda values: values[index] == text,
        "is_not": lambda values: values[index] != text,
        "in": lambda values: values[index] in texts,
        "not_in": lambda values: values[index] not in texts,
        "starts_with": lambda values: values[index] is not None and values[index].startswith(text),
        "ends_with": lambda values: values[index] is not None and values[index].endswith(text),
    }[op]


def _texts(index: int, op: str, value: object) -> Test:
    texts = frozenset(_folded(value))
    if op == "has_none":
        return lambda values: texts.isdisjoint(values[index])
    return lambda values: not texts.isdisjoint(values[index])


def _compare(index: int, op: str, bound: Decimal | int) -> Test:
    return {
        "is": lambda values: values[index] == bound,
        "lt": lambda values: values[index] is not None and values[index] < bound,
        "lte": lambda values: values[index] is not None and values[index] <= bound,
        "gt": lambda values: values[index] is not None and values[index] > bound,
        "gte": lambda values: values[index] is not None and values[index] >= bound,
    }[op]


def _money(index: int, op: str, bound: Money) -> Test:
    minor, currency = bound.minor, bound.currency
    compare = _compare(0, op, minor)
    return lambda values: values[index].currency == currency and compare((values[index].minor,))


def _folded(value: object) -> list[str]:
    return [text.casefold() for text in (value if isinstance(value, tuple) else (str(value),))]
