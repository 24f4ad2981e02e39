"""Opening the database, one transaction at a time, and bringing its tables up to date."""

import pkgutil
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
from tortoise import Tortoise, connections
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.migrations import api
from tortoise.transactions import in_transaction

from portal.db import migrations
from portal.db.sealed import use_keys
from portal.settings import Settings

MODELS = [
    "portal.merchants.models",
    "portal.orders.models",
    "portal.policies.models",
    "portal.intake.models",
    "portal.tracking.models",
    "portal.labels.models",
    "portal.returns.models",
    "portal.requests.models",
    "portal.proofs.models",
    "portal.products.models",
    "portal.notifications.models",
    "portal.web.models",
    "portal.db.schedule_models",
    "portal.db.outbox_models",
]
MIGRATION_LOCK = 0x0D_00_12_57_E9
"""The advisory lock that lets one `doorstep migrate` run at a time."""


class PooledConnection(asyncpg.Connection):
    """Goes back to the pool without the reset that costs a round trip: nothing of ours outlives its statement.

    Advisory locks through the pool are those of a transaction, LISTEN has connections of its own, SET is not used;
    a house test watches over it.
    """

    __slots__ = ()

    def get_reset_query(self) -> str:
        """Nothing to reset."""
        return ""


def tortoise_config(database_url: str, pool: int = 10) -> dict[str, Any]:
    """What tortoise and its migration tool need to know."""
    return {
        "connections": {
            "default": {
                "engine": "tortoise.backends.asyncpg",
                "credentials": credentials(database_url, pool),
            }
        },
        "apps": {
            "doorstep": {
                "models": MODELS,
                "default_connection": "default",
                "migrations": "portal.db.migrations",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


def credentials(database_url: str, pool: int = 10) -> dict[str, Any]:
    """A PostgreSQL address taken apart for asyncpg; `?host=/folder` means a Unix socket."""
    parts = urlsplit(database_url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    found: dict[str, Any] = {
        "host": query.pop("host", None) or parts.hostname or "localhost",
        "port": int(query.pop("port", 0)) or parts.port or 5432,
        "user": unquote(parts.username or "postgres"),
        "password": unquote(parts.password or ""),
        "database": unquote(parts.path.lstrip("/")) or "postgres",
        "minsize": 1,
        "maxsize": pool,
        "connection_class": PooledConnection,
    }
    if "sslmode" in query:
        found["ssl"] = query["sslmode"]
    return found


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[None]:
    """Open the pool for this process and close it at the end. The address must be known by now."""
    if settings.database_url is None:
        raise RuntimeError("DATABASE_URL is not set and no embedded PostgreSQL was started")
    use_keys([settings.secret_key, *settings.previous_secret_keys])
    await Tortoise.init(
        config=tortoise_config(settings.database_url, settings.database_pool),
        _enable_global_fallback=True,
    )
    try:
        yield
    finally:
        await Tortoise.close_connections()


def transaction() -> AbstractAsyncContextManager[BaseDBAsyncClient]:
    """One transaction. Nested ones are savepoints."""
    return in_transaction("default")  # type: ignore[return-value]  # tortoise's own context manager, typed more loosely


def connection() -> BaseDBAsyncClient:
    """The connection of this task: the transaction it is in, else the pool."""
    return connections.get("default")


async def migrate(database_url: str) -> None:
    """Apply every migration that is missing; several callers at once take turns."""
    lock = await asyncpg.connect(**_single(database_url))
    try:
        await lock.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        await api.migrate(config=tortoise_config(database_url))
    finally:
        await lock.close()


async def pending_migrations(database_url: str) -> list[str]:
    """Names of migrations that this code has and the database has not."""
    link = await asyncpg.connect(**_single(database_url))
    try:
        known = await link.fetchval("SELECT to_regclass('tortoise_migrations') IS NOT NULL")
        rows = await link.fetch("SELECT name FROM tortoise_migrations WHERE app = 'doorstep'") if known else []
    finally:
        await link.close()
    applied = {row["name"] for row in rows}
    return [name for name in migration_names() if name not in applied]


def migration_names() -> list[str]:
    """The migrations of this code, in order."""
    return sorted(module.name for module in pkgutil.iter_modules(migrations.__path__))


def _single(database_url: str) -> dict[str, Any]:
    return {name: value for name, value in credentials(database_url).items() if name not in {"minsize", "maxsize"}}
