"""Calling vendors over HTTP, alike for all of them: one time limit, one size limit, no redirects, one kind of error."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
import orjson

from portal.integrations.ports import AdapterError

TIME_LIMIT_SECONDS = 20.0
LARGEST_ANSWER = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What a vendor answered: any status but the unusable ones, headers with names in lower case, the body as bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON. Raises AdapterError("garbage")."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise AdapterError("garbage", detail=self.body[:200].decode("utf-8", "replace")) from error


def open_client() -> httpx2.AsyncClient:
    """The client that adapters share; whoever opens it closes it."""
    return httpx2.AsyncClient(timeout=TIME_LIMIT_SECONDS, follow_redirects=False)


async def call(
    client: httpx2.AsyncClient,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    content: bytes | None = None,
    largest: int = LARGEST_ANSWER,
) -> Answer:
    """One request. Raises AdapterError: "unreachable" (no answer in time), "too_large", "throttled" (429, with
    `retry_after`), "outage" (5xx), "unauthorised" (401, 403: permanent until somebody changes the credentials).
    """
    try:
        async with client.stream(method, url, headers=headers, params=params, content=content) as response:
            body = await _read(response, largest)
    except httpx2.HTTPError as error:
        raise AdapterError("unreachable", detail=type(error).__name__) from error
    status, said = response.status_code, body[:200].decode("utf-8", "replace")
    if status == 429:
        raise AdapterError("throttled", retry_after=_wait(response.headers), detail=said)
    if status >= 500:
        raise AdapterError("outage", detail=f"{status} {said}")
    if status in (401, 403):
        raise AdapterError("unauthorised", permanent=True, detail=f"{status} {said}")
    return Answer(status, {name.lower(): value for name, value in response.headers.items()}, body)


async def _read(response: httpx2.Response, largest: int) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > largest:
            raise AdapterError("too_large", detail=f"more than {largest} bytes")
    return bytes(body)


def _wait(headers: Mapping[str, str]) -> float | None:
    """The seconds that Retry-After asks for (dates are rare there, and count as nothing said), or BigCommerce's
    milliseconds until its window ends.
    """
    for name, unit in (("retry-after", 1.0), ("x-rate-limit-time-reset-ms", 0.001)):
        try:
            return min(max(float(headers.get(name, "")) * unit, 0.0), 3600.0)
        except ValueError:
            continue
    return None
