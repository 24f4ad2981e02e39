"""What happened in the intake room."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class DeliveryKept:
    """A delivery is in the inbox and waits to be applied."""

    message_id: UUID
    topic: ClassVar[str] = "inbox.delivery_kept"


@dataclass(frozen=True, slots=True)
class OrderNamed:
    """A delivery named an order and said nothing of it: somebody has to ask the shop."""

    message_id: UUID
    topic: ClassVar[str] = "inbox.order_named"


@dataclass(frozen=True, slots=True)
class ReadingDue:
    """A shop's API is due to be asked what changed, or was not read to the end yet."""

    connection_id: UUID
    topic: ClassVar[str] = "shop.reading_due"


@dataclass(frozen=True, slots=True)
class ErasureDue:
    """A shop's people are due to be forgotten, or were not all forgotten yet."""

    request_id: UUID
    turn: int
    topic: ClassVar[str] = "shop.erasure_due"
