"""Code 128 and QR as one SVG path each: a path per module costs half of a label's render time.

Sizes count in dots of a 203 dpi thermal printer, so that every bar edge falls between two dots.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby

import segno
from barcode.codex import Code128
from markupsafe import Markup

DOTS_PER_INCH = 203
CODE128_QUIET = 10
"""Empty modules on either side (ISO/IEC 15417, section 4.6)."""
START_C = 105
QR_QUIET = 4
"""Empty modules all around (ISO/IEC 18004, section 5.3.8)."""
CODE128_DOTS = (4, 3, 2)
"""Dots per module that we print, widest first: 2 dots are 0.25 mm, the least that carriers' scanners ask for."""


class _Bars(Code128):
    """The library's bars, without its mistake: after START C a first pair 99 is two digits, and it drops them."""

    def _try_to_optimize(self, encoded: list[int]) -> list[int]:
        return encoded if encoded[0] == START_C else super()._try_to_optimize(encoded)


class CodeTooLong(ValueError):
    """The content does not fit the room on the label."""


def code128_modules(content: str) -> str:
    """The bars and gaps as 1 and 0, check character and stop included, without quiet zones. `content` is ASCII."""
    return _Bars(content).build()[0]


def code128_svg(content: str, *, width: int, height: int) -> Markup:
    """Code 128 in the middle of a picture of `width` × `height` dots, as wide as fits. Raises CodeTooLong."""
    modules = code128_modules(content)
    dots = code128_dots(len(modules), width)
    left = (width - len(modules) * dots) // 2
    path = "".join(f"M{left + x * dots} 0h{n * dots}v{height}h-{n * dots}z" for x, n in _runs(modules))
    return _svg(path, width, height)


def code128_dots(modules: int, width: int) -> int:
    """How many dots a module may take within `width` dots, quiet zones included. Raises CodeTooLong."""
    for dots in CODE128_DOTS:
        if (modules + 2 * CODE128_QUIET) * dots <= width:
            return dots
    raise CodeTooLong(f"{modules} modules do not fit {width} dots")


@lru_cache(maxsize=512)
def qr_path(payload: str) -> tuple[str, int]:
    """The dark modules as one path and the side with its quiet zone, in modules. Error correction M or better."""
    # Weighing all eight masks takes five times as long; every reader reads each of them.
    rows = segno.make(payload, error="m", micro=False, mask=3).matrix_iter(border=QR_QUIET)
    path: list[str] = []
    side = 0
    for y, row in enumerate(rows):
        side = y + 1
        path += [f"M{x} {y}h{n}v1h-{n}z" for x, n in _runs("".join("1" if module else "0" for module in row))]
    return "".join(path), side


def qr_print_svg(payload: str, *, width: int) -> Markup:
    """QR for paper, as many whole dots a module as `width` dots allow; paper is its ground. Raises CodeTooLong."""
    path, side = qr_path(payload)
    dots = width // side
    if dots < 3:  # 0.375 mm: below that phones fail on thermal paper.
        raise CodeTooLong(f"{side} modules do not fit {width} dots")
    return _svg(path, side, side, dots=dots)


def qr_svg(payload: str) -> str:
    """QR for a screen, scaled by whoever shows it: black on its own white ground, so dark mode leaves it readable."""
    path, side = qr_path(payload)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<rect width="{side}" height="{side}" fill="#fff"/><path fill="#000" d="{path}"/></svg>'
    )


def _svg(path: str, width: int, height: int, *, dots: int = 1) -> Markup:
    size = f"width:{inches(width * dots)};height:{inches(height * dots)}"
    return Markup(f'<svg viewBox="0 0 {width} {height}" style="{size}"><path d="{path}"/></svg>')


def inches(dots: int) -> str:
    """A length in dots as CSS inches."""
    return f"{dots / DOTS_PER_INCH:.5f}in"


def _runs(modules: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Start and length of each dark run."""
    x = 0
    for dark, group in groupby(modules):
        length = sum(1 for _ in group)
        if dark == "1":
            yield x, length
        x += length
