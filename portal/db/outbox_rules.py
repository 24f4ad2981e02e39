"""How often an effect is tried, how long it waits in between, and what of an error may be kept."""

import re
from datetime import timedelta
from enum import StrEnum

MAX_ATTEMPTS = 20
MAX_LOST = 5
"""So many workers may die while they run one effect before it counts as the killer."""

_FIRST_WAIT = timedelta(seconds=2)
_LONGEST_WAIT = timedelta(hours=1)
_ERROR_LENGTH = 500


class EffectState(StrEnum):
    PENDING = "pending"
    DONE = "done"
    DEAD = "dead"


def next_attempt(attempt: int, roll: float) -> timedelta | None:
    """The wait after the `attempt`-th try (from 1) failed; None when it was the last one.

    Triples from 2 s to 1 h. `roll` in [0, 1) spreads the wait over its upper half, so that
    a thousand effects that failed together do not come back together.
    A duration, not a moment: the database's clock alone says when it has passed.
    """
    if attempt >= MAX_ATTEMPTS:
        return None
    wait = min(_FIRST_WAIT * 3 ** (attempt - 1), _LONGEST_WAIT)
    return wait * (0.5 + roll / 2)


_SECRETS = (
    (re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]*(?=@)"), "***"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), r"\1 ***"),
    (
        re.compile(
            r"(?i)([\w-]*(?:password|passwd|secret|token|api[_-]?key|signature)[\w-]*[\"']?\s*[=:]\s*)[\"']?[^\s\"'&,;]+"
        ),
        r"\1***",
    ),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "***@***"),
)


def storable(error: BaseException | str) -> str:
    """What an operator may read of an error: its kind and words, without secrets and mail addresses, 500 characters."""
    text = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
    text = text[: 8 * _ERROR_LENGTH].replace("\x00", "")
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text if len(text) <= _ERROR_LENGTH else text[: _ERROR_LENGTH - 1] + "…"
