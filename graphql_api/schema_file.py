"""`python -m graphql_api.schema_file`: write the schema as text beside the code, where it is committed."""

from graphql import lexicographic_sort_schema, print_schema

from graphql_api.schema import COMMITTED, SCHEMA


def schema_text() -> str:
    """The schema of the code, sorted, in GraphQL's own language."""
    # Strawberry's own sorting would replace its enums by the engine's, which hand out texts instead of members.
    return f"{print_schema(lexicographic_sort_schema(SCHEMA._schema))}\n"


if __name__ == "__main__":
    COMMITTED.write_text(schema_text(), "utf-8")
