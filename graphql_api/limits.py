"""How large a document may be, measured before validation so that an expensive one never gets that far.

Fragments are measured once each: counting them at every spread would take exponential time on nested spreads.
"""

from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

from graphql_api.errors import TOO_COMPLEX, Told

MAX_CHARACTERS = 15_000
MAX_TOKENS = 1000
MAX_DEPTH = 10
MAX_ALIASES = 15
MAX_DIRECTIVES = 50


@dataclass(slots=True)
class Size:
    """Of a selection with everything it spreads. Counts may be astronomically large; they are whole numbers."""

    depth: int = 0
    aliases: int = 0
    directives: int = 0

    def add(self, other: "Size") -> None:
        """Selections side by side."""
        self.depth = max(self.depth, other.depth)
        self.aliases += other.aliases
        self.directives += other.directives


def check_size(document: DocumentNode) -> None:
    """Raises QUERY_TOO_COMPLEX for the first limit that an operation of the document exceeds."""
    measure = _Measure(document)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            size = measure.of(definition.selection_set)
            size.directives += len(definition.directives or ())
            _refuse("levels", size.depth, MAX_DEPTH)
            _refuse("aliases", size.aliases, MAX_ALIASES)
            _refuse("directives", size.directives, MAX_DIRECTIVES)


def _refuse(what: str, found: int, most: int) -> None:
    if found > most:
        raise Told(TOO_COMPLEX, f"The query has too many {what}: at most {most}.", limit=most)


class _Measure:
    """Measures selections of one document."""

    def __init__(self, document: DocumentNode) -> None:
        self._fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self._known: dict[str, Size] = {}

    def of(self, selections: SelectionSetNode | None) -> Size:
        """The size of a selection set."""
        size = Size()
        for selection in selections.selections if selections else ():
            size.add(self._one(selection))
        return size

    def _one(self, selection: SelectionNode) -> Size:
        if isinstance(selection, FragmentSpreadNode):
            inside = self._fragment(selection.name.value)
            found = Size(inside.depth, inside.aliases, inside.directives)
        else:
            found = self.of(getattr(selection, "selection_set", None))
        if isinstance(selection, FieldNode):
            # Introspection has its own limit among the rules of validation.
            found.depth = 0 if selection.name.value.startswith("__") else found.depth + 1
            found.aliases += selection.alias is not None
        found.directives += len(selection.directives or ())
        return found

    def _fragment(self, name: str) -> Size:
        if name not in self._known:
            # A fragment inside itself counts as nothing here; validation refuses it.
            self._known[name] = Size()
            fragment = self._fragments.get(name)
            if fragment is not None:
                self._known[name] = self.of(fragment.selection_set)
        return self._known[name]
