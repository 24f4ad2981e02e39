"""One question to Shopify's GraphQL Admin API: its bucket of points, its errors, its answer.

Every question costs points and the bucket fills again so many a second: a question that finds too few is told what it
would have cost and what is there, so the wait is arithmetic.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

import httpx2

from portal.integrations.calls import Answer, call
from portal.integrations.ports import AdapterError
from portal.integrations.shop_api import LONGEST_WAIT, Credentials, api_url, credential
from portal.integrations.shopify.graphql_queries import VERSION

_PATIENCE = 3
"""How often one question is put when the bucket is too empty: others drink from it too."""
_CODES = {
    "THROTTLED": "throttled",
    "ACCESS_DENIED": "unauthorised",
    "SHOP_INACTIVE": "unauthorised",
    "INTERNAL_SERVER_ERROR": "outage",
    "TIMEOUT": "outage",
}
_PERMANENT = frozenset({"unauthorised", "refused"})


class Asking:
    """Questions to one shop."""

    def __init__(self, client: httpx2.AsyncClient, shop: str, credentials: Credentials) -> None:
        self._client = client
        self._url = f"{api_url(credentials, f'https://{shop}')}/admin/api/{VERSION}/graphql.json"
        self._headers = {
            "content-type": "application/json",
            "accept": "application/json",
            "x-shopify-access-token": credential(credentials, "access_token"),
        }

    async def ask(self, query: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer's `data`, whole. Raises AdapterError."""
        content = json.dumps({"query": query, "variables": variables}).encode()
        wait = 0.0
        for _ in range(_PATIENCE):
            await asyncio.sleep(wait)
            document = _document(await call(self._client, "POST", self._url, headers=self._headers, content=content))
            errors = document.get("errors")
            if not errors:
                return _data(document)
            error = _error(errors)
            if error.code != "throttled":
                raise error
            wait = seconds_to_wait(document)
            if wait > LONGEST_WAIT:
                break
        raise AdapterError("throttled", retry_after=wait, detail="the bucket of points is empty")


def seconds_to_wait(document: Mapping[str, Any]) -> float:
    """How long until the bucket holds what the question costs; a second more than LONGEST_WAIT when it does not say."""
    try:
        cost = document["extensions"]["cost"]
        status = cost["throttleStatus"]
        missing = float(cost["requestedQueryCost"]) - float(status["currentlyAvailable"])
        wait = missing / float(status["restoreRate"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return LONGEST_WAIT + 1
    return min(max(wait, 0.0), 3600.0)


def _document(answer: Answer) -> Mapping[str, Any]:
    """The body of a 200. Shopify answers 402, 404 and 423 for shops that are frozen, gone or locked."""
    if answer.status != 200:
        said = answer.body[:200].decode("utf-8", "replace")
        raise AdapterError("refused", permanent=True, detail=f"{answer.status} {said}")
    found = answer.json()
    if not isinstance(found, Mapping):
        raise AdapterError("garbage", detail="no object")
    return found


def _data(document: Mapping[str, Any]) -> Mapping[str, Any]:
    data = document.get("data")
    if not isinstance(data, Mapping):
        raise AdapterError("garbage", detail="an answer without data")
    return data


def _error(errors: Any) -> AdapterError:
    """What is wrong. An answer with errors is never used, also when it has some data: it would be half an order."""
    first = errors[0] if isinstance(errors, Sequence) and not isinstance(errors, str) and errors else errors
    if not isinstance(first, Mapping):
        return AdapterError("refused", permanent=True, detail=str(first))
    extensions = first.get("extensions")
    word = extensions.get("code") if isinstance(extensions, Mapping) else None
    code = _CODES.get(str(word), "throttled" if first.get("message") == "Throttled" else "refused")
    return AdapterError(code, permanent=code in _PERMANENT, detail=f"{word}: {first.get('message')}")
