"""Conditions made fast: every comparison of a policy is one bit, and all bits are looked up at once, field by field.

A decision does not ask 200 rules one after the other. It looks each fact up in a table of its field (which comparisons
hold for this country, this price?), and a rule is then a mask over the bits. `leaf_holds` says the same slowly.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from portal.policies.conditions import (
    FIELDS,
    POSITION,
    AllOf,
    Amount,
    AnyOf,
    Condition,
    Leaf,
    day_number,
    number,
    parts,
)

Values = tuple[Any, ...]
"""The facts of one line in the order of FIELDS: texts folded, money as `Money`, unknown as None."""
Column = Callable[[Values], int]
Table = dict[str, int]

HOLDS_RARELY, HOLDS_SOMETIMES, HOLDS_OFTEN = range(3)
RARE = ("is", "in", "has", "has_any", "starts_with", "ends_with")
COMMON = ("is_not", "not_in", "has_none")


class Comparisons:
    """All comparisons of a policy, numbered; `truth` is the set of those that hold, as bits."""

    def __init__(self, leaves: Iterable[Leaf]) -> None:
        self._bits: dict[Leaf, int] = {}
        for leaf in leaves:
            self._bits.setdefault(leaf, 1 << len(self._bits))
        self._columns = tuple(_columns(self._bits))

    def bit(self, leaf: Leaf) -> int:
        """The bit of a comparison."""
        return self._bits[leaf]

    def truth(self, values: Values) -> int:
        """The comparisons that hold for one line's values."""
        bits = 0
        for column in self._columns:
            bits |= column(values)
        return bits

    def test(self, condition: Condition) -> Callable[[int], bool]:
        """A closure over `truth` for a whole tree."""
        if isinstance(condition, Leaf):
            return _all_of(self._bits[condition], ())
        own = sum({self._bits[part] for part in parts(condition) if isinstance(part, Leaf)})
        below = tuple(self.test(part) for part in parts(condition) if not isinstance(part, Leaf))
        if isinstance(condition, AllOf):
            return _all_of(own, below)
        some = _any_of(own, below)
        return some if isinstance(condition, AnyOf) else lambda bits: not some(bits)

    def keys(self, condition: Condition) -> int:
        """Comparisons of which one must hold if the condition does, chosen to hold rarely; 0: none are known."""
        return self._keys(condition)[1]

    def _keys(self, condition: Condition) -> tuple[int, int]:
        """How often the keys hold (a guess, for choosing between them), and their bits."""
        if isinstance(condition, Leaf):
            often = HOLDS_RARELY if condition.op in RARE and condition.value is not False else HOLDS_SOMETIMES
            return (HOLDS_OFTEN if condition.op in COMMON else often), self._bits[condition]
        below = [self._keys(part) for part in parts(condition)]
        if isinstance(condition, AllOf):
            return min((each for each in below if each[1]), default=(HOLDS_OFTEN, 0))
        if isinstance(condition, AnyOf) and all(bits for _, bits in below):
            return max(often for often, _ in below), _union(bits for _, bits in below)
        return HOLDS_OFTEN, 0


def leaf_holds(leaf: Leaf, values: Values) -> bool:
    """One comparison, spelled out: the meaning that the tables must have."""
    value, kind = values[POSITION[leaf.field]], FIELDS[leaf.field]
    if kind == "texts":
        common = not value.isdisjoint(_folded(leaf.value))
        return not common if leaf.op == "has_none" else common
    if leaf.op in ("is_not", "not_in"):
        return value not in _folded(leaf.value)
    if value is None:
        return False
    if kind == "text":
        texts = _folded(leaf.value)
        starts, ends = leaf.op == "starts_with", leaf.op == "ends_with"
        return value.startswith(texts[0]) if starts else value.endswith(texts[0]) if ends else value in texts
    if kind == "flag":
        return value is leaf.value
    if isinstance(leaf.value, Amount):
        return value.currency == leaf.value.currency and _compares(leaf.op, value.minor, leaf_bound(leaf))
    return _compares(leaf.op, value, leaf_bound(leaf))


def _columns(bits: dict[Leaf, int]) -> Iterable[Column]:
    """One lookup for each field and way of comparing that the policy uses."""
    groups: dict[tuple[str, str], list[tuple[Leaf, int]]] = {}
    for leaf, bit in bits.items():
        ordered = FIELDS[leaf.field] in ("money", "number", "date", "flag")
        groups.setdefault((leaf.field, "" if ordered else SAME.get(leaf.op, leaf.op)), []).append((leaf, bit))
    for (field, op), members in groups.items():
        kind, index = FIELDS[field], POSITION[field]
        if kind == "flag":
            yield _flag(index, members)
        elif kind in ("number", "date"):
            yield _numbers(index, members)
        elif kind == "money":
            yield _moneys(index, members)
        else:
            yield TEXT_COLUMNS[op](index, _table(members))


SAME = {"is": "in", "is_not": "not_in", "has": "has_any"}


def _table(members: list[tuple[Leaf, int]]) -> Table:
    table: Table = {}
    for leaf, bit in members:
        for text in set(_folded(leaf.value)):
            table[text] = table.get(text, 0) | bit
    return table


def _in(index: int, table: Table) -> Column:
    return lambda values: table.get(values[index], 0)


def _not_in(index: int, table: Table) -> Column:
    every = _union(table.values())
    return lambda values: every & ~table.get(values[index], 0)


def _has_any(index: int, table: Table) -> Column:
    return lambda values: _union(table.get(text, 0) for text in values[index])


def _has_none(index: int, table: Table) -> Column:
    every = _union(table.values())
    return lambda values: every & ~_union(table.get(text, 0) for text in values[index])


def _starts_with(index: int, table: Table) -> Column:
    lengths = sorted({len(text) for text in table})
    return lambda values: _union(table.get((values[index] or "")[:length], 0) for length in lengths)


def _ends_with(index: int, table: Table) -> Column:
    lengths = sorted({len(text) for text in table})
    return lambda values: _union(table.get((values[index] or "")[-length:], 0) for length in lengths)


TEXT_COLUMNS = {
    "in": _in,
    "not_in": _not_in,
    "has_any": _has_any,
    "has_none": _has_none,
    "starts_with": _starts_with,
    "ends_with": _ends_with,
}


def _flag(index: int, members: list[tuple[Leaf, int]]) -> Column:
    when = {wanted: _union(bit for leaf, bit in members if leaf.value is wanted) for wanted in (True, False)}
    return lambda values: when[values[index]]


def _numbers(index: int, members: list[tuple[Leaf, int]]) -> Column:
    bounds, masks = _regions([(leaf.op, leaf_bound(leaf), bit) for leaf, bit in members])
    return lambda values: 0 if values[index] is None else _region(bounds, masks, values[index])


def _moneys(index: int, members: list[tuple[Leaf, int]]) -> Column:
    by_currency: dict[str, list[tuple[str, int | Decimal, int]]] = {}
    for leaf, bit in members:
        assert isinstance(leaf.value, Amount)
        money = leaf.value.money
        by_currency.setdefault(money.currency, []).append((leaf.op, money.minor, bit))
    tables = {currency: _regions(entries) for currency, entries in by_currency.items()}

    def column(values: Values) -> int:
        money = values[index]
        if money is None or money.currency not in tables:
            return 0
        return _region(*tables[money.currency], money.minor)

    return column


def _regions(entries: list[tuple[str, int | Decimal, int]]) -> tuple[list[int | Decimal], list[int]]:
    """The bounds in order, and what holds below the first, at it, between it and the next, and so on."""
    bounds = sorted({bound for _, bound, _ in entries})
    at = {bound: 2 * place + 1 for place, bound in enumerate(bounds)}
    masks = [
        _union(bit for op, bound, bit in entries if _compares(op, region, at[bound]))
        for region in range(2 * len(bounds) + 1)
    ]
    return bounds, masks


def _region(bounds: list[int | Decimal], masks: list[int], value: int | Decimal) -> int:
    place = bisect_left(bounds, value)
    exact = place < len(bounds) and bounds[place] == value
    return masks[2 * place + exact]


def _compares(op: str, value: Any, bound: Any) -> bool:
    if op == "is":
        return bool(value == bound)
    less = value < bound if op in ("lt", "gte") else value <= bound
    return less if op in ("lt", "lte") else not less


def _all_of(own: int, below: tuple[Callable[[int], bool], ...]) -> Callable[[int], bool]:
    if not below:
        return lambda bits: bits & own == own
    return lambda bits: bits & own == own and all(test(bits) for test in below)


def _any_of(own: int, below: tuple[Callable[[int], bool], ...]) -> Callable[[int], bool]:
    if not below:
        return lambda bits: bits & own != 0
    return lambda bits: bits & own != 0 or any(test(bits) for test in below)


def leaf_bound(leaf: Leaf) -> Decimal | int:
    """What an amount (minor units), a number or a day (its ordinal) is compared with."""
    if isinstance(leaf.value, Amount):
        return leaf.value.money.minor
    bound = day_number(leaf.value) if FIELDS[leaf.field] == "date" else number(leaf.value)
    assert bound is not None, "a leaf was checked when it was read"
    return bound


def _union(masks: Iterable[int]) -> int:
    bits = 0
    for mask in masks:
        bits |= mask
    return bits


def _folded(value: object) -> list[str]:
    return [text.casefold() for text in (value if isinstance(value, tuple) else (str(value),))]
