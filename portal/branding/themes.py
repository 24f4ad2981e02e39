"""The registry: theme folders are read once, checked whole, and kept as frozen `Theme` objects."""

import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from portal.branding.choices import choice_properties
from portal.branding.contrast import find_shortfalls
from portal.branding.fonts import FontFile
from portal.branding.problems import ThemeProblem
from portal.branding.sections import Section, read_sections
from portal.branding.stylesheet import font_files, render_stylesheet
from portal.branding.tokens import TokenSet, read_tokens

MARK = "mark.svg"
HERO = "hero.svg"
PARENTS = frozenset({"base"})


@dataclass(frozen=True, slots=True)
class PrintTokens:
    """What a printed document takes from the brand: colours as #rrggbb (light set), fonts and their files, the mark."""

    text: str
    text_soft: str
    line: str
    accent: str
    on_accent: str
    font_text: str
    font_display: str
    weight_strong: str
    weight_display: str
    track_mark: str
    mark_case: str
    fonts: tuple[FontFile, ...]
    mark: Path | None


@dataclass(frozen=True, slots=True)
class Theme:
    """A brand's look. `stylesheet` is CSS text; `assets` maps a name such as "mark.svg" to its file in the theme."""

    name: str
    title: str
    version: str
    stylesheet: str
    assets: Mapping[str, Path]
    print: PrintTokens
    light: TokenSet
    dark: TokenSet
    sections: Mapping[str, tuple[Section, ...]]
    """The brand's content blocks, by page."""

    @property
    def mark(self) -> str:
        """Name of the small picture beside the brand's name, or ""."""
        return MARK if MARK in self.assets else ""

    @property
    def hero(self) -> str:
        """Name of the large picture behind the first words, or ""."""
        return HERO if HERO in self.assets else ""


def load_themes(root: Path, font_url: Callable[[str], str]) -> dict[str, Theme]:
    """Every theme folder below `root`, by name. Raises ThemeProblem for the first that is wrong."""
    folders = sorted(path.parent for path in root.glob("*/theme.toml"))
    return {folder.name: load_theme(folder, font_url) for folder in folders}


def load_theme(folder: Path, font_url: Callable[[str], str]) -> Theme:
    """Read and check one theme. `font_url` turns a path below static/vendor into an address.

    Raises ThemeProblem that names the file, the token, the choice or the pair of colours at fault.
    """
    name = folder.name
    about = _read_about(folder)
    light, dark = read_tokens(name, _read_json(folder, "tokens.json"), _read_json(folder, "tokens.dark.json"))
    for scheme, tokens in (("light", light), ("dark", dark)):
        for shortfall in find_shortfalls(tokens):
            raise ThemeProblem(name, f"color.{shortfall.pair.front}", f"{scheme}: {shortfall}")
    choices = choice_properties(about.get("choices", {}), name)
    static = folder / "static"
    assets = {path.relative_to(static).as_posix(): path for path in sorted(static.rglob("*")) if path.is_file()}
    return Theme(
        name=name,
        title=about["name"],
        version=about["version"],
        stylesheet=render_stylesheet(light, dark, choices, font_url),
        assets=MappingProxyType(assets),
        print=_print_tokens(light, choices, assets.get(MARK)),
        light=light,
        dark=dark,
        sections=read_sections(folder, assets),
    )


def _print_tokens(tokens: TokenSet, choices: dict[str, str], mark: Path | None) -> PrintTokens:
    return PrintTokens(
        text=tokens.css("color.text"),
        text_soft=tokens.css("color.text-soft"),
        line=tokens.css("color.line-strong"),
        accent=tokens.css("color.accent"),
        on_accent=tokens.css("color.on-accent"),
        font_text=tokens.css("font.text"),
        font_display=tokens.css("font.display"),
        weight_strong=tokens.css("weight.strong"),
        weight_display=tokens.css("weight.display"),
        track_mark=tokens.css("track.mark"),
        mark_case=choices["--mark-case"],
        fonts=font_files(tokens),
        mark=mark,
    )


def _read_about(folder: Path) -> dict[str, Any]:
    about = tomllib.loads((folder / "theme.toml").read_text(encoding="utf-8"))
    for key in ("name", "version", "parent"):
        if not isinstance(about.get(key), str):
            raise ThemeProblem(folder.name, f"theme.toml {key}", "is missing")
    if about["parent"] not in PARENTS:
        raise ThemeProblem(folder.name, "theme.toml parent", f"is {about['parent']!r}; there is only base")
    return about


def _read_json(folder: Path, file: str) -> dict[str, Any]:
    path = folder / file
    if not path.is_file():
        raise ThemeProblem(folder.name, file, "is missing")
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ThemeProblem(folder.name, file, f"line {error.lineno}: {error.msg}") from error
