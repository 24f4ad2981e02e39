"""Many rows in one statement: they travel as one JSON text, and the table itself says what its columns are."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson

from portal.db.setup import connection


async def insert_rows(table: str, rows: Sequence[Mapping[str, Any]], changing: Collection[str] = ()) -> None:
    """Insert rows that all have the same columns, inside the caller's transaction. With `changing` a row whose id is
    there already gets those columns anew. `table` and columns are names of this code, never of a request.
    """
    if not rows:
        return
    columns = ", ".join(rows[0])
    anew = ", ".join(f"{name} = EXCLUDED.{name}" for name in changing)
    conflict = f"ON CONFLICT (id) DO UPDATE SET {anew}" if changing else ""
    await connection().execute_query(
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, $1::text::json) "
        f"{conflict}",
        [_packed(rows)],
    )


async def update_rows(merchant_id: UUID, table: str, rows: Sequence[Mapping[str, Any]], **own: str) -> None:
    """Write rows anew by their ids, inside the caller's transaction. `own` gives a column another value than the row's,
    as SQL in which `t` is the stored row and `n` the new one.
    """
    if not rows:
        return
    values = {name: own.get(name, f"n.{name}") for name in rows[0] if name not in ("id", "merchant_id")}
    changes = ", ".join(f"{name} = {value}" for name, value in values.items())
    await connection().execute_query(
        f"UPDATE {table} t SET {changes} FROM json_populate_recordset(NULL::{table}, $1::text::json) n "
        f"WHERE t.id = n.id AND t.merchant_id = $2",
        [_packed(rows), merchant_id],
    )


def _packed(rows: Sequence[Mapping[str, Any]]) -> str:
    return orjson.dumps(rows, default=_plain).decode()


def _plain(value: object) -> str:
    """Ids read from the database are asyncpg's own kind of UUID, which orjson does not know; bytes go as hex."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    raise TypeError(f"{type(value).__name__} cannot be a column")
