"""The domain says no: a code and its parameters. Words are made from the code at the edge."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=True)  # neither frozen nor slots: context managers set __traceback__ on what passes through them
class Refusal(Exception):
    """A request that the rules refuse; `code` is stable and part of the API, `subject` says which thing it concerns."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    subject: str | None = None

    __hash__ = Exception.__hash__

    def __str__(self) -> str:
        return f"{self.code} {dict(self.params)}"
