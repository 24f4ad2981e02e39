"""A shorter way for the commonest field: an attribute that is a scalar or an enum, without arguments.

The engine makes an info object, asks twice whether the value has to be awaited and walks through the field's type; for
an attribute none of that can matter. Whatever is out of the ordinary (a null where none may be, a value that the type
does not know) goes the engine's own way, which also words the error.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLObjectType, GraphQLString, get_nullable_type, is_leaf_type, is_non_null_type
from strawberry import Schema
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

BACK = GraphQLCoreConverter.DEFINITION_BACKREF
MISSING = object()
"""Of an attribute that is not there: for the engine to complain about."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A field that is an attribute. `coerce` None: a text stays what it is."""

    attribute: str
    nullable: bool
    coerce: Callable[[Any], Any] | None

    def out(self, value: Any) -> Any:
        """The value as the answer has it, or None when the engine has to say what is wrong with it."""
        if self.coerce is None:
            return value if type(value) is str else None
        try:
            return self.coerce(value) if value is not None else None
        except Exception:  # whatever a scalar raises, the engine's own way meets it again and tells it
            return None


def shorter(schema: Schema) -> type:
    """The schema's executor with the short way for its plain fields."""
    plain = {
        name: _plain_fields(kind)
        for name, kind in schema._schema.type_map.items()
        if isinstance(kind, GraphQLObjectType)
    }

    class Shorter(schema.execution_context_class):  # type: ignore[name-defined,misc]  # the class is known at run time
        def execute_field(
            self, parent_type: Any, source: Any, field_details_list: Any, path: Any, position_context: Any
        ) -> Any:
            known = plain[parent_type.name].get(field_details_list[0].node.name.value)
            if known is not None:
                value = getattr(source, known.attribute, MISSING)
                if value is None and known.nullable:
                    return None
                found = known.out(value) if value is not MISSING else None
                if found is not None:
                    return found
            return super().execute_field(parent_type, source, field_details_list, path, position_context)

    return Shorter


def _plain_fields(kind: GraphQLObjectType) -> dict[str, Plain]:
    found = {}
    for name, definition in kind.fields.items():
        field, leaf = definition.extensions.get(BACK), get_nullable_type(definition.type)
        if isinstance(field, StrawberryField) and field.is_basic_field and is_leaf_type(leaf) and not definition.args:
            coerce = None if leaf is GraphQLString else leaf.coerce_output_value
            found[name] = Plain(field.python_name, not is_non_null_type(definition.type), coerce)
    return found
