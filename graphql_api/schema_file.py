"""`python -m graphql_api.schema_file`: write the schema as text beside the code, where it is committed."""

from graphql_api.schema import COMMITTED, SCHEMA


def schema_text() -> str:
    """The schema of the code, sorted, in GraphQL's own language."""
    return f"{SCHEMA.as_str()}\n"


if __name__ == "__main__":
    COMMITTED.write_text(schema_text(), "utf-8")
