"""What the twin of Magento does with search criteria: filter, sort, page, and leave out what was not asked for."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
_FILTER = re.compile(
    r"searchCriteria\[filter_?[gG]roups\]\[(\d+)\]\[filters\]\[(\d+)\]\[(field|value|condition_type|conditionType)\]"
)
_SORT = re.compile(r"searchCriteria\[sort_?[oO]rders\]\[(\d+)\]\[(field|direction)\]")
_PAGE = re.compile(r"searchCriteria\[(page_?[sS]ize|current_?[pP]age)\]")
_PARTS = re.compile(r"([a-z_]+)|(\[)|(\])")


@dataclass(slots=True)
class Criteria:
    """A search as it was asked for. Groups all have to hold; of a group's filters one is enough."""

    groups: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    sort: dict[str, dict[str, str]] = field(default_factory=dict)
    size: int = 0
    page: int = 1

    def found(self, rows: Iterable[Json]) -> list[Json]:
        """The rows that fit, in order."""
        fitting = [row for row in rows if all(_any(row, group.values()) for group in self.groups.values())]
        fitting.sort(key=lambda row: row["entity_id"])
        for _, order in sorted(self.sort.items(), reverse=True):
            descending = order.get("direction", "DESC").upper() == "DESC"
            fitting.sort(key=lambda row: _comparable(row.get(order["field"])), reverse=descending)
        return fitting

    def cut(self, rows: Sequence[Json]) -> Sequence[Json]:
        """One page; beyond the last page it is the last page again, as in every collection of Magento's."""
        if not self.size:
            return rows
        last = max(1, -(-len(rows) // self.size))
        page = min(max(self.page, 1), last)
        return rows[(page - 1) * self.size : page * self.size]


def read_criteria(query: Iterable[tuple[str, str]]) -> Criteria | None:
    """The criteria in a query; None when there are none at all, which Magento refuses."""
    criteria, any_found = Criteria(), False
    for name, value in query:
        any_found = any_found or name.startswith("searchCriteria")
        if match := _FILTER.fullmatch(name):
            one = criteria.groups.setdefault(match[1], {}).setdefault(match[2], {})
            one["condition" if match[3].startswith("condition") else match[3]] = value
        elif match := _SORT.fullmatch(name):
            criteria.sort.setdefault(match[1], {})[match[2]] = value
        elif (match := _PAGE.fullmatch(name)) and value.isdecimal():
            if match[1].startswith("page"):
                criteria.size = int(value)
            else:
                criteria.page = int(value)
    return criteria if any_found else None


def chosen(document: Any, fields: str) -> Any:
    """What `fields` names of a document: "items[entity_id,updated_at],total_count"; all of it when that is empty."""
    return _choose(document, _wanted(fields)) if fields else document


def _wanted(fields: str) -> Json:
    tree: Json = {}
    path, last = [tree], tree
    for name, opens, closes in _PARTS.findall(fields):
        if name:
            last = path[-1].setdefault(name, {})
        elif opens:
            path.append(last)
        elif closes and len(path) > 1:
            path.pop()
    return tree


def _choose(document: Any, tree: Json) -> Any:
    if not tree:
        return document
    if isinstance(document, list):
        return [_choose(entry, tree) for entry in document]
    if not isinstance(document, Mapping):
        return document
    return {name: _choose(document[name], inner) for name, inner in tree.items() if name in document}


def _any(row: Json, filters: Iterable[Mapping[str, str]]) -> bool:
    return any(_holds(row.get(one["field"]), one.get("condition", "eq"), one.get("value", "")) for one in filters)


def _holds(found: Any, condition: str, value: str) -> bool:
    if condition in ("null", "notnull"):
        return (found is None) == (condition == "null")
    if condition in ("in", "nin"):
        return (str(found) in value.split(",")) == (condition == "in")
    mine, theirs = (
        _comparable(found),
        _comparable(int(value) if isinstance(found, int) and value.isdecimal() else value),
    )
    return {
        "eq": mine == theirs,
        "neq": mine != theirs,
        "gt": mine > theirs,
        "gteq": mine >= theirs,
        "lt": mine < theirs,
        "lteq": mine <= theirs,
    }[condition]


def _comparable(value: Any) -> tuple[int, Any]:
    return (0, value) if isinstance(value, int | float) else (1, str(value))
