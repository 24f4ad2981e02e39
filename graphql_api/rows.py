"""From the rows of one statement to what each key of a batch asked for."""

from collections.abc import Hashable, Iterable, Sequence
from typing import Any, TypeVar

K = TypeVar("K", bound=Hashable)
Row = dict[str, Any]


def by_id(keys: Sequence[K], rows: Iterable[Row], column: str = "id") -> list[Row | None]:
    """The one row of each key, or None."""
    found = {row[column]: row for row in rows}
    return [found.get(key) for key in keys]


def grouped(keys: Sequence[K], rows: Iterable[Row], column: str) -> list[list[Row]]:
    """All rows of each key, in their order."""
    found: dict[Any, list[Row]] = {key: [] for key in keys}
    for row in rows:
        found[row[column]].append(row)
    return list(found.values())
