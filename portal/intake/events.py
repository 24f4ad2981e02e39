"""What happened in the intake room."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class DeliveryKept:
    """A delivery is in the inbox and waits to be applied."""

    message_id: UUID
    topic: ClassVar[str] = "inbox.delivery_kept"
