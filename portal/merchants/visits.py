"""Whose page is asked for, and in which language: found from the Host header before any handler runs.

The merchant comes from the exact Host header, matched against the database; never from a URL that a proxy or a client
has put together. A path may start with one of the merchant's languages: `/de/...`.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from portal.branding.themes import Theme
from portal.kernel.hosts import host_name
from portal.merchants.queries import MerchantFacts, find_merchant_by_host
from portal.web.cookies import LANGUAGE, read_cookie
from portal.web.locale import Speech, negotiate, own_name
from portal.web.page import Brand, Language, Page

EVERY_HOST = frozenset({"/healthz", "/readyz"})
KEPT_SECONDS = 15.0
"""How long a process may answer from what it knows of a host; a change of a merchant shows after that."""


@dataclass(frozen=True)
class Visit:
    """One request's merchant, look and language. `prefix` is "/de" when the path names the language, else "".

    `here` is the path without it.
    """

    merchant: MerchantFacts
    theme: Theme
    speech: Speech
    prefix: str
    here: str

    def path(self, request: Request, name: str, **params: object) -> str:
        """The address of a route, in the language that the visitor's own address names."""
        return self.prefix + str(_route(request.app, name).url_path_for(name, **params))


@lru_cache(maxsize=256)
def _route(app: Starlette, name: str) -> Route:
    """The route of a name. Looked for once: starlette's own search raises and catches at every route on its way."""
    return next(route for route in app.routes if isinstance(route, Route) and route.name == name)


def visit_of(request: Request) -> Visit:
    """The visit that the tenancy layer found."""
    visit: Visit = request.state.visit
    return visit


class Hosts:
    """Host names to merchants, remembered for a moment. Misses are remembered too, but never more than a thousand."""

    def __init__(self, find: Callable[[str], Awaitable[MerchantFacts | None]] = find_merchant_by_host) -> None:
        self._find = find
        self._known: dict[str, tuple[float, MerchantFacts | None]] = {}

    async def merchant(self, host: str) -> MerchantFacts | None:
        """The merchant of this host name."""
        seen = self._known.get(host)
        if seen is None or time.monotonic() - seen[0] > KEPT_SECONDS:
            if len(self._known) > 1000:
                self._known.clear()
            seen = (time.monotonic(), await self._find(host))
            self._known[host] = seen
        return seen[1]

    async def asked_for(self, scope: Scope) -> MerchantFacts | None:
        """The merchant that a request's one and only Host header names."""
        names = [value for name, value in scope["headers"] if name == b"host"]
        host = host_name(names[0].decode("latin-1")) if len(names) == 1 else None
        return await self.merchant(host) if host else None


class Tenancy:
    """Finds the merchant and the language of every request; an unknown host gets a plain 421."""

    def __init__(self, app: ASGIApp, themes: dict[str, Theme], hosts: Hosts | None = None) -> None:
        self.app = app
        self.themes = themes
        self.hosts = hosts or Hosts()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in EVERY_HOST or scope["path"].startswith("/assets/"):
            await self.app(scope, receive, send)
            return
        merchant = await self.hosts.asked_for(scope)
        if merchant is None:
            await _misdirected()(scope, receive, send)
            return
        if not scope["path"].isprintable():
            # A control character in a path is nobody's address; PostgreSQL would choke on the worst of them.
            scope = {**scope, "path": "/not-an-address"}
        await self.app(_with_visit(scope, merchant, self.themes), receive, send)


def _with_visit(scope: Scope, merchant: MerchantFacts, themes: dict[str, Theme]) -> Scope:
    """The scope for the routes, without the language in its path; the visit is told to the layers outside too."""
    first, slash, rest = scope["path"][1:].partition("/")
    named = first in merchant.locales
    here = (f"/{rest}" if slash else "/") if named else scope["path"]
    visit = Visit(
        merchant,
        themes[merchant.theme],
        Speech(first if named else _preferred(Request(scope), merchant, scope), merchant.country, merchant.time_zone),
        f"/{first}" if named else "",
        here,
    )
    scope["state"] = {**scope.get("state", {}), "visit": visit}
    return {**scope, "path": here}


def _preferred(request: Request, merchant: MerchantFacts, scope: Scope) -> str:
    accept = Headers(scope=scope).get("accept-language", "")
    return negotiate(merchant.locales, merchant.locale, read_cookie(request, LANGUAGE), accept)


def _misdirected() -> Response:
    return PlainTextResponse("421 Misdirected Request: no shop lives at this address.\n", status_code=421)


def frame(request: Request) -> Page:
    """The part of every view that surrounds its content."""
    visit = visit_of(request)
    merchant, assets = visit.merchant, request.app.state.assets
    return Page(
        brand=Brand(
            name=merchant.name,
            theme=visit.theme.name,
            mark_url=assets.url(f"themes/{visit.theme.name}/{visit.theme.mark}") if visit.theme.mark else "",
            support_email=merchant.support_email,
            hero_url=assets.url(f"themes/{visit.theme.name}/{visit.theme.hero}") if visit.theme.hero else "",
        ),
        locale=visit.speech.language,
        direction=visit.speech.direction,
        scheme="",
        languages=tuple(
            Language(code, own_name(code), f"/{code}{visit.here}", code == visit.speech.language)
            for code in merchant.locales
        ),
        stylesheets=(assets.url("css/doorstep.css"), assets.url(f"themes/{visit.theme.name}/theme.css")),
        scripts=(assets.url("vendor/htmx.min.js"), assets.url("js/live.js")),
        home_url=visit.path(request, "lookup"),
    )


async def favicon(request: Request) -> Response:
    """GET /favicon.ico: browsers ask for it beside files that name no icon; the brand's mark, if there is one."""
    visit = visit_of(request)
    if not visit.theme.mark:
        return Response(status_code=204)
    return RedirectResponse(request.app.state.assets.url(f"themes/{visit.theme.name}/{visit.theme.mark}"))


routes = [Route("/favicon.ico", favicon)]
