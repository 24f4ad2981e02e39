"""WCAG 2.2 contrast of the pairs of roles that meet on a page: words 4.5:1, shapes and focus 3:1.

The formula is WCAG's own (relative luminance of sRGB); a theme that fails a pair is not shown to anyone.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from portal.branding.tokens import Color, TokenSet

WORDS = 4.5
SHAPES = 3.0


@dataclass(frozen=True, slots=True)
class Pair:
    """`front` is read or seen on `ground`; both are colour roles without their prefix."""

    front: str
    ground: str
    least: float


PAIRS: tuple[Pair, ...] = (
    *(Pair("text", ground, WORDS) for ground in ("surface", "raised", "accent-tint", "warn-tint", "danger-tint")),
    *(Pair("text-soft", ground, WORDS) for ground in ("surface", "raised", "accent-tint")),
    Pair("accent", "surface", WORDS),
    Pair("accent", "raised", WORDS),
    Pair("on-accent", "accent", WORDS),
    Pair("ok", "ok-tint", WORDS),
    Pair("warn", "warn-tint", WORDS),
    Pair("danger", "danger-tint", WORDS),
    Pair("danger", "surface", WORDS),
    Pair("danger", "raised", WORDS),
    Pair("art-ink", "art-ground", WORDS),
    Pair("on-hero", "hero", WORDS),
    Pair("on-hero-soft", "hero", WORDS),
    Pair("field", "surface", SHAPES),
    Pair("field", "raised", SHAPES),
    *(Pair("focus", ground, SHAPES) for ground in ("surface", "raised", "hero", "accent-tint")),
)


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A pair below its ratio."""

    pair: Pair
    ratio: float

    def __str__(self) -> str:
        return f"{self.pair.front} on {self.pair.ground} is {self.ratio:.2f}:1, needs {self.pair.least}:1"


def luminance(color: Color) -> float:
    """Relative luminance, 0 black to 1 white (WCAG 2.2)."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.components]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def ratio(one: Color, other: Color) -> float:
    """Contrast from 1 to 21; the order does not matter."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def find_shortfalls(tokens: TokenSet) -> Iterator[Shortfall]:
    """Every pair that is below its ratio."""
    for pair in PAIRS:
        measured = ratio(tokens.color(f"color.{pair.front}"), tokens.color(f"color.{pair.ground}"))
        if measured < pair.least:
            yield Shortfall(pair, measured)
