"""What follows from facts with a version, worked out once: people come back to a page, and open pages ask."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """At most `most` answers of this process, the oldest forgotten first. A key names all that an answer rests on."""

    def __init__(self, most: int = 4096) -> None:
        self._most = most
        self._known: dict[Hashable, T] = {}

    def get(self, key: Hashable, work_out: Callable[[], T]) -> T:
        """The answer for this key."""
        if key in self._known:
            return self._known[key]
        if len(self._known) >= self._most:
            del self._known[next(iter(self._known))]
        answer = self._known[key] = work_out()
        return answer
