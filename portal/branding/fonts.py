"""The font families a theme may name, with the files of each: self-hosted, split by script.

Files are installed below static/vendor at set-up; a test keeps this list and the install list alike.
"""

from dataclasses import dataclass

LATIN = (
    "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,"
    "U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD"
)
LATIN_EXT = (
    "U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+1D00-1DBF,U+1E00-1E9F,U+1EF2-1EFF,"
    "U+2020,U+20A0-20AB,U+20AD-20C0,U+2113,U+2C60-2C7F,U+A720-A7FF"
)
ARABIC = "U+0600-06FF,U+0750-077F,U+0870-08FF,U+200C-200E,U+204F,U+FB50-FDFF,U+FE70-FEFC"

GENERIC = frozenset({"system-ui", "sans-serif", "serif", "monospace", "ui-sans-serif", "ui-serif"})


@dataclass(frozen=True, slots=True)
class FontFile:
    """One file below static/vendor, with the characters it holds and the range of weights it covers."""

    family: str
    path: str
    weights: str
    characters: str
    scale: str = ""
    """Size against the Latin beside it, such as "118%"; "" for its own."""


def _family(family: str, weights: str, folder: str, *scripts: tuple[str, str], scale: str = "") -> tuple[FontFile, ...]:
    return tuple(FontFile(family, f"fonts/{folder}-{name}.woff2", weights, chars, scale) for name, chars in scripts)


_WESTERN = (("latin", LATIN), ("latin-ext", LATIN_EXT))
_ARABIC = ("arabic", ARABIC)

FONT_FILES: tuple[FontFile, ...] = (
    *_family("Bricolage Grotesque", "200 800", "bricolage-grotesque", *_WESTERN),
    *_family("Instrument Sans", "400 700", "instrument-sans", *_WESTERN),
    *_family("Cairo", "200 1000", "cairo", _ARABIC),
    *_family("Cormorant", "300 700", "cormorant", *_WESTERN),
    *_family("Hanken Grotesk", "100 900", "hanken-grotesk", *_WESTERN),
    *_family("Markazi Text", "400 700", "markazi-text", _ARABIC, scale="122%"),
    *_family("Vazirmatn", "100 900", "vazirmatn", _ARABIC),
)

FAMILIES: frozenset[str] = frozenset(file.family for file in FONT_FILES)
