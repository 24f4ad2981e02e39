"""What every shop's API has in common: which orders changed, and one order whole.

A platform's `shop_api` module (`integrations/<platform>/shop_api.py`) has `changed_orders` and `fetch_order`, as
`ShopApi` says. They hold no state between calls and retry nothing but a short wait for a rate limit: whoever calls them
knows when to come again.
"""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import httpx2

from portal.integrations.ports import AdapterError

Credentials = Mapping[str, Any]
"""What `doorstep shops connect --credentials FILE` read. `api_url` stands in for the vendor's own address."""

LONGEST_WAIT = 5.0
"""Seconds that a client may wait for a rate limit by itself; longer than that is AdapterError("throttled")."""


@dataclass(frozen=True, slots=True)
class ChangedOrder:
    """That an order changed, and when by the shop's clock."""

    source_id: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class FetchedOrder:
    """One order, whole: every line, parcel, refund and payment, however many pages the API makes of them.

    `payload` is plain JSON in the shape that the platform's `mapping.order_record` reads, and `updated_at` (aware) what
    that finds in it; the order's id there is `source_id`.
    """

    source_id: str
    updated_at: datetime
    payload: Mapping[str, Any]


class ShopApi(Protocol):
    """A platform's `shop_api` module. `shop` is the platform's own name of it, as connected."""

    def changed_orders(
        self, client: httpx2.AsyncClient, shop: str, credentials: Credentials, since: datetime, until: datetime
    ) -> AsyncGenerator[ChangedOrder, None]:
        """Orders that changed from `since` to `until`, both included, oldest change first.

        One that changes meanwhile may be missing (it changed after `until`) or be told twice. Raises AdapterError.
        """
        ...

    async def fetch_order(
        self, client: httpx2.AsyncClient, shop: str, credentials: Credentials, order_id: str
    ) -> FetchedOrder | None:
        """One order; None when the shop has none of this id (any more). Raises AdapterError."""
        ...


def credential(credentials: Credentials, name: str) -> str:
    """One of the credentials. Raises AdapterError("unauthorised", permanent) when it is missing or no plain text."""
    value = credentials.get(name)
    if not isinstance(value, str) or not value or not (value.isascii() and value.isprintable()):
        raise AdapterError("unauthorised", permanent=True, detail=f"the credentials have no {name}")
    return value


def api_url(credentials: Credentials, default: str) -> str:
    """The address of the API without a slash at its end: `api_url` of the credentials, else the vendor's."""
    return str(credentials.get("api_url") or default).rstrip("/")
