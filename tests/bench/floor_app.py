"""The floors as one bare application: Starlette, an asyncpg pool, Jinja. One brand, one language, read at start."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from uuid import UUID

import asyncpg
from jinja2 import Environment
from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Route

from portal.branding.themes import Theme
from portal.db.setup import credentials
from portal.tracking.presenters import SectionView
from portal.tracking.sections import section_views
from portal.web.assets import Assets, static_files
from portal.web.locale import Speech, own_name
from portal.wiring import branded
from tests.bench.floor_pages import flat_environment
from tests.factories.merchants import NOW

LANGUAGE = "de"


@dataclass(frozen=True, slots=True)
class Shop:
    """What a hand-written shop page has as constants."""

    id: UUID
    slug: str
    speech: Speech
    templates: Environment
    page: SimpleNamespace
    languages: tuple[str, ...]
    names: dict[str, str]
    blocks: tuple[SectionView, ...]
    """The brand's own blocks of an order without news that is bad."""

    def framed(self, path: str) -> SimpleNamespace:
        """The frame of a page at this path."""
        languages = [
            SimpleNamespace(code=code, name=self.names[code], url=f"/{code}{path}", current=code == LANGUAGE)
            for code in self.languages
        ]
        return SimpleNamespace(**vars(self.page), languages=languages)


def create_floor(database_url: str = "", redis_url: str = "") -> Starlette:
    """The application; as a server's factory it reads DATABASE_URL and REDIS_URL."""
    from tests.bench.floor_lookup import look_up, show_result
    from tests.bench.floor_return import send_return
    from tests.bench.floor_tracking import show_changes, show_order

    url = database_url or os.environ["DATABASE_URL"]

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        wanted = {name: value for name, value in credentials(url).items() if name not in {"minsize", "maxsize"}}
        async with (
            asyncpg.create_pool(**wanted, min_size=1, max_size=10) as pool,
            Redis.from_url(redis_url or os.environ["REDIS_URL"]) as redis,
        ):
            app.state.pool, app.state.redis = pool, redis
            app.state.shop = await read_shop(pool)
            yield

    return Starlette(
        routes=[
            Route("/orders/{order_id:uuid}", show_order),
            Route("/orders/{order_id:uuid}/live", show_changes),
            Route("/lookup", look_up, methods=["POST"]),
            Route("/lookup/result", show_result),
            Route("/orders/{order_id:uuid}/returns", send_return, methods=["POST"]),
        ],
        middleware=[Middleware(GZipMiddleware, minimum_size=500, compresslevel=5)],
        lifespan=lifespan,
    )


async def read_shop(pool: asyncpg.Pool) -> Shop:
    """The one merchant of the benchmarks' database."""
    row = await pool.fetchrow("SELECT id, slug, name, theme, country, time_zone, support_email, locales FROM merchants")
    assert row is not None
    assets = Assets(static_files())
    theme = branded(assets)[row["theme"]]
    speech = Speech(LANGUAGE, row["country"], row["time_zone"])
    brand = SimpleNamespace(
        name=row["name"],
        theme=theme.name,
        mark_url=assets.url(f"themes/{theme.name}/{theme.mark}"),
        support_email=row["support_email"],
        hero_url=assets.url(f"themes/{theme.name}/{theme.hero}"),
    )
    page = SimpleNamespace(
        brand=brand,
        locale=LANGUAGE,
        direction=speech.direction,
        scheme="",
        stylesheets=(assets.url("css/doorstep.css"), assets.url(f"themes/{theme.name}/theme.css")),
        scripts=(assets.url("vendor/htmx.min.js"), assets.url("js/live.js")),
        home_url="/",
    )
    languages = tuple(code.strip(' "[]') for code in row["locales"].split(","))
    names = {code: own_name(code) for code in languages}
    templates, blocks = flat_environment(assets, speech), _blocks(theme, assets)
    return Shop(row["id"], row["slug"], speech, templates, page, languages, names, blocks)


def _blocks(theme: Theme, assets: Assets) -> tuple[SectionView, ...]:
    """Written once at start: the merchant has no products, so none of them depends on the order."""
    sections = theme.sections.get("order", ())
    images = {one.image: assets.url(f"themes/{theme.name}/{one.image}") for one in sections if one.image}
    content = {"lines": [], "order": {"number": "", "cancelled_at": None}}
    return section_views(sections, content, [], LANGUAGE, NOW.date(), "ok", images)
