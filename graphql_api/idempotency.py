"""Idempotency keys: by argument, by `@idempotent(key:)` on the mutation, or by the header of the request."""

import hashlib
from typing import Annotated
from uuid import uuid4

import strawberry
from graphql import FieldNode, value_from_ast_untyped
from strawberry.directive import DirectiveLocation

from graphql_api.context import Info
from graphql_api.errors import BAD_USER_INPUT, Told

LONGEST = 255


@strawberry.directive(
    locations=[DirectiveLocation.FIELD],
    description="Makes a mutation safe to repeat: the same key and input again changes nothing and answers alike.",
)
def idempotent(
    key: Annotated[str, strawberry.argument(description="Up to 255 characters of your own, for example a UUID.")],
) -> None:
    """Read where it is needed, by `request_key`."""


def request_key(info: Info, argument: str | None) -> str:
    """What the returns room remembers a request by. Without any key, one that is never used again.

    Raises BAD_USER_INPUT for keys that are empty, too long or contradict each other.
    """
    header = info.context.idempotency_key
    if header and info.context.mutations != 1:
        raise Told(BAD_USER_INPUT, "The Idempotency-Key header needs a request with exactly one mutation.")
    given = {key for key in (argument, _directive(info), header or None) if key is not None}
    if len(given) > 1:
        raise Told(BAD_USER_INPUT, "Argument, directive and header name different idempotency keys.")
    if not given:
        return f"api:{uuid4().hex}"
    key = given.pop()
    if not 1 <= len(key) <= LONGEST:
        raise Told(BAD_USER_INPUT, f"An idempotency key has 1 to {LONGEST} characters.")
    return f"api:{hashlib.sha256(key.encode()).hexdigest()}"


def _directive(info: Info) -> str | None:
    nodes: list[FieldNode] = info._raw_info.field_nodes  # the directive's place is known to the engine's info alone
    for node in nodes:
        for directive in node.directives or ():
            if directive.name.value == "idempotent":
                key = next(iter(directive.arguments or ()))
                return str(value_from_ast_untyped(key.value, info.variable_values))
    return None
