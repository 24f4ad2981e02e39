"""The application that a web process serves: the shoppers' pages with the admin API beside them."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route
from strawberry import Schema

from graphql_api.execution import Engine
from graphql_api.over_http import Door
from graphql_api.schema import SCHEMA
from graphql_api.throttle import Buckets
from portal.app import create_app, utc_now
from portal.logs import configure_logs
from portal.settings import Settings, read_settings

NEWEST = "2026-11"
VERSIONS = (NEWEST, "unstable")
LARGEST_STREAM = 8 * 1024 * 1024
"""Beyond this the server breaks off by itself; the door answers politely from 256 KB on."""


def create_application(
    settings: Settings | None = None, clock: Callable[[], datetime] = utc_now, schema: Schema = SCHEMA
) -> Starlette:
    """Everything one web process answers. Without settings the environment is read; raises SettingsError."""
    found = settings or _installed()
    buckets = Buckets(found.redis_url)
    app = create_app(
        found, doors=[*_doors(schema, buckets), *_demo_doors(found)], clock=clock, examples=_examples(found)
    )
    app.state.buckets = buckets
    shared = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with shared(app):
            yield
        await buckets.close()

    app.router.lifespan_context = lifespan
    return app


def _installed() -> Settings:
    """The settings of this process's environment, with its logs set up by them."""
    found = read_settings()
    configure_logs(found.log_level, as_json=found.env == "production")
    return found


def _doors(schema: Schema, buckets: Buckets) -> list[Route]:
    engine = Engine(schema, buckets)
    paths = {"/graphql": NEWEST, **{f"/graphql/{version}": version for version in VERSIONS}}
    return [
        Route(path, Door(engine, version), name=f"graphql {path}", max_body_size=LARGEST_STREAM)
        for path, version in paths.items()
    ]


def _demo_doors(settings: Settings) -> list[BaseRoute]:
    """The mailbox of those who play shoppers: in the demo only."""
    if settings.env != "demo":
        return []
    from portal.demo.mailbox import routes

    return [*routes]


def _examples(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Numbers and postal codes to try, by merchant: in the demo only."""
    if settings.env != "demo":
        return {}
    from portal.demo.orders import FEATURED

    found: dict[str, tuple[str, ...]] = {}
    for order in FEATURED:
        found[order.merchant_slug] = (
            *found.get(order.merchant_slug, ()),
            f"{order.number} · {order.postal_code or order.email}",
        )
    return found
