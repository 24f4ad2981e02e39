"""How a brand's printed documents look: a few tokens and its fonts, cut to the weights that print needs."""

import asyncio
import hashlib
import re
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from portal.branding.fonts import GENERIC
from portal.branding.themes import PrintTokens
from portal.labels.cuts import static_cut
from portal.labels.wire import Asset

TEMPLATES = Path(__file__).parents[1] / "templates"
VENDOR = Path(__file__).parents[1] / "static" / "vendor"
KEPT_SHEETS = 64
MARK = "mark.svg"

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_FAMILY = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{0,60}")
_LENGTH = re.compile(r"-?(?:\d{1,3}(?:\.\d{1,4})?|\.\d{1,4})(?:em|pt)?")
_CHARACTERS = re.compile(r"(?:U\+[0-9A-F]{1,6}(?:-[0-9A-F]{1,6})?,?)*")


@dataclass(frozen=True, slots=True)
class FontFile:
    """One face for print: a font on disk (woff2, ttf or otf, static or variable) and the weight to take from it.

    `characters` is a CSS unicode-range: the face is loaded only for documents that need one of them; "" is always.
    """

    family: str
    file: Path
    weight: int = 400
    characters: str = ""

    @property
    def css_weight(self) -> int:
        return css_weight(self.weight)


@dataclass(frozen=True, slots=True)
class PrintLook:
    """A brand's print tokens, safe to stand in a stylesheet. Raises ValueError for tokens that are not.

    A family without a file falls back to the system's fonts.
    """

    ink: str = "#000000"
    accent: str = "#000000"
    font_display: tuple[str, ...] = ()
    font_text: tuple[str, ...] = ()
    display_weight: int = 700
    display_size: str = "22pt"
    strong_weight: int = 600
    tracking: str = "0"
    """Letter spacing of the brand's name."""
    capitals: bool = False
    """Whether the brand's name is set in capitals."""
    radius: str = "0"
    rule: str = "1pt"
    """Weight of the line below the name."""
    fonts: tuple[FontFile, ...] = ()
    mark: Path | None = None
    """The small picture beside the name, an SVG file."""

    def __post_init__(self) -> None:
        families = (*self.font_display, *self.font_text, *(font.family for font in self.fonts))
        for pattern, values in (
            (_COLOUR, (self.ink, self.accent)),
            (_FAMILY, families),
            (_LENGTH, (self.tracking, self.radius, self.rule, self.display_size)),
            (_CHARACTERS, tuple(font.characters for font in self.fonts)),
        ):
            for value in values:
                if not pattern.fullmatch(value):
                    raise ValueError(f"not a print token: {value!r}")


def css_weight(weight: int) -> int:
    """The name under which a stylesheet asks for a weight: fontconfig knows whole hundreds only."""
    return min(max((weight + 50) // 100 * 100, 100), 900)


@lru_cache(maxsize=256)
def look_of(tokens: PrintTokens, vendor: Path = VENDOR) -> PrintLook:
    """The print look of `theme.print`: a heavy display face gets a heavy rule and round corners, a light one not."""
    display, text = _families(tokens.font_display), _families(tokens.font_text)
    weight, strong = int(tokens.weight_display), int(tokens.weight_strong)
    heavy = weight >= 600
    needed = {family: {weight} for family in display}
    for family in text:
        needed[family] = needed.get(family, set()) | {400, strong}
    faces = (
        FontFile(font.family, vendor / font.path, cut, font.characters)
        for font in tokens.fonts
        for cut in sorted(needed.get(font.family, ()))
    )
    return PrintLook(
        ink=tokens.text,
        accent=tokens.accent,
        font_display=display,
        font_text=text,
        display_weight=weight,
        strong_weight=strong,
        tracking=tokens.track_mark,
        capitals=tokens.mark_case == "uppercase",
        radius="9pt" if heavy else "0",
        rule="2.5pt" if heavy else "0.75pt",
        fonts=tuple(faces),
        mark=tokens.mark,
    )


def _families(stack: str) -> tuple[str, ...]:
    names = (name.strip().strip("\"'") for name in stack.split(","))
    return tuple(name for name in names if name not in GENERIC)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A look made ready: its stylesheet and the files that the stylesheet and the page name."""

    style: str
    assets: tuple[Asset, ...]


_sheets: OrderedDict[tuple[str, PrintLook, tuple[FontFile, ...]], Sheet] = OrderedDict()


async def prepared(stylesheet: str, look: PrintLook, text: str) -> Sheet:
    """The sheet for a stylesheet template and the letters of `text`.

    The first time takes a while, away from the event loop; then it is kept.
    """
    faces = faces_for(look.fonts, text)
    key = (stylesheet, look, faces)
    if key not in _sheets:
        _sheets[key] = await asyncio.to_thread(prepare, stylesheet, look, faces)
        if len(_sheets) > KEPT_SHEETS:
            _sheets.popitem(last=False)
    return _sheets[key]


def faces_for(fonts: Iterable[FontFile], text: str) -> tuple[FontFile, ...]:
    """The faces that hold at least one of the text's characters."""
    letters = {ord(letter) for letter in text}
    return tuple(font for font in fonts if not font.characters or _meets(letters, _ranges(font.characters)))


def _meets(letters: set[int], ranges: tuple[range, ...]) -> bool:
    return any(letter in span for span in ranges for letter in letters)


@lru_cache(maxsize=256)
def _ranges(characters: str) -> tuple[range, ...]:
    ends = (part.removeprefix("U+").split("-") for part in characters.split(",") if part)
    return tuple(range(int(pair[0], 16), int(pair[-1], 16) + 1) for pair in ends)


def prepare(stylesheet: str, look: PrintLook, faces: tuple[FontFile, ...]) -> Sheet:
    """Cut the fonts and fill the stylesheet. Raises OSError for a file that is not there."""
    cuts = [static_cut(font.file, font.weight) for font in faces]
    assets = [Asset(f"{hashlib.sha256(cut).hexdigest()[:16]}.ttf", "font/ttf", cut) for cut in cuts]
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        # Not HTML: every value in the stylesheet was checked by PrintLook.
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = environment.get_template(stylesheet).render(
        look=look,
        strong=css_weight(look.strong_weight),
        display=css_weight(look.display_weight),
        faces=list(zip(faces, assets, strict=True)),
    )
    if look.mark is not None:
        assets.append(Asset(MARK, "image/svg+xml", look.mark.read_bytes()))
    return Sheet(style, tuple({asset.name: asset for asset in assets}.values()))
