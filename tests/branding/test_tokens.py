"""Tokens by role: what is missing, unknown, circular or out of line is said by name."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from portal.branding.problems import ThemeProblem
from portal.branding.roles import ROLES
from portal.branding.stylesheet import fluid
from portal.branding.tokens import read_tokens

FOLDER = Path(__file__).parents[2] / "themes" / "fernweh"
LIGHT = json.loads((FOLDER / "tokens.json").read_text(encoding="utf-8"))
DARK = json.loads((FOLDER / "tokens.dark.json").read_text(encoding="utf-8"))


def changed(path: str, token: Any) -> dict[str, Any]:
    """The light set with one token put in place of another; None takes it away."""
    tokens = copy.deepcopy(LIGHT)
    *groups, name = path.split(".")
    group = tokens
    for part in groups:
        group = group.setdefault(part, {})
    if token is None:
        del group[name]
    else:
        group[name] = token
    return tokens


def problem(tokens: dict[str, Any], dark: dict[str, Any] | None = None) -> str:
    with pytest.raises(ThemeProblem) as caught:
        read_tokens("sample", tokens, dark or {})
    return str(caught.value)


def test_every_role_has_a_value_in_both_schemes() -> None:
    light, dark = read_tokens("fernweh", LIGHT, DARK)
    assert all(light.css(role.path) for role in ROLES)
    assert light.css("color.surface") != dark.css("color.surface")


def test_what_the_dark_set_leaves_out_stays_as_by_day() -> None:
    light, dark = read_tokens("fernweh", LIGHT, {})
    assert light == dark


def test_a_missing_role_is_named_with_its_meaning() -> None:
    said = problem(changed("color.focus", None))
    assert "color.focus: is missing" in said
    assert "keyboard" in said


def test_an_invented_role_is_refused_by_name() -> None:
    assert "color.sparkle: no such role" in problem(changed("color.sparkle", {"$value": "{palette.rust}"}))


def test_an_alias_to_nowhere_names_both_ends() -> None:
    said = problem(changed("color.accent", {"$value": "{palette.plum}"}))
    assert "color.accent: points to palette.plum, which is not there" in said


def test_aliases_in_a_circle_are_shown_as_a_path() -> None:
    tokens = changed("palette.pine", {"$value": "{palette.rust}"})
    tokens["palette"]["rust"] = {"$value": "{palette.pine}"}
    assert "palette.pine > palette.rust > palette.pine" in problem(tokens)


@pytest.mark.parametrize(
    ("path", "token", "says"),
    [
        ("color.text", {"$value": "#17241c"}, "color.text"),
        ("color.text", {"$value": {"colorSpace": "hsl", "components": [0, 0, 0]}}, "colorSpace"),
        ("color.text", {"$value": {"colorSpace": "srgb", "components": [0, 0, 2]}}, "components.2"),
        ("color.text", {"$value": {"colorSpace": "srgb", "components": [0, 0, 0], "hex": "#ffffff"}}, "hex says"),
        ("size.text", {"$value": {"value": 1, "unit": "em"}}, "unit"),
        ("size.text", {"$type": "number", "$value": 1}, "is a number, the role takes a dimension"),
        ("size.display-max", {"$value": {"value": 80, "unit": "px"}}, "size.display-max"),
        ("weight.title", {"$value": 1400}, "weight"),
        ("font.text", {"$value": ["Comic Sans MS", "serif"]}, "'Comic Sans MS' is not installed"),
        ("motion.ease", {"$type": "cubicBezier", "$value": [0, 1]}, "points"),
        ("rail.weight", "thick", "neither a token"),
        ("space", {"scale": {"$value": 1}}, "space.scale: has no $type"),
    ],
)
def test_a_bad_value_is_refused_with_the_name_of_its_token(path: str, token: Any, says: str) -> None:
    said = problem(changed(path, token))
    assert path in said
    assert says in said


def test_the_dark_set_cannot_bring_roles_of_its_own() -> None:
    said = problem(LIGHT, {"palette": {"$type": "color", "night": {"$value": "{palette.rust}"}}})
    assert "palette.night: is in tokens.dark.json but not in tokens.json" in said


def test_the_large_heading_grows_from_phone_to_desktop() -> None:
    light, _ = read_tokens("fernweh", LIGHT, {})
    assert fluid(light) == "clamp(2.5rem,1.52rem + 4.35vw,5rem)"
