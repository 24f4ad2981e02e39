"""How a brand's printed documents look: a few tokens and its fonts, cut to the weights that print needs."""

import asyncio
import hashlib
import io
import re
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from portal.labels.wire import Asset

TEMPLATES = Path(__file__).parents[1] / "templates"
KEPT_LOOKS = 64

_COLOUR = re.compile(r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?")
_FAMILY = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{0,60}")
_LENGTH = re.compile(r"-?(?:\d{1,3}|\d{0,3}\.\d{1,4})(?:em|pt)?")


@dataclass(frozen=True, slots=True)
class FontFile:
    """One face for print: a static or variable font on disk (woff2, ttf, otf) and the weight to take from it."""

    family: str
    file: Path
    weight: int = 400


@dataclass(frozen=True, slots=True)
class PrintLook:
    """A brand's print tokens. A family without a file falls back to the system's fonts. Raises ValueError for bad tokens."""

    ink: str = "#000000"
    accent: str = "#000000"
    paper: str = "#ffffff"
    font_display: str = "Noto Sans"
    font_text: str = "Noto Sans"
    display_weight: int = 700
    display_size: str = "19pt"
    tracking: str = "0"
    """Letter spacing of the brand's name, in em."""
    capitals: bool = False
    """Whether the brand's name is set in capitals."""
    radius: str = "0"
    rule: str = "1pt"
    """Weight of the main lines."""
    fonts: tuple[FontFile, ...] = ()

    def __post_init__(self) -> None:
        for pattern, values in (
            (_COLOUR, (self.ink, self.accent, self.paper)),
            (_FAMILY, (self.font_display, self.font_text, *(font.family for font in self.fonts))),
            (_LENGTH, (self.tracking, self.radius, self.rule, self.display_size)),
        ):
            for value in values:
                if not pattern.fullmatch(value):
                    raise ValueError(f"not a print token: {value!r}")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A look made ready: its stylesheet and the font files that the stylesheet names."""

    style: str
    assets: tuple[Asset, ...]


_sheets: OrderedDict[tuple[str, PrintLook], Sheet] = OrderedDict()


async def prepared(stylesheet: str, look: PrintLook) -> Sheet:
    """The look's sheet for a stylesheet template. The first time takes a second or two a font, away from the event loop."""
    key = (stylesheet, look)
    if key not in _sheets:
        _sheets[key] = await asyncio.to_thread(prepare, stylesheet, look)
        if len(_sheets) > KEPT_LOOKS:
            _sheets.popitem(last=False)
    return _sheets[key]


def prepare(stylesheet: str, look: PrintLook) -> Sheet:
    """Cut the fonts and fill the stylesheet."""
    faces = [(font, static_cut(font.file, font.weight)) for font in look.fonts]
    assets = [Asset(f"{hashlib.sha256(cut).hexdigest()[:16]}.ttf", "font/ttf", cut) for _, cut in faces]
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    faces_view = [(font, asset) for (font, _), asset in zip(faces, assets, strict=True)]
    style = environment.get_template(stylesheet).render(look=look, faces=faces_view)
    return Sheet(style, tuple({asset.name: asset for asset in assets}.values()))


def static_cut(file: Path, weight: int) -> bytes:
    """A static TrueType or OpenType font of one weight. Raises OSError or fontTools' TTLibError for a broken file.

    The PDF would cut a variable font again for every document: 20 ms of a 30 ms label.
    """
    font = TTFont(file)
    font.flavor = None
    if "fvar" in font:
        spans = {axis.axisTag: (axis.minValue, axis.defaultValue, axis.maxValue) for axis in font["fvar"].axes}
        place = {tag: default for tag, (_, default, _) in spans.items()}
        if "wght" in spans:
            low, _, high = spans["wght"]
            place["wght"] = min(max(weight, low), high)
        font = instantiateVariableFont(font, place)
    cut = io.BytesIO()
    font.save(cut)
    return cut.getvalue()
