"""What a question costs, and the bucket that pays for it, as Shopify documents both: an object is a point, a connection
two and its rows, and what was asked for but is not there is given back.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)
from graphql.language.ast import FragmentDefinitionNode

MOST = 1000
"""Points that one question may cost."""


@dataclass(slots=True)
class Bucket:
    """Points that fill again by the second."""

    maximum: float = 2000.0
    restore_rate: float = 100.0
    clock: Callable[[], float] = time.monotonic
    _level: float = -1.0
    _seen: float = 0.0

    def level(self) -> float:
        """What is in it now."""
        now = self.clock()
        gained = (now - self._seen) * self.restore_rate
        self._level = self.maximum if self._level < 0 else min(self._level + gained, self.maximum)
        self._seen = now
        return self._level

    def pour(self, points: float) -> None:
        """Take points out; a negative number gives some back."""
        self._level = min(self.level() - points, self.maximum)

    def told(self, requested: int, actual: int | None) -> dict[str, Any]:
        """The `cost` of an answer."""
        status = {
            "maximumAvailable": self.maximum,
            "currentlyAvailable": int(self.level()),
            "restoreRate": self.restore_rate,
        }
        return {"requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": status}


def requested_cost(schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> int:
    """What a question may cost at most."""
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    asked = next(each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    defaults = {
        each.variable.name.value: int(each.default_value.value)
        for each in asked.variable_definitions or ()
        if isinstance(each.default_value, IntValueNode)
    }
    pricing = _Pricing(schema, fragments, {**defaults, **variables})
    assert schema.query_type is not None
    return pricing.of(asked.selection_set, schema.query_type)


def actual_cost(data: Any) -> int:
    """What an answer turned out to cost: its objects, and two for each connection."""
    if isinstance(data, list):
        return sum(actual_cost(each) for each in data)
    if not isinstance(data, Mapping):
        return 0
    inner = sum(actual_cost(value) for key, value in data.items() if key != "pageInfo")
    return inner + (2 if "nodes" in data else 1)


@dataclass(frozen=True, slots=True)
class _Pricing:
    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]

    def of(self, chosen: SelectionSetNode, owner: Any) -> int:
        found = 0
        for each in chosen.selections:
            if isinstance(each, FragmentSpreadNode):
                fragment = self.fragments[each.name.value]
                found += self.of(fragment.selection_set, self.schema.type_map[fragment.type_condition.name.value])
            elif isinstance(each, InlineFragmentNode):
                condition = each.type_condition
                found += self.of(each.selection_set, self.schema.type_map[condition.name.value] if condition else owner)
            elif isinstance(each, FieldNode):
                found += self._field(each, owner)
        return found

    def _field(self, field: FieldNode, owner: Any) -> int:
        if field.selection_set is None or field.name.value == "pageInfo":
            return 0
        inner = get_named_type(owner.fields[field.name.value].type)
        assert isinstance(inner, GraphQLObjectType | GraphQLInterfaceType)
        below = self.of(field.selection_set, inner)
        rows = next((self._number(each.value) for each in field.arguments or () if each.name.value == "first"), None)
        if inner.name.endswith("Connection"):
            return 2 + (rows or 0) * below
        if field.name.value == "nodes":
            return 1 + below
        return (rows or 1) * (1 + below)

    def _number(self, value: Any) -> int | None:
        if isinstance(value, VariableNode):
            return self.variables.get(value.name.value)
        return int(value.value) if isinstance(value, IntValueNode) else None
