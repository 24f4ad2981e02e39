"""What must never happen, whatever a shopper does: noted while a browser context lives, asserted when it ends."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Page, Request, Response

HARMLESS_SCHEMES = frozenset({"data", "blob", "about", "chrome", "chrome-extension"})
"""None of them reaches the network; the last two are the browser's own PDF viewer."""
ICON_OF_ITS_OWN_ACCORD = "/favicon.ico"
"""Chromium asks for it beside what is no page: a PDF, a plain text."""
NOT_FOUND_AND_THE_LIKE = range(400, 500)
TELLS_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", event => {
  console.error(`policy violated: ${event.violatedDirective} by ${event.blockedURI || event.sourceFile}`);
});
"""
MUST_SAY = {
    "content-security-policy": ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"),
    "x-content-type-options": ("nosniff",),
    "referrer-policy": ("-origin",),
    "cross-origin-opener-policy": ("same-origin",),
    "cross-origin-resource-policy": ("same-origin",),
    "permissions-policy": ("camera=()", "geolocation=()", "microphone=()"),
    "cache-control": ("no-store",),
}


@dataclass
class Guards:
    """Watches one context. `origins` are the addresses that its pages may speak to."""

    origins: set[str]
    complaints: list[str] = field(default_factory=list)
    wrong_documents: set[str] = field(default_factory=set)
    """Pages that answered 4xx, as some journeys want; Chromium puts a line of its own into the console for each."""
    console: list[tuple[str, str]] = field(default_factory=list)
    watching: list[asyncio.Task[None]] = field(default_factory=list)

    async def watch(self, context: BrowserContext) -> None:
        """Begin, before the context has a page."""
        await context.add_init_script(TELLS_VIOLATIONS)
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.complaints.append(f"page error: {error.error}"))
        context.on("request", self._asked)
        context.on("response", self._answered)

    async def verdict(self) -> list[str]:
        """Everything that went wrong."""
        await asyncio.gather(*self.watching)
        said = [
            f"console: {text} ({url})"
            for text, url in self.console
            if not (text.startswith("Failed to load resource") and self._is_wanted(url))
        ]
        return [*self.complaints, *said]

    def _is_wanted(self, url: str) -> bool:
        return url in self.wrong_documents or urlsplit(url).path == ICON_OF_ITS_OWN_ACCORD

    def _heard(self, message: ConsoleMessage) -> None:
        self.console.append((message.text, str(message.location.get("url", ""))))

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in HARMLESS_SCHEMES and f"{parts.scheme}://{parts.netloc}" not in self.origins:
            self.complaints.append(f"left the shop: {request.method} {request.url}")

    def _answered(self, response: Response) -> None:
        request = response.request
        # We have no frames; in one there is only the PDF viewer with what it read before.
        inside = request.resource_type == "document" and request.frame.parent_frame is not None
        if request.resource_type != "document" or inside or urlsplit(response.url).scheme in HARMLESS_SCHEMES:
            return
        if response.status in NOT_FOUND_AND_THE_LIKE:
            self.wrong_documents.add(response.url)
        self._later(self._headers(response))

    async def _headers(self, response: Response) -> None:
        headers = await response.all_headers()
        for name, parts in MUST_SAY.items():
            self.complaints += [
                f"{response.url}: {name} lacks {part!r}: {headers.get(name)!r}"
                for part in parts
                if part not in headers.get(name, "")
            ]
        if "unsafe-" in headers.get("content-security-policy", "unsafe-"):
            self.complaints.append(f"{response.url}: the policy allows something unsafe")

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        self.watching.append(asyncio.ensure_future(work))


FACTS = """() => {
  const sizes = performance.getEntriesByType("resource");
  const weigh = ending => sizes.filter(one => new URL(one.name).pathname.endsWith(ending))
    .reduce((sum, one) => sum + one.encodedBodySize, 0);
  const root = document.scrollingElement;
  const wide = [...document.querySelectorAll("body *")].filter(one => {
    const box = one.getBoundingClientRect();
    return box.width && (box.right > innerWidth + 1 || box.left < -1);
  });
  return {
    html: performance.getEntriesByType("navigation")[0]?.encodedBodySize ?? 0,
    css: weigh(".css"), js: weigh(".js"),
    overflow: root.scrollWidth - innerWidth,
    wide: wide.slice(0, 3).map(one => `${one.tagName.toLowerCase()}.${one.className}`),
    titles: document.querySelectorAll("h1").length,
    title: document.title, language: document.documentElement.lang, direction: document.documentElement.dir,
  };
}"""
BUDGETS = {"html": 30 * 1024, "css": 15 * 1024, "js": 16 * 1024}
"""Compressed bytes on the wire."""


STILL = """async () => {
  // No element may be on its way from one colour to another while it is looked at.
  const still = new CSSStyleSheet();
  still.replaceSync("*, ::before, ::after { transition: none !important }");
  document.adoptedStyleSheets = [still];
  const frame = () => new Promise(done => requestAnimationFrame(done));
  const colours = () => [...document.querySelectorAll("body, body *")].map(element => {
    const style = getComputedStyle(element);
    return style.color + style.backgroundColor;
  }).join();
  await frame();
  // A busy machine brings a new scheme to the page's elements some frames late.
  for (let seen = "", same = 0, tries = 0; same < 3 && tries < 120; tries++) {
    await frame();
    const now = colours();
    same = now === seen ? same + 1 : 0;
    seen = now;
  }
}"""


async def settle(page: Page) -> None:
    """Until a change of size or colours has reached every element. Needs JavaScript."""
    await page.evaluate(STILL)


async def inspect(page: Page, language: str) -> list[str]:
    """What is wrong with the page that is open: too wide, too heavy, no title, the wrong language or direction."""
    facts = await page.evaluate(FACTS)
    where = f"{urlsplit(page.url).path} ({language})"
    wrong = [
        f"{where}: {facts[part]} bytes of {part} on the wire" for part, most in BUDGETS.items() if facts[part] > most
    ]
    if facts["overflow"] > 0:
        wrong.append(f"{where}: {facts['overflow']} px too wide, see {facts['wide']}")
    if facts["titles"] != 1 or not facts["title"]:
        wrong.append(f"{where}: {facts['titles']} h1, title {facts['title']!r}")
    if (facts["language"], facts["direction"]) != (language, "rtl" if language == "ar" else "ltr"):
        wrong.append(f"{where}: said to be {facts['language']} {facts['direction']}")
    return wrong
