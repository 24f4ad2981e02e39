"""Theme folders: complete, legible in light and dark, made of tokens only, and described where designers look."""

import json
import re
import shutil
from pathlib import Path

import pytest

from portal.branding.choices import CHOICES
from portal.branding.contrast import PAIRS, find_shortfalls, luminance, ratio
from portal.branding.fonts import FONT_FILES
from portal.branding.problems import ThemeProblem
from portal.branding.roles import ROLES
from portal.branding.themes import Theme, load_theme, load_themes
from portal.branding.tokens import Color

ROOT = Path(__file__).parents[2]
THEMES = ROOT / "themes"
NAMES = sorted(path.parent.name for path in THEMES.glob("*/theme.toml"))
LOCK = json.loads((ROOT / ".locks" / "package.json").read_text(encoding="utf-8"))


def theme(name: str) -> Theme:
    return load_theme(THEMES / name, lambda path: f"/vendor/{path}")


def grey(level: float) -> Color:
    return Color.model_validate({"colorSpace": "srgb", "components": [level, level, level]})


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A theme folder that a test may spoil."""
    return Path(shutil.copytree(THEMES / "fernweh", tmp_path / "fernweh"))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_and_shapes_can_be_told_from_their_ground(name: str, scheme: str) -> None:
    assert [str(short) for short in find_shortfalls(getattr(theme(name), scheme))] == []


def test_contrast_is_that_of_the_standard() -> None:
    assert ratio(grey(0), grey(1)) == pytest.approx(21)
    assert luminance(grey(0x77 / 255)) == pytest.approx(0.184, abs=0.001)


def test_every_pair_is_made_of_known_roles() -> None:
    known = {role.path for role in ROLES}
    assert {f"color.{side}" for pair in PAIRS for side in (pair.front, pair.ground)} <= known


def test_a_theme_that_cannot_be_read_does_not_load(copied: Path) -> None:
    tokens = json.loads((copied / "tokens.json").read_text(encoding="utf-8"))
    tokens["color"]["text-soft"]["$value"] = "{palette.stone}"
    (copied / "tokens.json").write_text(json.dumps(tokens))
    with pytest.raises(ThemeProblem, match=r"color\.text-soft: light: text-soft on surface is 1\.\d+:1, needs 4\.5:1"):
        load_theme(copied, str)


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("theme.toml", 'card = "boxed"', 'card = "round"', "choices.card: is 'round'; choose one of boxed, ruled"),
        ("theme.toml", 'card = "boxed"', "", "choices.card: is None"),
        ("theme.toml", "[choices]", '[choices]\nmood = "wild"', "choices.mood: no such choice"),
        ("theme.toml", 'parent = "base"', 'parent = "dawn"', "theme.toml parent"),
        ("theme.toml", 'version = "1.0.0"', "", "theme.toml version: is missing"),
        ("tokens.json", '"palette": {', '"palette": [', "tokens.json: line"),
    ],
)
def test_a_mistake_in_a_theme_is_named(copied: Path, file: str, old: str, new: str, says: str) -> None:
    path = copied / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ThemeProblem, match=re.escape(says)):
        load_theme(copied, str)


@pytest.mark.parametrize("name", NAMES)
def test_a_theme_is_tokens_and_pictures_only(name: str) -> None:
    kinds = {path.suffix for path in (THEMES / name).rglob("*") if path.is_file()}
    assert kinds <= {".toml", ".json", ".svg", ".md"}
    assert {theme(name).mark, theme(name).hero} <= theme(name).assets.keys()


@pytest.mark.parametrize("name", NAMES)
def test_the_pictures_of_a_theme_ask_for_nothing(name: str) -> None:
    for path in theme(name).assets.values():
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?:|<script|<image|href|@import|url\(", text), path.name


def test_a_stylesheet_holds_both_schemes_and_only_its_own_fonts() -> None:
    css = theme("aurelle").stylesheet
    assert "prefers-color-scheme:dark" in css
    assert "[data-scheme=dark]" in css
    assert css.count("font-display:swap") == css.count("@font-face") == css.count("unicode-range") == 6
    assert "Bricolage" not in css


def test_brands_differ_in_nearly_every_token() -> None:
    first, second = (loaded.light for loaded in load_themes(THEMES, str).values())
    alike = [role.path for role in ROLES if first.css(role.path) == second.css(role.path)]
    assert len(alike) <= len(ROLES) // 8


def test_fonts_of_the_catalogue_are_the_fonts_that_are_installed() -> None:
    vendored = {path for path in LOCK["doorstep"]["vendor"] if path.startswith("fonts/")}
    assert {file.path for file in FONT_FILES} == vendored


def test_the_script_is_pinned_to_the_version_we_know() -> None:
    assert LOCK["dependencies"]["htmx.org"] == "4.0.1"
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in LOCK["dependencies"].values())


def test_the_lock_names_no_address() -> None:
    lock = (ROOT / ".locks" / "package-lock.json").read_text(encoding="utf-8")
    assert "http" not in lock
    assert '"resolved"' not in lock


def test_the_designers_page_lists_every_role_and_every_choice() -> None:
    page = (THEMES / "README.md").read_text(encoding="utf-8")
    for role in ROLES:
        assert f"| `{role.path}` | {role.kind} | {role.meaning} |" in page
    for name, options in CHOICES.items():
        assert f"| `{name}` | {', '.join(f'`{option}`' for option in options)} |" in page
