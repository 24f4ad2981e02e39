"""The web application: every feature's routes in one list, the layers around them in order."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Route

from portal.db.setup import database
from portal.intake.hooks import ShopDoor
from portal.merchants import visits
from portal.merchants.visits import Tenancy, frame
from portal.notifications import pages as notifications
from portal.orders import pages as orders
from portal.products.shelf import Shelf
from portal.proofs import pages as proofs
from portal.requests import pages as requests
from portal.requests.offering import order_asks
from portal.returns import pages as returns
from portal.settings import Settings
from portal.tracking import pages as tracking
from portal.tracking.hooks import ScanDoor
from portal.tracking.live import Hub
from portal.web import health
from portal.web.assets import serve_asset
from portal.web.at_once import AtOnce
from portal.web.ending import told_of_the_end
from portal.web.errors import Faults, error_handlers
from portal.web.headers import SecurityHeaders
from portal.wiring import web_parts

LARGEST_BODY = 256 * 1024
REQUESTS_AT_ONCE = 256
"""Per process; what comes above waits for its turn."""
ROUTES: list[BaseRoute] = [
    # Routes are tried one after the other, and the order's page is what most people ask for.
    *tracking.routes,
    *health.routes,
    Route("/assets/{etag}/{path:path}", serve_asset),
    *visits.routes,
    *orders.routes,
    *proofs.routes,
    *returns.routes,
    *notifications.routes,
    *requests.routes,
]
"""Every page and hook of the portal; the admin API comes in as a door beside them."""


def utc_now() -> datetime:
    """The clock of an installation."""
    return datetime.now(UTC)


def create_app(
    settings: Settings,
    doors: Sequence[BaseRoute] = (),
    clock: Callable[[], datetime] = utc_now,
    examples: Mapping[str, tuple[str, ...]] | None = None,
) -> Starlette:
    """The application. `doors` are routes of other rooms that stand outside (the admin API); `clock` is for tests."""
    parts = web_parts(settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with database(settings):
            with told_of_the_end(app.state.live.end_all):
                yield
            await app.state.live.stop()
        await parts.limiter.close()

    app = Starlette(
        routes=[*ROUTES, *doors],
        middleware=[
            Middleware(AtOnce, most=REQUESTS_AT_ONCE),
            Middleware(ShopDoor),
            Middleware(ScanDoor),
            Middleware(SecurityHeaders, secure=settings.secure_cookies),
            Middleware(GZipMiddleware, minimum_size=500, compresslevel=5),
            Middleware(Faults, frame=frame),
            Middleware(Tenancy, themes=parts.themes),
        ],
        exception_handlers=error_handlers(frame),
        lifespan=lifespan,
        max_body_size=LARGEST_BODY,
    )
    # A redirect would be built from the Host header and lose the language; a wrong address is simply not found.
    app.router.redirect_slashes = False
    app.state.settings, app.state.clock = settings, clock
    app.state.assets, app.state.templates = parts.assets, parts.templates
    app.state.store, app.state.limiter = parts.store, parts.limiter
    app.state.live, app.state.asks = Hub(str(settings.database_url), clock), order_asks
    app.state.examples, app.state.shelf = dict(examples or {}), Shelf()
    return app
