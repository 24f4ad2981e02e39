"""Design tokens (DTCG 2025.10): read, check against the roles, resolve aliases, and say precisely what is wrong.

`tokens.json` is the light set and complete; `tokens.dark.json` names only what differs in the dark.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from portal.branding.fonts import FAMILIES, GENERIC
from portal.branding.problems import ThemeProblem
from portal.branding.roles import BY_PATH, ROLES
from portal.branding.values import Color, Shadow, Value, read_value

_ALIAS = re.compile(r"^\{([a-z0-9.-]+)\}$")


@dataclass(frozen=True, slots=True)
class TokenSet:
    """Resolved values by token path: every role once, plus the palette entries that aliases point to."""

    values: Mapping[str, Value]

    def css(self, path: str) -> str:
        """The value as CSS text, with the role's unit."""
        return self.values[path].css() + BY_PATH[path].unit

    def color(self, path: str) -> Color:
        """The value of a colour role. Raises TypeError for another kind of role."""
        value = self.values[path]
        if not isinstance(value, Color):
            raise TypeError(f"{path} is not a colour")
        return value


def read_tokens(theme: str, light: dict[str, Any], dark: dict[str, Any]) -> tuple[TokenSet, TokenSet]:
    """The light and the dark set. Raises ThemeProblem that names the token."""
    base = _flatten(theme, light)
    differing = _flatten(theme, dark)
    for path in differing.keys() - base.keys():
        raise ThemeProblem(theme, path, "is in tokens.dark.json but not in tokens.json")
    return _resolved(theme, base), _resolved(theme, base | differing)


@dataclass(frozen=True, slots=True)
class _Raw:
    kind: str
    value: Any


def _flatten(theme: str, group: dict[str, Any], above: str = "", kind: str = "") -> dict[str, _Raw]:
    """Tokens by dotted path. A `$type` on a group holds for all below it."""
    kind = group.get("$type", kind)
    if "$value" in group:
        if not kind:
            raise ThemeProblem(theme, above, "has no $type, and no group above it has one")
        return {above: _Raw(kind, group["$value"])}
    found: dict[str, _Raw] = {}
    for name, below in group.items():
        if name.startswith("$"):
            continue
        path = f"{above}.{name}" if above else name
        if not isinstance(below, dict):
            raise ThemeProblem(theme, path, "is neither a token (an object with $value) nor a group")
        found |= _flatten(theme, below, path, kind)
    return found


def _resolved(theme: str, raw: dict[str, _Raw]) -> TokenSet:
    for path in raw:
        if path not in BY_PATH and not path.startswith("palette."):
            raise ThemeProblem(theme, path, "no such role; names of your own go below palette")
    values = {path: _value(theme, raw, path) for path in raw}
    for role in ROLES:
        if role.path not in raw:
            raise ThemeProblem(theme, role.path, f"is missing ({role.meaning.lower()}; type {role.kind})")
    for path in ("size.display-min", "size.display-max"):
        if not values[path].css().endswith("rem"):
            raise ThemeProblem(theme, path, "is in px; between the two the heading grows, so both are in rem")
    return TokenSet(values)


def _value(theme: str, raw: dict[str, _Raw], path: str) -> Value:
    token = _target(theme, raw, path)
    role = BY_PATH.get(path)
    if role and token.kind != role.kind:
        raise ThemeProblem(theme, path, f"is a {token.kind}, the role takes a {role.kind}")
    try:
        value = read_value(token.kind, token.value)
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(str(part) for part in first["loc"])
        raise ThemeProblem(theme, path, f"{at + ': ' if at else ''}{first['msg']}") from error
    except KeyError as error:
        raise ThemeProblem(theme, path, f"$type {token.kind!r} is not used here") from error
    _check_families(theme, path, value.families())
    return value


def _target(theme: str, raw: dict[str, _Raw], path: str) -> _Raw:
    """Follow aliases to the token that holds a value. Raises ThemeProblem for a dead end or a circle."""
    walked = [path]
    token = raw[path]
    while isinstance(token.value, str) and (alias := _ALIAS.match(token.value)):
        target = alias.group(1)
        if target in walked:
            raise ThemeProblem(theme, path, f"points in a circle: {' > '.join([*walked, target])}")
        if target not in raw:
            raise ThemeProblem(theme, path, f"points to {target}, which is not there")
        walked.append(target)
        token = raw[target]
    return token


def _check_families(theme: str, path: str, families: tuple[str, ...]) -> None:
    for family in families:
        if family not in FAMILIES | GENERIC:
            known = ", ".join(sorted(FAMILIES))
            raise ThemeProblem(theme, path, f"the font {family!r} is not installed; there are {known}")


__all__ = ["Color", "Shadow", "TokenSet", "read_tokens"]
