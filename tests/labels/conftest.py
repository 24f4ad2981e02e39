"""Renderers are slow to start, so the tests of this room share one; looks and facts of the two demo brands."""

import zlib
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PIL.Image import Image
from pypdfium2 import PdfDocument

from portal.branding.themes import load_themes
from portal.integrations.records import AddressRecord
from portal.labels.look import PrintLook, look_of
from portal.labels.renderer import Renderer
from portal.labels.rules import LabelFacts, drop_off_payload

ROOT = Path(__file__).parents[2]
FERNWEH = LabelFacts(
    return_number="R-104273",
    order_number="#FW-10482",
    merchant_name="Fernweh",
    to_address=AddressRecord(
        name="Fernweh Retouren", line1="Gutenbergstraße 12", city="Erfurt", postal_code="99084", country="DE"
    ),
    from_lines=("J. H•••••", "10••• Berlin"),
    carrier_name="DHL",
    ship_by=date(2026, 12, 5),
    items=(("Tarn leather boots · Chestnut · 42", 1),),
    tracking_code="",
    drop_off_payload=drop_off_payload("fashion", "R-104273"),
    locale="de",
    country="DE",
    from_country="DE",
)
AURELLE = replace(
    FERNWEH,
    return_number="R-20177",
    order_number="20177",
    merchant_name="Aurelle",
    to_address=AddressRecord(
        name="Aurelle Returns",
        line1="48 West 47th Street",
        line2="Floor 6",
        city="New York",
        postal_code="10036",
        region="NY",
        country="US",
    ),
    from_lines=("M. O•••••", "Brooklyn, NY 112••"),
    carrier_name="UPS",
    tracking_code="1Z 999 AA1 01 2345 6784",
    drop_off_payload=drop_off_payload("jewels", "R-20177"),
    locale="en",
    country="US",
    from_country="US",
)


def unpacked(pdf: bytes) -> bytes:
    """All deflated streams of a PDF, in which its objects may hide."""
    found = []
    for part in pdf.split(b"stream\n")[1:]:
        try:
            found.append(zlib.decompressobj().decompress(part))
        except zlib.error:
            continue
    return b"".join(found)


@pytest.fixture(scope="session")
async def renderer() -> AsyncIterator[Renderer]:
    async with Renderer() as opened:
        yield opened


@pytest.fixture(scope="session")
def looks() -> dict[str, PrintLook]:
    """By theme. Without the installed fonts the system's stand in: only then is a file left out."""
    themes = load_themes(ROOT / "themes", str)
    return {name: _with_fonts_that_exist(look_of(theme.print)) for name, theme in themes.items()}


def _with_fonts_that_exist(look: PrintLook) -> PrintLook:
    return replace(look, fonts=tuple(font for font in look.fonts if font.file.exists()))


@pytest.fixture(scope="session")
def brands(looks: dict[str, PrintLook]) -> dict[str, tuple[LabelFacts, PrintLook]]:
    return {"fernweh": (FERNWEH, looks["fernweh"]), "aurelle": (AURELLE, looks["aurelle"])}


@pytest.fixture(scope="session")
def picture() -> Callable[..., Image]:
    """The first page of a PDF as a grey picture at so many dots per inch."""

    def draw(pdf: bytes, dpi: int = 203) -> Image:
        document: Any = PdfDocument(pdf)
        try:
            return document[0].render(scale=dpi / 72).to_pil().convert("L")
        finally:
            document.close()

    return draw
