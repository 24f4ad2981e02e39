"""BigCommerce's REST API over HTTP: its token, its window of requests, its "204" for nothing, and one way to fail."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from portal.integrations.calls import Answer, call
from portal.integrations.exact_json import exact_json
from portal.integrations.ports import AdapterError
from portal.integrations.shop_api import LONGEST_WAIT, Credentials, api_url, credential

PAGE_SIZE = 250
"""The most that a page may hold."""
SMALLEST_PAGE = 50
"""What a page holds when nobody asks for more: one that is shorter was not cut by any rule we know."""
_PATIENCE = 3
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Store:
    """One store's API."""

    client: httpx2.AsyncClient
    url: str
    token: str

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        """JSON; [] where there is nothing (204) and None where there is no such thing. Raises AdapterError."""
        answer = await self._ask(f"{self.url}{path}", query)
        if answer.status == 204:
            return []
        if answer.status not in (200, 404):
            said = answer.headers.get("location") or answer.body[:200].decode("utf-8", "replace")
            raise AdapterError("refused", permanent=True, detail=f"{answer.status} {said}")
        found = exact_json(answer)
        return found if answer.status == 200 else None

    async def one(self, path: str, query: Mapping[str, str] | None = None) -> Json | None:
        """An object; None when there is none. Raises AdapterError."""
        found = await self.get(path, query)
        if found is not None and not isinstance(found, dict):
            raise AdapterError("garbage", detail=f"no object from {path}")
        return found

    async def page(self, path: str, query: Mapping[str, str]) -> list[Json]:
        """One page of a V2 list, or of V3's `data`. Raises AdapterError, for a 404 too: it is no empty list."""
        found = await self.get(path, query)
        if found is None:
            raise AdapterError("refused", permanent=True, detail=f"404 for {path}")
        rows = found.get("data") if isinstance(found, dict) else found
        if not isinstance(rows, list) or any(not isinstance(row, dict) for row in rows):
            raise AdapterError("garbage", detail=f"no list of objects from {path}")
        return rows

    async def all_of(self, path: str, query: Mapping[str, str] | None = None) -> AsyncIterator[Json]:
        """A whole list that does not move while it is read, page after page. Raises AdapterError."""
        number, size = 1, PAGE_SIZE
        while size >= SMALLEST_PAGE:
            rows = await self.page(path, {**(query or {}), "page": str(number), "limit": str(PAGE_SIZE)})
            number, size = number + 1, len(rows)
            for row in rows:
                yield row

    async def _ask(self, url: str, query: Mapping[str, str] | None) -> Answer:
        headers = {"x-auth-token": self.token, "accept": "application/json"}
        for _ in range(_PATIENCE):
            try:
                answer = await call(self.client, "GET", url, headers=headers, params=query)
            except AdapterError as error:
                if error.code != "throttled" or error.retry_after is None or error.retry_after > LONGEST_WAIT:
                    raise
                await asyncio.sleep(error.retry_after)
                continue
            await asyncio.sleep(_pause(answer.headers))
            return answer
        raise AdapterError("throttled", retry_after=LONGEST_WAIT, detail="others use up the window")


def open_store(client: httpx2.AsyncClient, shop: str, credentials: Credentials) -> Store:
    """The store's API; `access_token` is an API account's. Raises AdapterError("unauthorised")."""
    url = f"{api_url(credentials, 'https://api.bigcommerce.com')}/stores/{shop}"
    return Store(client, url, credential(credentials, "access_token"))


def _pause(headers: Mapping[str, str]) -> float:
    """Seconds until the next request would be let in: none while the window holds some, and none when it is longer
    than we may wait; the refusal that comes then says so.
    """
    left, reset = headers.get("x-rate-limit-requests-left", ""), headers.get("x-rate-limit-time-reset-ms", "")
    if left != "0" or not (reset.isascii() and reset.isdecimal()):
        return 0.0
    seconds = int(reset) / 1000
    return seconds if seconds <= LONGEST_WAIT else 0.0
