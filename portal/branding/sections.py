"""Content blocks of a brand: which ones its pages show, in which order, in whose words. A closed set of kinds.

A theme's `sections.toml` lists them page by page (`[[order]]`). Words are one text for all languages or a table by
language; a picture is a file of the theme; a link is a page of the brand's own on https.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from portal.branding.problems import ThemeProblem

FILE = "sections.toml"
PAGES = ("order",)
MOST_SECTIONS, MOST_PRODUCTS = 6, 8
LONGEST = {"title": 80, "text": 600, "link_text": 40, "eyebrow": 40, "code": 40}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A brand's own words, by language ("" for every other)."""

    by_language: Mapping[str, str]

    def said(self, language: str) -> str:
        """In this language, else as the brand says it to everybody, else in English, else as it stands first."""
        known = self.by_language
        return known.get(language) or known.get("") or known.get("en") or next(iter(known.values()), "")


NOTHING = Phrase(MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Section:
    """One block. `kind` is story, offer or products; what a kind does not use stays empty.

    `image` is a file of the theme; `until` the last day of an offer; `count` how many products.
    """

    kind: str
    title: Phrase
    eyebrow: Phrase = NOTHING
    text: Phrase = NOTHING
    link: str = ""
    link_text: Phrase = NOTHING
    image: str = ""
    code: str = ""
    until: date | None = None
    count: int = 4


FIELDS = {
    "story": frozenset({"kind", "eyebrow", "title", "text", "image", "link", "link_text"}),
    "offer": frozenset({"kind", "eyebrow", "title", "text", "code", "until", "link", "link_text"}),
    "products": frozenset({"kind", "eyebrow", "title", "text", "count"}),
}
"""What each kind of block may say."""


def read_sections(folder: Path, assets: Mapping[str, Path]) -> Mapping[str, tuple[Section, ...]]:
    """The blocks of every page, by its name; none without a file. Raises ThemeProblem that names block and field."""
    path = folder / FILE
    if not path.is_file():
        return MappingProxyType({})
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ThemeProblem(folder.name, FILE, str(error)) from error
    for name in found.keys() - set(PAGES):
        raise ThemeProblem(folder.name, f"{FILE} {name}", f"is no page; there is {', '.join(PAGES)}")
    return MappingProxyType({page: _page(folder.name, page, entries, assets) for page, entries in found.items()})


def _page(theme: str, page: str, entries: Any, assets: Mapping[str, Path]) -> tuple[Section, ...]:
    if not isinstance(entries, list) or len(entries) > MOST_SECTIONS:
        raise ThemeProblem(theme, f"{FILE} {page}", f"is a list of at most {MOST_SECTIONS} blocks: [[{page}]]")
    return tuple(_section(theme, f"{FILE} {page} {number}", entry, assets) for number, entry in enumerate(entries, 1))


def _section(theme: str, where: str, entry: Mapping[str, Any], assets: Mapping[str, Path]) -> Section:
    kind = entry.get("kind")
    if kind not in FIELDS:
        raise ThemeProblem(theme, f"{where} kind", f"is {kind!r}; there are {', '.join(FIELDS)}")
    for name in entry.keys() - FIELDS[kind]:
        raise ThemeProblem(
            theme, f"{where} {name}", f"is no field of the kind {kind}: {', '.join(sorted(FIELDS[kind]))}"
        )
    if "title" not in entry:
        raise ThemeProblem(theme, f"{where} title", "is missing")
    if ("link" in entry) != ("link_text" in entry):
        raise ThemeProblem(theme, f"{where} link", "needs link_text beside it, and the other way round")
    facts = {}
    for name, value in entry.items():
        try:
            facts[name] = _READERS[name](name, value)
        except ValueError as error:
            raise ThemeProblem(theme, f"{where} {name}", str(error)) from error
    if facts.get("image") and facts["image"] not in assets:
        raise ThemeProblem(theme, f"{where} image", f"{facts['image']!r} is no file below static/")
    return Section(**facts)


def _phrase(name: str, value: Any) -> Phrase:
    texts = {"": value} if isinstance(value, str) else value
    if not isinstance(texts, dict) or not texts or not all(isinstance(text, str) for text in texts.values()):
        raise ValueError('is a text, or a table of texts by language: { de = "…", en = "…" }')
    if any(not text.strip() or len(text) > LONGEST[name] for text in texts.values()):
        raise ValueError(f"is empty or longer than {LONGEST[name]} characters")
    return Phrase(MappingProxyType({language: text.strip() for language, text in texts.items()}))


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > LONGEST.get(name, 80):
        raise ValueError("is not one line of text")
    return value.strip()


def _link(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.startswith("https://") or not value.isprintable() or len(value) > 500:
        raise ValueError("is not an address that begins with https://")
    return value


def _day(name: str, value: Any) -> date:
    if not isinstance(value, date):
        raise ValueError("is not a day such as 2026-12-24 (without quotes)")
    return value


def _count(name: str, value: Any) -> int:
    if not isinstance(value, int) or not 1 <= value <= MOST_PRODUCTS:
        raise ValueError(f"is not a number from 1 to {MOST_PRODUCTS}")
    return value


_READERS: dict[str, Callable[[str, Any], Any]] = {
    "kind": _text, "eyebrow": _phrase, "title": _phrase, "text": _phrase, "link": _link, "link_text": _phrase,
    "image": _text, "code": _text, "until": _day, "count": _count,
}  # fmt: skip
