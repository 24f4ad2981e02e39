"""What the proofs room owes the world."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CodeWanted:
    """A browser asked for a code by mail; for an order that is not there, too: then no mail goes out."""

    topic: ClassVar[str] = "proof.code_wanted"

    proof_id: UUID
    locale: str
