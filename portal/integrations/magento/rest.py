"""Magento's REST API over HTTP: proof of who asks, searches page by page, and one way to fail."""

import secrets
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2

from portal.integrations.calls import call
from portal.integrations.exact_json import exact_json
from portal.integrations.magento.oauth import Keys, authorization, query_string
from portal.integrations.ports import AdapterError
from portal.integrations.shop_api import Credentials, api_url, credential

PAGE_SIZE = 100
Json = dict[str, Any]
Query = list[tuple[str, str]]
Filter = tuple[str, str, str]
"""Field, condition and value. Filters in a group are alternatives; all groups have to hold."""


@dataclass(frozen=True, slots=True)
class Api:
    """One shop's API. `keys` sign every request where the bare token is not enough."""

    client: httpx2.AsyncClient
    url: str
    token: str
    keys: Keys | None = None

    async def get(self, path: str, query: Sequence[tuple[str, str]] = ()) -> Json | None:
        """An object; None when Magento says in words that there is none. Raises AdapterError."""
        url = f"{self.url}{path}"
        headers = {"authorization": self._proof(url, query), "accept": "application/json"}
        answer = await call(self.client, "GET", f"{url}?{query_string(query)}" if query else url, headers=headers)
        if answer.status not in (200, 404):
            said = answer.headers.get("location") or answer.body[:200].decode("utf-8", "replace")
            raise AdapterError("refused", permanent=True, detail=f"{answer.status} {said}")
        found = exact_json(answer)
        if not isinstance(found, dict):
            raise AdapterError("garbage", detail=f"{answer.status}, no object")
        if answer.status == 404 and not _is_missing(found):
            raise AdapterError("refused", permanent=True, detail=f"404 {str(found)[:200]}")
        return found if answer.status == 200 else None

    async def search(
        self, path: str, groups: Sequence[Sequence[Filter]], sort: Sequence[str], fields: str = ""
    ) -> tuple[list[Json], int]:
        """The first page of what the groups let through, and how many there are in all. Raises AdapterError."""
        found = await self.get(path, criteria(groups, sort, fields)) or {}
        items, count = found.get("items"), found.get("total_count")
        if not isinstance(items, list | None) or not isinstance(count, int) or (count and not items):
            raise AdapterError("garbage", detail=f"no search result from {path}")
        if any(not isinstance(item, dict) for item in items or ()):
            raise AdapterError("garbage", detail=f"no list of objects from {path}")
        return items or [], count

    async def all_of(self, path: str, field: str, value: str) -> AsyncIterator[Json]:
        """Everything whose `field` is `value`, by id. Raises AdapterError."""
        last = 0
        while True:
            groups: list[list[Filter]] = [[(field, "eq", value)], [("entity_id", "gt", str(last))]]
            items, count = await self.search(path, groups, ("entity_id",))
            for item in items:
                last = _next_id(item, last, path)
                yield item
            if count <= len(items):
                return

    def _proof(self, url: str, query: Sequence[tuple[str, str]]) -> str:
        if self.keys is None:
            return f"Bearer {self.token}"
        return authorization(self.keys, "GET", url, query, secrets.token_hex(16), int(time.time()))


def open_api(client: httpx2.AsyncClient, shop: str, credentials: Credentials) -> Api:
    """`access_token` alone is a bearer token; with consumer_key, consumer_secret and access_token_secret it signs.

    Raises AdapterError("unauthorised").
    """
    url = api_url(credentials, f"https://{shop}") + "/rest"
    token = credential(credentials, "access_token")
    if "consumer_key" not in credentials:
        return Api(client, url, token)
    names = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
    return Api(client, url, token, Keys(*(credential(credentials, name) for name in names)))


def criteria(groups: Sequence[Sequence[Filter]], sort: Sequence[str], fields: str) -> Query:
    """The documented search criteria. Always page 1: what comes next is asked for by its key, so that nothing slips
    through when the list moves, and the last page is never mistaken for a further one.
    """
    query: Query = []
    for group, filters in enumerate(groups):
        for index, each in enumerate(filters):
            at = f"searchCriteria[filter_groups][{group}][filters][{index}]"
            query += [
                (f"{at}[{key}]", text) for key, text in zip(("field", "condition_type", "value"), each, strict=True)
            ]
    for index, field in enumerate(sort):
        at = f"searchCriteria[sortOrders][{index}]"
        query += [(f"{at}[field]", field), (f"{at}[direction]", "ASC")]
    query += [("searchCriteria[pageSize]", str(PAGE_SIZE)), ("searchCriteria[currentPage]", "1")]
    return [*query, ("fields", fields)] if fields else query


def _is_missing(said: Json) -> bool:
    """Whether a 404 speaks of a thing that is not there, and not of an address that is no API."""
    message = said.get("message")
    return isinstance(message, str) and "route" not in message


def _next_id(item: Json, last: int, path: str) -> int:
    found = item.get("entity_id")
    if not isinstance(found, int) or found <= last:
        raise AdapterError("garbage", detail=f"{path} does not sort by entity_id")
    return found
