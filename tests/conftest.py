"""What every test may ask for: real servers, a database of this run's own, and a merchant of the test's own.

Tests are kept apart as tenants are: each gets a merchant that no other test knows, so nothing is emptied or rolled
back,
and every test also proves that rows of one merchant stay with it.
"""

import contextlib
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from starlette.applications import Starlette

from graphql_api.application import create_application
from portal.db.setup import credentials, database, migrate
from portal.embedded.servers import FOR_TESTS, Servers, embedded_servers
from portal.merchants.queries import MerchantFacts
from portal.settings import Settings, read_settings
from tests.factories.merchants import NOW, make_merchant

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def servers(worker_id: str) -> Iterator[Servers]:
    """PostgreSQL and Valkey, shared by all workers of a run; tests own their databases in them."""
    if os.environ.get("TEST_DATABASE_URL") and os.environ.get("TEST_REDIS_URL"):
        yield Servers(os.environ["TEST_DATABASE_URL"], os.environ["TEST_REDIS_URL"])
        return
    with embedded_servers(ROOT / "build" / "test-servers", FOR_TESTS) as found:
        yield found


@pytest.fixture(scope="session")
async def database_url(servers: Servers) -> AsyncIterator[str]:
    """A migrated database for this process, dropped at the end."""
    name = f"doorstep_test_{uuid4().hex[:12]}"
    async with _admin(servers.database_url) as admin:
        await admin.execute(f'CREATE DATABASE "{name}"')
    parts = credentials(servers.database_url)
    url = f"postgresql://{parts['user']}:{parts['password']}@/{name}?host={parts['host']}&port={parts['port']}"
    await migrate(url)
    yield url
    async with _admin(servers.database_url) as admin:
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def settings(servers: Servers, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings as an installation has them, with this run's servers and a folder of its own."""
    return read_settings(
        DOORSTEP_ENV="development",
        DATABASE_URL=database_url,
        REDIS_URL=servers.redis_url,
        DOORSTEP_DATA_DIR=tmp_path_factory.mktemp("data"),
        DOORSTEP_SECRET_KEY="k" * 48,
        DOORSTEP_PUBLIC_SCHEME="http",
    )


@pytest.fixture(scope="session")
async def open_database(settings: Settings) -> AsyncIterator[None]:
    """The pool of this process."""
    async with database(settings):
        yield


@pytest.fixture
async def merchant(open_database: None) -> MerchantFacts:
    """A merchant of this test's own, in Germany, in English first."""
    return await make_merchant()


@pytest.fixture
async def other_merchant(open_database: None) -> MerchantFacts:
    """A second one, in the United States."""
    return await make_merchant(
        name="Aurelle",
        theme="aurelle",
        currency="USD",
        country="US",
        time_zone="America/New_York",
    )


@contextlib.asynccontextmanager
async def _admin(url: str) -> AsyncIterator[asyncpg.Connection]:
    wanted = {name: value for name, value in credentials(url).items() if name not in {"minsize", "maxsize"}}
    link = await asyncpg.connect(**wanted)
    try:
        yield link
    finally:
        await link.close()


@pytest.fixture(scope="session")
async def app(settings: Settings, open_database: None) -> AsyncIterator[Starlette]:
    """The whole web application, with the tests' clock."""
    application = create_application(settings, clock=lambda: NOW)
    yield application
    await application.state.limiter.close()
    await application.state.buckets.close()
