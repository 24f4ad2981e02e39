"""The return label beside bare WeasyPrint on the same HTML, interleaved, median of the rounds.

Floor: WeasyPrint in this process with the same stylesheet, parsed once, and the same fonts, loaded once, and the same
options; it writes the same bytes. Ours: facts to bytes, with page, codes and the trip to the render process.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from portal.branding.themes import load_themes
from portal.integrations.records import AddressRecord
from portal.labels.document import STYLESHEET, VARIANT, render_return_label, return_label_html
from portal.labels.fetcher import AssetFetcher
from portal.labels.look import PrintLook, look_of, prepared
from portal.labels.renderer import Renderer
from portal.labels.rules import LabelFacts, drop_off_payload

ROUNDS, LABELS = 9, 10
THEMES = Path(__file__).parents[2] / "themes"
FACTS = LabelFacts(
    return_number="R-104273",
    order_number="#FW-10482",
    merchant_name="Fernweh",
    to_address=AddressRecord(
        name="Fernweh Retouren", line1="Gutenbergstraße 12", city="Erfurt", postal_code="99084", country="DE"
    ),
    from_lines=("J. H.", "10115 Berlin"),
    carrier_name="DHL",
    ship_by=date(2026, 12, 5),
    items=(("Tarn leather boots · Chestnut · 42", 1), ("Ridge shell jacket · Moss · M", 2)),
    tracking_code="",
    drop_off_payload="",
    locale="de",
    country="DE",
    from_country="DE",
)


@dataclass(frozen=True, slots=True)
class Result:
    """Milliseconds a label (median of the rounds) of both, and ours in labels per second over the floor's."""

    name: str
    ours_ms: float
    floor_ms: float

    @property
    def ratio(self) -> float:
        return self.floor_ms / self.ours_ms


def labels(start: int) -> list[LabelFacts]:
    """Labels that differ in what their codes say."""
    numbers = [f"R-{start + number}" for number in range(LABELS)]
    return [
        replace(FACTS, return_number=number, drop_off_payload=drop_off_payload("fashion", number)) for number in numbers
    ]


@dataclass(slots=True)
class Floor:
    """Bare WeasyPrint, warm."""

    css: CSS
    fonts: FontConfiguration
    fetcher: AssetFetcher

    def render(self, html: str) -> bytes:
        options: dict[str, Any] = {"pdf_variant": VARIANT, "pdf_tags": True}
        page = HTML(string=html, url_fetcher=self.fetcher)
        return page.write_pdf(font_config=self.fonts, stylesheets=[self.css], **options) or b""


async def floor_for(look: PrintLook, html: str) -> Floor:
    sheet = await prepared(STYLESHEET, look, html)
    fetcher, fonts = AssetFetcher(), FontConfiguration()
    fetcher.assets = {asset.name: (asset.media_type, asset.content) for asset in sheet.assets}
    return Floor(CSS(string=sheet.style, font_config=fonts, url_fetcher=fetcher), fonts, fetcher)


async def measure() -> list[Result]:
    look = look_of(load_themes(THEMES, str)["fernweh"].print)
    first = labels(900_000)
    pages = [return_label_html(facts, look) for facts in first]
    floor = await floor_for(look, pages[0])
    async with Renderer() as renderer:
        ours = await render_return_label(renderer, first[0], look)
        if ours != floor.render(pages[0]):
            raise AssertionError("the floor writes other bytes than we do")

        async def one_by_one(start: int) -> None:
            for facts in labels(start):
                await render_return_label(renderer, facts, look)

        async def bare(_: int) -> None:
            for page in pages:
                floor.render(page)

        return [await compare("label PDF", one_by_one, bare)]


async def compare(name: str, ours: Callable[[int], Awaitable[None]], floor: Callable[[int], Awaitable[None]]) -> Result:
    taken: dict[str, list[float]] = {"ours": [], "floor": []}
    for number in range(ROUNDS + 1):
        for who, work in (("ours", ours), ("floor", floor)):
            started = time.perf_counter()
            await work(100_000 + number * LABELS)
            taken[who].append((time.perf_counter() - started) * 1000 / LABELS)
    # The first round only warms both up.
    return Result(name, statistics.median(taken["ours"][1:]), statistics.median(taken["floor"][1:]))


def run() -> list[Result]:
    """Measure and print."""
    results = asyncio.run(measure())
    for result in results:
        sys.stdout.write(
            f"{result.name:24} {result.ratio:5.2f} of the floor "
            f"({result.ours_ms:.1f} ms, floor {result.floor_ms:.1f} ms, aim 0.90)\n"
        )
    return results


if __name__ == "__main__":
    run()
