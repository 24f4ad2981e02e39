"""What a query costs: an object 1, a scalar 0, a list its size. Priced before it runs, counted again afterwards."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
    value_from_ast_untyped,
)

from graphql_api.connections import LARGEST_PAGE, USUAL_PAGE
from graphql_api.errors import MAX_COST_EXCEEDED, Told

MAX_COST = 1000
MUTATION = 10
USUAL_LIST = 5
"""How many items a list inside an object is taken to have, before anybody has looked."""
FREE = frozenset(
    {
        "Customer",
        "LineUnits",
        "Money",
        "PageInfo",
        "ParcelItem",
        "QuoteStep",
        "RequestedAddress",
        "ReturnUserError",
        "SettingDecision",
        "ShopperRequestUserError",
    }
)
"""Values rather than objects: they come with the object that has them."""

Composite = GraphQLObjectType | GraphQLInterfaceType
Selected = list[tuple[Composite, FieldNode]]


@dataclass(slots=True)
class Priced:
    """A field of the answer: each of its `size` items costs `own` and what its parts cost."""

    own: int
    size: int
    parts: dict[str, "Priced"] = field(default_factory=dict)

    @property
    def requested(self) -> int:
        """The most that is expected."""
        return self.size * (self.own + sum(part.requested for part in self.parts.values()))

    def actual(self, value: Any) -> int:
        """What the answer really has."""
        if isinstance(value, list):
            return sum(self.actual(each) for each in value)
        if not isinstance(value, dict):
            return 0
        return self.own + sum(part.actual(value.get(name)) for name, part in self.parts.items())


def price(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, Any],
) -> Priced:
    """Price an operation. Raises MAX_COST_EXCEEDED when it is dearer than any query may be."""
    root = schema.get_root_type(operation.operation)
    assert root is not None
    pricing = _Pricing(schema, fragments, variables)
    found = Priced(0, 1, pricing.parts([(root, operation.selection_set)], page=0))
    if found.requested > MAX_COST:
        raise _too_dear(found.requested)
    return found


def _too_dear(cost: int) -> Told:
    return Told(
        MAX_COST_EXCEEDED,
        f"The query costs {cost}, at most {MAX_COST} are possible. Ask for smaller pages or fewer lists.",
        cost=cost,
        maxCost=MAX_COST,
    )


class _Pricing:
    """Walks an operation as the execution would, merging what lands in one place of the answer."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables
        self._steps = 0

    def parts(self, inside: list[tuple[Composite, SelectionSetNode]], page: int) -> dict[str, Priced]:
        """Price the composite fields of selections that meet in one object; `page` is the page size around them."""
        selected: dict[str, Selected] = {}
        for parent, selections in inside:
            self._collect(parent, selections, selected, set())
        found = {}
        for name, fields in selected.items():
            priced = self._price(fields, page)
            if priced is not None:
                found[name] = priced
        return found

    def _collect(
        self, parent: Composite, selections: SelectionSetNode, into: dict[str, Selected], seen: set[str]
    ) -> None:
        for selection in selections.selections:
            if isinstance(selection, FieldNode):
                name = selection.alias.value if selection.alias else selection.name.value
                into.setdefault(name, []).append((parent, selection))
            elif isinstance(selection, InlineFragmentNode):
                named = selection.type_condition.name.value if selection.type_condition else None
                self._collect(self._type(named, parent), selection.selection_set, into, seen)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in seen:
                seen.add(selection.name.value)
                fragment = self._fragments[selection.name.value]
                inside = self._type(fragment.type_condition.name.value, parent)
                self._collect(inside, fragment.selection_set, into, seen)

    def _type(self, name: str | None, otherwise: Composite) -> Composite:
        found = self._schema.get_type(name) if name else None
        return found if isinstance(found, GraphQLObjectType | GraphQLInterfaceType) else otherwise

    def _price(self, fields: Selected, page: int) -> Priced | None:
        """None for scalars and for introspection, which read no data."""
        self._steps += 1
        if self._steps > 2 * MAX_COST:
            raise _too_dear(self._steps)
        parent, node = fields[0]
        definition = parent.fields.get(node.name.value)
        kind = get_named_type(definition.type) if definition else None
        if definition is None or not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            return None
        around = max(self._page(each) for _, each in fields) if _is_connection(kind) else page
        inside = [(self._kind(owner, each, kind), each.selection_set) for owner, each in fields if each.selection_set]
        size = self._size(definition.type, fields, page, parent)
        return Priced(self._own(parent, kind), size, self.parts(inside, around))

    def _kind(self, owner: Composite, node: FieldNode, otherwise: Composite) -> Composite:
        kind = get_named_type(owner.fields[node.name.value].type)
        return kind if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) else otherwise

    def _own(self, parent: Composite, kind: GraphQLNamedType) -> int:
        if parent is self._schema.mutation_type:
            return MUTATION
        return 0 if kind.name in FREE or kind.name.endswith("Edge") else 1

    def _size(self, type_: GraphQLOutputType, fields: Selected, page: int, parent: Composite) -> int:
        if not is_list_type(get_nullable_type(type_)):
            return 1
        if _is_connection(parent):
            return page
        ids = [self._argument(node, "ids") for _, node in fields]
        return max((len(each) for each in ids if isinstance(each, list)), default=USUAL_LIST)

    def _page(self, node: FieldNode) -> int:
        """The size of the page asked for; a wrong one is refused later, by the connection."""
        sizes = [self._argument(node, name) for name in ("first", "last")]
        whole = [size for size in sizes if type(size) is int and size > 0]
        return min(max(whole, default=USUAL_PAGE), LARGEST_PAGE)

    def _argument(self, node: FieldNode, name: str) -> Any:
        given: Iterable[Any] = (each.value for each in node.arguments or () if each.name.value == name)
        for value in given:
            return value_from_ast_untyped(value, dict(self._variables))
        return None


def _is_connection(kind: GraphQLNamedType) -> bool:
    return kind.name.endswith("Connection")
