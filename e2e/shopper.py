"""Someone with a browser: one brand, one language, one screen, with or without JavaScript, and the guards around."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2
from playwright.async_api import Browser, BrowserContext, Page

from e2e.guards import Guards, inspect
from e2e.product import Product

HEIGHTS = {360: 740, 390: 844}
SECONDS = 20_000
"""How long a page may take on a busy machine, in milliseconds."""


@dataclass(frozen=True, slots=True)
class Way:
    """How someone comes: the shop's slug, the language of the paths ("" for none), width in px, scripts, colours."""

    slug: str
    language: str = "en"
    width: int = 1280
    script: bool = True
    scheme: Literal["light", "dark"] = "light"
    accepts: str = "en-GB"
    scale: float = 1

    def __str__(self) -> str:
        return f"{self.slug}-{self.language or self.accepts}-{self.width}-{'js' if self.script else 'nojs'}"


@dataclass
class Shopper:
    """Drives one page. `page` may be replaced by another tab of the same browser."""

    way: Way
    product: Product
    context: BrowserContext
    page: Page
    guards: Guards
    seen: list[str] = field(default_factory=list)

    @property
    def origin(self) -> str:
        """Where the shop is."""
        return self.product.origin(self.way.slug)

    def address(self, path: str) -> str:
        """A path of the shop in the shopper's language."""
        return f"{self.origin}{f'/{self.way.language}' if self.way.language else ''}{path}"

    async def open(self, path: str, language: str = "") -> None:
        """Go to a path and look at the page."""
        await self.page.goto(self.address(path))
        await self.look(language)

    async def arrive(self, pattern: str) -> None:
        """Wait until the path has become one that matches, and look at the page."""
        whole = re.compile(rf"^http://[^/]+(/[a-z]{{2}})?{pattern}(\?.*)?$")
        await self.page.wait_for_url(whole)
        await self.look()

    async def look(self, language: str = "") -> None:
        """Hold the page that is open against what every page must be."""
        wrong = await inspect(self.page, language or self.way.language or "en")
        self.guards.complaints += [one for one in wrong if one not in self.guards.complaints]
        self.seen.append(urlsplit(self.page.url).path)

    async def fetch(self, path: str) -> httpx2.Response:
        """What this browser would get for a path, with its cookies; from outside it, so that the bytes can be read."""
        cookies = await self.context.cookies(self.origin)
        headers = {
            "host": urlsplit(self.origin).netloc,
            "cookie": "; ".join(f"{one.get('name')}={one.get('value')}" for one in cookies),
        }
        async with httpx2.AsyncClient(trust_env=False, timeout=SECONDS / 1000) as client:
            return await client.get(f"http://127.0.0.1:{self.product.port}{path}", headers=headers)

    async def new_tab(self) -> Page:
        """Another tab of the same browser; the shopper stays in the first until `page` is set."""
        return await self.context.new_page()


@asynccontextmanager
async def shopper(browser: Browser, product: Product, way: Way, *others: str) -> AsyncIterator[Shopper]:
    """A fresh browser context. At the end the guards speak: AssertionError with everything that was wrong.

    `others` are hosts beside the shop's own that this journey goes to on purpose.
    """
    context = await browser.new_context(
        viewport={"width": way.width, "height": HEIGHTS.get(way.width, 900)},
        java_script_enabled=way.script,
        color_scheme=way.scheme,
        locale=way.accepts,
        device_scale_factor=way.scale,
        reduced_motion="reduce",
        # A network of its own: tries are counted by it.
        extra_http_headers={"x-forwarded-for": f"10.{'.'.join(str(byte) for byte in uuid4().bytes[:3])}"},
    )
    context.set_default_timeout(SECONDS)
    guards = Guards({product.origin(slug) for slug in (way.slug, *others)})
    await guards.watch(context)
    try:
        yield Shopper(way, product, context, await context.new_page(), guards)
        complaints = await guards.verdict()
        assert not complaints, "\n".join(complaints)
    finally:
        await context.close()
