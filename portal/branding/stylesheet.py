"""A theme's style sheet: its fonts, its custom properties for light and dark, and nothing else."""

from collections.abc import Callable

from portal.branding.fonts import FONT_FILES, FontFile
from portal.branding.roles import ROLES
from portal.branding.tokens import TokenSet

NARROW_REM = 22.5
WIDE_REM = 80
"""Between these widths (360 and 1280 px) the large heading grows from its smallest to its largest size."""


def render_stylesheet(light: TokenSet, dark: TokenSet, choices: dict[str, str], font_url: Callable[[str], str]) -> str:
    """CSS text. `font_url` turns a path below static/vendor into the address of that file."""
    fonts = "".join(_font_face(file, font_url) for file in font_files(light))
    day = {role.property: light.css(role.path) for role in ROLES}
    night = {role.property: dark.css(role.path) for role in ROLES}
    night = {name: value for name, value in night.items() if value != day[name]}
    all_day = _block(day | choices | {"--size-display": fluid(light)})
    return (
        f"{fonts}@layer tokens{{"
        f":root{{color-scheme:light dark;{all_day}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-scheme=light]){{{_block(night)}}}}}"
        f"@media screen{{:root[data-scheme=dark]{{color-scheme:dark;{_block(night)}}}}}"
        f":root[data-scheme=light]{{color-scheme:light}}"
        f"}}\n"
    )


def font_files(tokens: TokenSet) -> tuple[FontFile, ...]:
    """The files behind every family that the tokens name, in the order they are named."""
    named = [*tokens.values["font.display"].families(), *tokens.values["font.text"].families()]
    return tuple(file for family in dict.fromkeys(named) for file in FONT_FILES if file.family == family)


def fluid(tokens: TokenSet) -> str:
    """clamp() of the large heading: size.display-min at 360 px, size.display-max at 1280 px, straight between."""
    low, high = tokens.css("size.display-min"), tokens.css("size.display-max")
    small, large = (float(text.removesuffix("rem")) for text in (low, high))
    slope = (large - small) / (WIDE_REM - NARROW_REM)
    return f"clamp({low},{small - slope * NARROW_REM:.3g}rem + {slope * 100:.3g}vw,{high})"


def _font_face(file: FontFile, font_url: Callable[[str], str]) -> str:
    scale = f"size-adjust:{file.scale};" if file.scale else ""
    return (
        f'@font-face{{font-family:"{file.family}";src:url("{font_url(file.path)}") format("woff2");'
        f"font-weight:{file.weights};{scale}font-display:swap;unicode-range:{file.characters}}}"
    )


def _block(properties: dict[str, str]) -> str:
    return ";".join(f"{name}:{value}" for name, value in properties.items())
