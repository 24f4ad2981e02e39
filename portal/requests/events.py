"""What happened to requests."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class RequestMade:
    """A shopper has asked: the team hears of it."""

    topic: ClassVar[str] = "request.made"

    request_id: UUID


@dataclass(frozen=True, slots=True)
class RequestAcknowledged:
    """A shopper has asked: they get it in writing."""

    topic: ClassVar[str] = "request.acknowledged"

    request_id: UUID


@dataclass(frozen=True, slots=True)
class RequestAnswered:
    """The team has answered: the shopper hears of it."""

    topic: ClassVar[str] = "request.answered"

    request_id: UUID


@dataclass(frozen=True, slots=True)
class RequestWithdrawn:
    """The shopper has taken it back: the team need not do it."""

    topic: ClassVar[str] = "request.withdrawn"

    request_id: UUID
