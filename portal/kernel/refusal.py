"""The domain says no: a code and its parameters. Words are made from the code at the edge."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Refusal(Exception):
    """A request that the rules refuse; `code` is stable and part of the API, `subject` says which thing it concerns."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    subject: str | None = None

    def __str__(self) -> str:
        return f"{self.code} {dict(self.params)}"
