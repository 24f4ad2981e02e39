"""Templates know one variable, `view`, and hold no word that is not translated."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, meta, nodes

from portal.web.render import TEMPLATES

HELPERS = {"view", "_", "ngettext", "money", "date", "time", "moment", "csrf", "asset", "iso"}
TAKES = re.compile(r"\{#\s*takes:(?P<names>.*?)(?:·|#\})", re.DOTALL)
FILES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
ENVIRONMENT = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
FORBIDDEN = re.compile(r"\bhx-on|\bjs:|javascript:|\sstyle=|\son[a-z]+=|\|\s*safe\b|<script(?! src)", re.IGNORECASE)


def source(name: str) -> str:
    return (TEMPLATES / name).read_text()


def taken(text: str) -> set[str]:
    found = TAKES.search(text)
    return (
        set(re.findall(r"[a-z_]+", found["names"].split("(")[0] + re.sub(r"\([^)]*\)", "", found["names"])))
        if found
        else set()
    )


@pytest.mark.parametrize("name", FILES)
def test_a_template_uses_only_what_it_says_it_takes(name: str) -> None:
    used = meta.find_undeclared_variables(ENVIRONMENT.parse(source(name)))
    assert used - HELPERS - taken(source(name)) == set()


@pytest.mark.parametrize("name", FILES)
def test_a_template_opens_by_saying_what_it_takes(name: str) -> None:
    first, _, _ = source(name).partition("#}")
    assert first.startswith("{#")
    assert "takes" in first.lower()


@pytest.mark.parametrize("name", FILES)
def test_a_template_needs_no_script_of_its_own(name: str) -> None:
    assert FORBIDDEN.findall(source(name)) == []


class _Words(HTMLParser):
    """Collects letters that stand in the page without having been translated."""

    SAID = ("aria-label", "alt", "title", "placeholder")

    def __init__(self) -> None:
        super().__init__()
        self.loose: list[str] = []

    def handle_data(self, data: str) -> None:
        if re.search(r"[^\W\d_]{2,}", data):
            self.loose.append(data.strip())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loose += [value for name, value in attrs if name in self.SAID and value and re.search(r"\w{2,}", value)]


@pytest.mark.parametrize("name", FILES)
def test_every_word_of_a_template_is_translated(name: str) -> None:
    reader = _Words()
    for part in ENVIRONMENT.parse(source(name)).find_all(nodes.TemplateData):
        reader.feed(part.data)
    assert reader.loose == []


def test_there_are_templates_to_judge() -> None:
    assert len(FILES) > 20
    assert Path(TEMPLATES / "labels").is_dir()
