"""What happened to labels."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class LabelWanted:
    """A return needs its label."""

    topic: ClassVar[str] = "return.label_wanted"

    return_id: UUID
