"""What happened in the orders room."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PersonForgotten:
    """Our mirror of an order has forgotten who is behind it: every room above has to."""

    order_id: UUID
    topic: ClassVar[str] = "order.person_forgotten"
