"""Which conditions follow from which, as far as it can be told without facts. "Do not know" is always a safe answer."""

import operator
from collections.abc import Iterable
from decimal import Decimal

from portal.policies.compiling import leaf_bound
from portal.policies.conditions import FIELDS, AllOf, Amount, AnyOf, Condition, Leaf, NoneOf

BELOW, ABOVE = ("lt", "lte"), ("gt", "gte")
COMPARE = {"is": operator.eq, "lt": operator.lt, "lte": operator.le, "gt": operator.gt, "gte": operator.ge}


def implies(narrow: Condition, wide: Condition) -> bool:
    """Whether `wide` holds wherever `narrow` does. False also when it cannot be told."""
    if narrow == wide:
        return True
    if isinstance(wide, AllOf):
        return all(implies(narrow, part) for part in wide.all)
    if isinstance(narrow, AnyOf):
        return all(implies(part, wide) for part in narrow.any)
    if isinstance(wide, AnyOf) and any(implies(narrow, part) for part in wide.any):
        return True
    if isinstance(narrow, AllOf):
        return any(implies(part, wide) for part in narrow.all)
    if isinstance(narrow, NoneOf) and isinstance(wide, NoneOf):
        return all(any(implies(part, bigger) for bigger in narrow.none) for part in wide.none)
    return isinstance(narrow, Leaf) and isinstance(wide, Leaf) and _leaf_implies(narrow, wide)


def never_holds(condition: Condition) -> bool:
    """Whether no facts can make it true. False also when it cannot be told."""
    if isinstance(condition, AnyOf):
        return all(never_holds(part) for part in condition.any)
    if isinstance(condition, NoneOf):
        return any(isinstance(part, AllOf) and not part.all for part in condition.none)
    if isinstance(condition, AllOf):
        if any(never_holds(part) for part in condition.all):
            return True
        leaves = list(_flattened(condition))
        plain = [part for part in leaves if isinstance(part, Leaf)]
        barred = [part for each in leaves if isinstance(each, NoneOf) for part in each.none]
        together = any(_exclude(one, other) for place, one in enumerate(plain) for other in plain[place + 1 :])
        return together or any(implies(one, other) for one in plain for other in barred)
    return False


def _flattened(condition: AllOf) -> Iterable[Condition]:
    for part in condition.all:
        if isinstance(part, AllOf):
            yield from _flattened(part)
        else:
            yield part


def _leaf_implies(narrow: Leaf, wide: Leaf) -> bool:
    if narrow.field != wide.field:
        return False
    kind = FIELDS[narrow.field]
    if kind in ("text", "texts"):
        return _text_implies(narrow, wide)
    if kind == "flag":
        return narrow.value is wide.value
    return _same_currency(narrow, wide) and _order_implies(narrow, wide)


def _text_implies(narrow: Leaf, wide: Leaf) -> bool:
    few, many = texts(narrow), texts(wide)
    if narrow.op in ("is", "in"):
        return {
            "is": few == many, "in": few <= many, "is_not": not few & many, "not_in": not few & many,
            "starts_with": all(text.startswith(tuple(many)) for text in few),
            "ends_with": all(text.endswith(tuple(many)) for text in few),
        }[wide.op]  # fmt: skip
    if narrow.op in ("has", "has_any"):
        return wide.op in ("has", "has_any") and few <= many
    if narrow.op in ("is_not", "not_in", "has_none"):
        return wide.op in ("is_not", "not_in", "has_none") and many <= few
    if narrow.op == "starts_with":
        return wide.op == "starts_with" and all(text.startswith(tuple(many)) for text in few)
    return wide.op == "ends_with" and all(text.endswith(tuple(many)) for text in few)


def _order_implies(narrow: Leaf, wide: Leaf) -> bool:
    left, right = leaf_bound(narrow), leaf_bound(wide)
    if narrow.op == "is":
        return _within(left, wide)
    if narrow.op in BELOW and wide.op in BELOW:
        return left < right or (left == right and (wide.op == "lte" or narrow.op == "lt"))
    if narrow.op in ABOVE and wide.op in ABOVE:
        return left > right or (left == right and (wide.op == "gte" or narrow.op == "gt"))
    return False


def _exclude(one: Leaf, other: Leaf) -> bool:
    """Whether two comparisons of one field can never both hold."""
    if one.field != other.field:
        return False
    kind = FIELDS[one.field]
    if kind == "flag":
        return one.value is not other.value
    if kind == "texts":
        left, right = (one, other) if other.op == "has_none" else (other, one)
        return right.op == "has_none" and left.op != "has_none" and texts(left) <= texts(right)
    if kind == "text":
        return any(_text_excludes(left, right) for left, right in ((one, other), (other, one)))
    if not _same_currency(one, other):
        return True
    return _apart(one, other) or _apart(other, one)


def _text_excludes(exact: Leaf, other: Leaf) -> bool:
    if exact.op not in ("is", "in"):
        return False
    wanted, said = texts(exact), texts(other)
    if other.op in ("is", "in"):
        return not wanted & said
    if other.op in ("is_not", "not_in"):
        return wanted <= said
    fits = str.startswith if other.op == "starts_with" else str.endswith
    return not any(fits(text, tuple(said)) for text in wanted)


def _apart(low: Leaf, high: Leaf) -> bool:
    """Whether what is at most `low` can never be at least `high`."""
    left, right = leaf_bound(low), leaf_bound(high)
    if low.op == "is":
        return not _within(left, high)
    if low.op not in BELOW or high.op not in ABOVE:
        return False
    return left < right or (left == right and not (low.op == "lte" and high.op == "gte"))


def _within(value: Decimal | int, leaf: Leaf) -> bool:
    return bool(COMPARE[leaf.op](value, leaf_bound(leaf)))


def _same_currency(one: Leaf, other: Leaf) -> bool:
    if isinstance(one.value, Amount) and isinstance(other.value, Amount):
        return one.value.currency == other.value.currency
    return True


def texts(leaf: Leaf) -> set[str]:
    """The texts that a comparison names, folded."""
    return {text.casefold() for text in (leaf.value if isinstance(leaf.value, tuple) else (str(leaf.value),))}
