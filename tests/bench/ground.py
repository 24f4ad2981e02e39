"""What the benchmarks stand on: servers of their own, one merchant, one order to look at among ten thousand.

The order comes in through the real service. Its ten thousand companions are copies of it, made in SQL with ids of
their own, because the service's way takes minutes for what only has to give the indexes a realistic depth.
The servers keep every commit on disk as in production: a floor that only writes to memory is no floor.
"""

import hashlib
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import structlog
from starlette.applications import Starlette

from graphql_api.application import create_application
from portal.db.setup import connection, database, migrate
from portal.embedded.servers import embedded_servers
from portal.intake.service import record_order
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.policies.service import publish_policy
from portal.settings import Settings, read_settings
from portal.tracking.rules import ParcelStatus
from portal.tracking.service import HeardScan, record_scans
from portal.web.csrf import new_secret
from portal.web.sessions import open_session
from tests.factories.merchants import NOW, make_merchant
from tests.factories.policies import FIRST_POLICY
from tests.factories.records import line_record, order_record, parcel_record

COMPANIONS = 10_000
FIRST, SECOND = "00340434161094042557", "00340434161094042564"
CITIES = ("Leipzig", "Magdeburg", "Braunschweig", "Ludwigsfelde")
FRESH_IDS = ("id", "order_id", "line_id", "parcel_id")
TABLES = ("orders", "order_lines", "parcels", "parcel_lines", "tracking_events", "order_pages")


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything a benchmark may use. `token` is the cookie of a browser that has found the order."""

    settings: Settings
    app: Starlette
    merchant: MerchantFacts
    order: Order
    token: str
    secret: str

    @property
    def host(self) -> str:
        """The merchant's host name."""
        return f"{self.merchant.slug}.localhost"

    @property
    def cookie(self) -> str:
        """What the browser sends: its session and its form secret."""
        return f"doorstep={self.token}; doorstep-form={self.secret}"


@contextmanager
def own_servers() -> Iterator[Settings]:
    """Servers in a temporary folder, and settings as an installation has them."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        with embedded_servers(Path(folder) / "data") as servers:
            yield read_settings(
                DOORSTEP_ENV="production",
                DATABASE_URL=servers.database_url,
                REDIS_URL=servers.redis_url,
                DOORSTEP_DATA_DIR=folder,
                DOORSTEP_SECRET_KEY="k" * 48,
                DOORSTEP_PUBLIC_SCHEME="http",
            )


@asynccontextmanager
async def prepared(settings: Settings) -> AsyncIterator[Ground]:
    """The database with its merchant and orders, and the application on it."""
    await migrate(str(settings.database_url))
    async with database(settings):
        merchant = await make_merchant()
        await publish_policy(merchant.id, FIRST_POLICY, NOW)
        order = await stored_order(merchant.id)
        await copy_orders(order, 1, COMPANIONS)
        await connection().execute_script("ANALYZE")
        token = await open_session(merchant.id, None, order.id, order.number, NOW)
        app = create_application(settings, clock=lambda: NOW)
        yield Ground(settings, app, merchant, order, token, new_secret())
        await app.state.limiter.close()
        await app.state.buckets.close()


async def stored_order(merchant_id: UUID) -> Order:
    """Three lines in two parcels, one delivered and one on its way with a date, nine scans: a middling order."""
    lines = (
        line_record(),
        line_record("l2", title="Cairn beanie", variant="Heather / one size", sku="FW-BNE-01", quantity=2),
        line_record("l3", title="Tarn leather boots", variant="Chestnut / 42", sku="FW-BTS-01"),
    )
    parcels = (
        parcel_record("p1", tracking_number=FIRST, lines=(("l1", 1), ("l2", 2))),
        parcel_record("p2", tracking_number=SECOND, lines=(("l3", 1),)),
    )
    record = order_record(lines=lines, parcels=parcels)
    await record_order(merchant_id, record, NOW)
    await record_scans(merchant_id, "demo", [*_way(FIRST), _delivered(FIRST), *_way(SECOND)], NOW)
    return await Order.get(merchant_id=merchant_id, source_id=record.source_id)


def _way(number: str) -> list[HeardScan]:
    scans = [
        HeardScan(number, ParcelStatus.IN_TRANSIT, NOW - timedelta(hours=40 - 6 * place), city=city, country="DE")
        for place, city in enumerate(CITIES)
    ]
    return [*scans[:-1], replace(scans[-1], estimated_date=date(2026, 11, 24))]


def _delivered(number: str) -> HeardScan:
    return HeardScan(number, ParcelStatus.DELIVERED, NOW - timedelta(hours=3), city="Berlin", country="DE")


async def copy_orders(order: Order, first: int, last: int, tables: Sequence[str] = TABLES) -> None:
    """Copy an order with all that belongs to it, numbered from `first` to `last`; every copy has ids of its own."""
    ids = await _ids(order)
    for table in tables:
        key = "id" if table in {"orders", "order_pages"} else "order_id"
        belongs = f"t.{key} = $1"
        if table in {"parcel_lines", "tracking_events"}:
            belongs = "t.parcel_id IN (SELECT id FROM parcels WHERE order_id = $1)"
        await connection().execute_query(
            f"INSERT INTO {table} SELECT {await _columns(table, ids)} "
            f"FROM {table} t, generate_series($2::int, $3::int) n "
            f"WHERE {belongs}",
            [order.id, first, last],
        )


def copied_id(order_id: UUID, number: int) -> UUID:
    """The id of one copy of an order, as SQL makes it."""
    return UUID(hashlib.md5(f"{order_id}{number}".encode()).hexdigest())


async def _ids(order: Order) -> list[str]:
    """Ids that an order's page names: they change in its copies."""
    rows = await connection().execute_query_dict(
        "SELECT id FROM order_lines WHERE order_id = $1 UNION ALL SELECT id FROM parcels WHERE order_id = $1",
        [order.id],
    )
    return [str(row["id"]) for row in rows]


async def _columns(table: str, ids: list[str]) -> str:
    rows = await connection().execute_query_dict(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1 "
        "ORDER BY ordinal_position",
        [table],
    )
    return ", ".join(_copied(row["column_name"], ids) for row in rows)


def _copied(column: str, ids: list[str]) -> str:
    if column in FRESH_IDS:
        return f"md5(t.{column}::text || n)::uuid"
    if column in {"source_id", "number", "number_key", "tracking_number", "tracking_key"}:
        return f"t.{column} || n"
    if column == "content":
        text = "t.content::text"
        for each in ids:
            text = f"replace({text}, '{each}', md5('{each}' || n)::uuid::text)"
        return f"({text})::jsonb"
    return f"t.{column}"
