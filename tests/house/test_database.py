"""The database is what the migrations promise: checks, keys within one merchant, an index for every key."""

import pkgutil
from importlib import import_module
from inspect import getmembers, isclass

import pytest
from tortoise.models import Model

import portal
from portal.db.base import MerchantRow
from portal.db.setup import MODELS, connection, migration_names, pending_migrations

PROMISING = [
    module
    for module in (import_module(f"portal.db.migrations.{name}") for name in migration_names())
    if hasattr(module, "CHECKS")
]
WITHOUT_MERCHANT_KEY = {"merchants", "schedule", "tortoise_migrations"}
"""The merchants themselves, what runs every so often for all of them, and the migration tool's own table."""


async def test_every_promised_constraint_is_there(open_database: None) -> None:
    rows = await connection().execute_query_dict("SELECT conname FROM pg_constraint")
    found = {row["conname"] for row in rows}
    promised = {name for module in PROMISING for _, name, _ in module.CHECKS}
    promised |= {f"{table}_{column}_of_merchant" for module in PROMISING for table, column, _ in module.CHILDREN}
    promised |= {f"{table}_of_merchant" for module in PROMISING for table in module.PARENTS}
    assert promised - found == set()


async def test_every_promised_index_is_there(open_database: None) -> None:
    rows = await connection().execute_query_dict("SELECT indexname FROM pg_indexes WHERE schemaname = 'public'")
    found = {row["indexname"] for row in rows}
    statements = [statement for module in PROMISING for statement in module.INDEXES]
    names = {statement.removeprefix("CREATE ").removeprefix("UNIQUE ").split()[1] for statement in statements}
    assert names - found == set()


async def test_every_foreign_key_has_an_index(open_database: None) -> None:
    """The last column of each key (the one that is not the merchant) leads some index."""
    rows = await connection().execute_query_dict(
        """
        SELECT c.conrelid::regclass::text AS child, a.attname AS attribute
        FROM pg_constraint c
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[array_upper(c.conkey, 1)]
        WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND NOT EXISTS (
            SELECT 1 FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = a.attnum
        )
        """
    )
    assert rows == []


async def test_every_table_names_its_merchant(open_database: None) -> None:
    rows = await connection().execute_query_dict(
        "SELECT table_name AS t, bool_or(column_name = 'merchant_id' AND is_nullable = 'NO') AS scoped "
        "FROM information_schema.columns WHERE table_schema = 'public' GROUP BY table_name"
    )
    assert {row["t"] for row in rows if not row["scoped"]} == WITHOUT_MERCHANT_KEY


async def test_migrations_make_what_the_models_say(open_database: None, database_url: str) -> None:
    assert await pending_migrations(database_url) == []
    rows = await connection().execute_query_dict(
        "SELECT table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema = 'public'"
    )
    made = {(row["t"], row["c"]) for row in rows}
    for module in MODELS:
        for _, model in getmembers(import_module(module), lambda member: isclass(member) and issubclass(member, Model)):
            if model.__module__ == module and not getattr(model.Meta, "abstract", False):
                said = {(model._meta.db_table, column) for column in model._meta.fields_db_projection.values()}
                assert said - made == set(), model


def test_every_model_is_known_to_the_migration_tool() -> None:
    rooms = [name for _, name, _ in pkgutil.walk_packages(portal.__path__, "portal.") if name.endswith("models")]
    assert set(rooms) <= set(MODELS)


def test_migrations_are_numbered_without_gaps() -> None:
    numbers = [int(name.split("_")[0]) for name in migration_names()]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("model", MerchantRow.__subclasses__(), ids=lambda model: model.__name__)
def test_a_row_of_a_merchant_cannot_lose_it(model: type[MerchantRow]) -> None:
    assert not model._meta.fields_map["merchant_id"].null
