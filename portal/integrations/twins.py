"""What the twins of vendors' APIs have in common: the orders they hold, who may read them, the faults they play.

A platform's `twin` module has `create_app(shelf) -> Starlette`, which answers as documented from what is on the shelf,
under the paths below `api_url`. Twins listen on loopback only, for tests and the demo.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Fault(StrEnum):
    """What a vendor does on a bad day, instead of its answer."""

    OUTAGE = "500 with a word of JSON"
    HTML = "502 with the page of a proxy"
    GARBAGE = "200 with half of an answer"
    SILENCE = "no answer until the other side gives up"
    THROTTLED = "the vendor's own way to say: later"
    UNAUTHORISED = "the token is good no more"


@dataclass(slots=True)
class Shelf:
    """One shop's orders by id, each in the shape that the platform's mapping reads, and the token that opens them.

    `faults` are played first to last, one an answer. `calls` counts answers, played faults too.
    """

    token: str
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    calls: int = 0

    def put(self, order_id: str, order: Mapping[str, Any]) -> None:
        """Let the shop have this order, or what has become of it."""
        self.orders[order_id] = dict(order)

    def next_fault(self) -> Fault | None:
        """Count an answer, and say what to play instead of it."""
        self.calls += 1
        return self.faults.pop(0) if self.faults else None
