"""Orders by the hundred thousand: copies of one order, made inside PostgreSQL, with ids that grow as real ones do."""

import hashlib
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg

from portal.db.setup import connection, credentials
from portal.orders.models import Order
from tests.bench.rounds import say

FRESH_IDS = ("id", "order_id", "line_id", "parcel_id")
NUMBERED = ("source_id", "number", "number_key", "tracking_number", "tracking_key")
ROOTS = ("orders", "order_pages")
INSIDE = ("parcel_lines", "tracking_events")
PORTION = 50_000


@asynccontextmanager
async def mass(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection for rows in great numbers: copies of what was checked once are not checked again."""
    given = {name: value for name, value in credentials(database_url).items() if not name.endswith("size")}
    link = await asyncpg.connect(**given)
    try:
        await link.execute("SET session_replication_role = replica; SET synchronous_commit = off")
        yield link
    finally:
        await link.close()


async def grow(link: asyncpg.Connection, order: Order, first: int, last: int, tables: Sequence[str]) -> None:
    """Copy an order with what belongs to it in `tables`, numbered from `first` to `last`, and tell how far it is."""
    begun = time.perf_counter()
    selects = [f"INSERT INTO {table} {await _select(table, order)}" for table in tables]
    for start in range(first, last + 1, PORTION):
        for insert in selects:
            await link.execute(insert, order.id, start, min(start + PORTION - 1, last))
    # As autovacuum leaves a table that has been there for a while.
    for table in tables:
        await link.execute(f"VACUUM (ANALYZE) {table}")
    say(f"  {last:,} orders are there, made in {time.perf_counter() - begun:.0f} s")


async def fill_inbox(link: asyncpg.Connection, merchant_id: UUID, size: int) -> None:
    """Deliveries applied long ago, one for each order: small ones, what counts is the depth of the indexes."""
    for start in range(0, size, PORTION):
        await link.execute(
            "INSERT INTO scan_deliveries (id, merchant_id, source, body, digest, state, taken, known, strangers, "
            "reason, received_at, ended_at) SELECT (lpad(to_hex(n), 8, '0') || substr(md5('inbox'), 9))::uuid, $1, "
            "'grown', '', sha256(n::text::bytea), 'applied', 1, 0, 0, '', now(), now() "
            "FROM generate_series($2::int, $3::int) n",
            merchant_id,
            start,
            min(start + PORTION, size) - 1,
        )
    await link.execute("VACUUM (ANALYZE) scan_deliveries")


def grown_id(original: UUID, number: int) -> UUID:
    """The id of one copy of a row, as SQL makes it."""
    return UUID(f"{number:08x}{hashlib.md5(str(original).encode()).hexdigest()[8:]}")


async def _select(table: str, order: Order) -> str:
    columns = await connection().execute_query_dict(
        "SELECT column_name AS name FROM information_schema.columns WHERE table_schema = current_schema() "
        "AND table_name = $1 ORDER BY ordinal_position",
        [table],
    )
    ids = await _ids_of_parts(order)
    wanted = ", ".join(_copied(column["name"], ids) for column in columns)
    belongs = f"t.{'id' if table in ROOTS else 'order_id'} = $1"
    if table in INSIDE:
        belongs = "t.parcel_id IN (SELECT id FROM parcels WHERE order_id = $1)"
    return f"SELECT {wanted} FROM {table} t, generate_series($2::int, $3::int) n WHERE {belongs} ORDER BY n"


async def _ids_of_parts(order: Order) -> list[str]:
    """Ids that the order's page names."""
    rows = await connection().execute_query_dict(
        "SELECT id FROM order_lines WHERE order_id = $1 UNION ALL SELECT id FROM parcels WHERE order_id = $1",
        [order.id],
    )
    return [str(row["id"]) for row in rows]


def _copied(column: str, ids: Sequence[str]) -> str:
    if column in FRESH_IDS:
        return _fresh(f"t.{column}::text")
    if column in NUMBERED:
        return f"t.{column} || n"
    if column != "content":
        return f"t.{column}"
    text = "t.content::text"
    for each in ids:
        text = f"replace({text}, '{each}', {_fresh(repr(each))}::text)"
    return f"({text})::jsonb"


def _fresh(text: str) -> str:
    return f"(lpad(to_hex(n), 8, '0') || substr(md5({text}), 9))::uuid"
