"""Orders of a file into the database, beside COPY of the very rows that they became.

Floor: the rows of all six tables, ready beforehand, copied in as many transactions as ours. Ours reads the file, checks
every amount, and builds the pages. Each round imports new orders; a second pair imports orders that are known.
"""

import json
import tempfile
import time
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from portal.db.setup import connection, credentials
from portal.intake.service import record_order, record_orders
from portal.orders.importing import AT_ONCE, import_orders, read_records
from tests.bench.ground import TABLES, Ground
from tests.bench.rounds import Result, compare, say
from tests.factories.merchants import NOW, make_merchant
from tests.factories.shopify import fulfillment, line_item, order

EACH, AIM = 2 * AT_ONCE, 0.10


async def run(ground: Ground) -> list[Result]:
    """New orders, known orders, and for comparison one by one."""
    merchant = await make_merchant()
    turn = count(1)
    given = credentials(str(ground.settings.database_url), 2)
    pool = await asyncpg.create_pool(**{name: value for name, value in given.items() if "size" not in name}, min_size=1)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "orders.jsonl"

        async def ours(times: int) -> None:
            write_file(file, [next(turn) for _ in range(times)])
            await imported(merchant.id, file)

        async def known(times: int) -> None:
            await imported(merchant.id, file)

        copier = Copier(pool, merchant.id)
        await ours(EACH)
        await copier.learn()
        new = await compare("orders imported, new", ours, copier.copy, aim=AIM, each=EACH, rounds=5)
        write_file(file, [next(turn) for _ in range(EACH)])
        await known(EACH)
        same = await compare("orders imported, known", known, copier.copy, aim=AIM, each=EACH, rounds=5)
        await one_by_one(merchant.id, file, turn)
    await pool.close()
    say(f"  {1000 / new.ours_ms:,.0f} new orders a second, {1000 / same.ours_ms:,.0f} known ones")
    return [new, same]


def write_file(file: Path, numbers: list[int]) -> None:
    """Shopify orders of two lines in one parcel each."""
    with file.open("w") as out:
        for number in numbers:
            payload = order(
                [line_item(1), line_item(2)],
                id=10_000_000 + number,
                name=f"#B{number}",
                fulfillments=[fulfillment(number, [(1, 1), (2, 1)], tracking_numbers=[f"BULK{number:012}"])],
            )
            out.write(json.dumps(payload, default=str) + "\n")


async def imported(merchant_id: UUID, file: Path) -> None:
    """Import, and fail loudly when anything is refused."""
    report = await import_orders(merchant_id, "shopify", file, store=record_orders, now=NOW)
    if report.refused:
        raise RuntimeError(f"refused: {report.refusals[0]}")


async def one_by_one(merchant_id: UUID, file: Path, turn: "count[int]") -> None:
    """What it costs to store each order in a transaction of its own."""
    write_file(file, [next(turn) for _ in range(100)])
    records = [entry.record for entry in read_records(file) if entry.record]
    begun = time.perf_counter()
    for record in records:
        await record_order(merchant_id, record, NOW)
    say(f"  one by one: {len(records) / (time.perf_counter() - begun):,.0f} orders a second")


class Copier:
    """The floor: rows of one portion of orders, copied again and again with new ids."""

    def __init__(self, pool: asyncpg.Pool, merchant_id: UUID) -> None:
        self.pool, self.merchant_id = pool, merchant_id
        self.tables: dict[str, tuple[list[str], list[Any]]] = {}

    async def learn(self) -> None:
        """Remember the rows, and make tables of the same shape for them: the floor must not fill ours."""
        for table in TABLES:
            await connection().execute_script(f"CREATE TABLE IF NOT EXISTS floor_{table} (LIKE {table} INCLUDING ALL)")
            sql = f"SELECT * FROM {table} WHERE merchant_id = $1 ORDER BY id"
            rows = await self.pool.fetch(sql, self.merchant_id)
            self.tables[table] = (list(rows[0].keys()), [tuple(row) for row in rows])

    async def copy(self, times: int) -> None:
        """Copy as many orders as were learnt, in portions."""
        async with self.pool.acquire() as link:
            for table in self.tables:
                await link.execute(f"TRUNCATE floor_{table}")
            for portion in range(times // AT_ONCE):
                async with link.transaction():
                    for table, (columns, rows) in self.tables.items():
                        size = len(rows) * AT_ONCE // times
                        part = rows[portion * size : (portion + 1) * size]
                        await link.copy_records_to_table(f"floor_{table}", columns=columns, records=part)
