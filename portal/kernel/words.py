"""Text that is not words yet: a message id with its parameters, turned into a sentence at the edge.

Domain code never holds English. It marks message ids with `N_()` so that extraction finds them, and the template
(or the mail, or the API) translates them in the reader's language.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for "mark, do not translate yet"
    """Mark a message id for extraction; returned as it is."""
    return message


def NN_(singular: str, plural: str) -> tuple[str, str]:  # noqa: N802 - the plural sister of N_, for extraction
    """Mark a message with its plural for extraction."""
    return singular, plural


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence to be: `message` is a gettext id with %(name)s places, `params` fill them.

    Parameters may be `Money`, `date`, `datetime` or `Words`; the edge formats each in the reader's locale
    (a `datetime` as a day in the merchant's time zone). With `plural`, `count` chooses the form and fills %(count)s.
    """

    message: str
    params: Mapping[str, Any] = field(default_factory=dict)
    plural: str | None = None
    count: int | None = None
