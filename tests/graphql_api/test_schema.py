"""The schema is a promise: committed as text, described everywhere, never broken by the way."""

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    build_client_schema,
    build_schema,
    find_breaking_changes,
    get_introspection_query,
)

from graphql_api.cost import FREE
from graphql_api.finding import FINDERS
from graphql_api.returns.enums import ReturnErrorCode, ReturnMethod, ReturnReason
from graphql_api.returns.wrongs import NOT_FOUND, OWN_WORDS
from graphql_api.schema import COMMITTED
from graphql_api.schema_file import schema_text
from portal.policies.words import SENTENCES as POLICY_SENTENCES
from portal.returns.rules import REASONS
from portal.returns.words import METHODS, SENTENCES
from tests.graphql_api.clients import Client

HERE = build_schema(schema_text())
OURS = [kind for kind in HERE.type_map.values() if not kind.name.startswith("__")]


def test_the_committed_schema_is_that_of_the_code() -> None:
    assert COMMITTED.read_text("utf-8") == schema_text(), "run: python -m graphql_api.schema_file"


def test_nothing_that_was_promised_is_gone() -> None:
    broken = find_breaking_changes(build_schema(COMMITTED.read_text("utf-8")), HERE)
    assert [change.description for change in broken] == []


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.name)
def test_everything_has_a_description(kind: object) -> None:
    missing = []
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
        missing += [name for name, field in kind.fields.items() if not field.description]
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        missing += [
            f"{name}({argument}:)"
            for name, field in kind.fields.items()
            for argument, given in field.args.items()
            if not given.description
        ]
    if isinstance(kind, GraphQLEnumType):
        missing += [name for name, value in kind.values.items() if not value.description]
    assert (getattr(kind, "description", None) is not None, missing) == (True, [])


def test_every_refusal_of_the_portal_has_its_code() -> None:
    codes = {*SENTENCES, *POLICY_SENTENCES, *OWN_WORDS} - {*NOT_FOUND, "request_key_reused"}
    assert codes <= {code.value for code in ReturnErrorCode}


def test_reasons_and_methods_are_the_portals() -> None:
    assert {reason.value for reason in ReturnReason} == set(REASONS)
    assert {method.value for method in ReturnMethod} == set(METHODS)


def test_what_is_free_and_what_can_be_found_are_types() -> None:
    assert set(HERE.type_map) >= FREE | set(FINDERS)
    nodes = HERE.get_possible_types(HERE.type_map["Node"])  # type: ignore[arg-type]  # an interface, as it says
    assert {kind.name for kind in nodes} == set(FINDERS)


async def test_the_schema_can_be_read_with_a_key(client: Client) -> None:
    read = build_client_schema(await client.ask(get_introspection_query(input_value_deprecation=True)))
    assert find_breaking_changes(HERE, read) == []
