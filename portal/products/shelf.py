"""What a process knows of a merchant's offer: asked for once a minute, so that a page costs no read of its own."""

import time
from collections.abc import Awaitable, Callable
from uuid import UUID

from portal.products.queries import list_offered
from portal.products.rules import Product

KEPT_SECONDS = 60.0
MOST_KEPT = 1000


class Shelf:
    """The products that pages may recommend, by merchant and language, remembered for a minute."""

    def __init__(self, find: Callable[[UUID, str], Awaitable[list[Product]]] = list_offered) -> None:
        self._find = find
        self._known: dict[tuple[UUID, str], tuple[float, list[Product]]] = {}

    async def offered(self, merchant_id: UUID, language: str) -> list[Product]:
        """The first products of the merchant's feed that can be bought."""
        key = (merchant_id, language)
        seen = self._known.get(key)
        if seen is None or time.monotonic() - seen[0] > KEPT_SECONDS:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            seen = (time.monotonic(), await self._find(merchant_id, language))
            self._known[key] = seen
        return seen[1]
