"""Orders of Magento and Adobe Commerce over REST V1: which changed, and one with its shipments and credit memos.

A shipment or a credit memo that is changed later (a tracking number that comes after the parcel left) does not touch
its order's `updated_at`, so all three lists are followed; the order changed when the newest of them did.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from datetime import UTC, datetime
from functools import partial

import httpx2

from portal.integrations.at_once import at_once
from portal.integrations.magento.mapping import changed_at
from portal.integrations.magento.rest import Api, Filter, Json, open_api
from portal.integrations.magento.times import moment
from portal.integrations.merging import oldest_first
from portal.integrations.ports import AdapterError
from portal.integrations.records import RecordRefused
from portal.integrations.shop_api import ChangedOrder, Credentials, FetchedOrder
from portal.integrations.shopify.fields import Fields

_FOLLOWED = (("/V1/orders", "entity_id"), ("/V1/shipments", "order_id"), ("/V1/creditmemos", "order_id"))
"""Lists, and where their entries name the order."""


async def changed_orders(
    client: httpx2.AsyncClient, shop: str, credentials: Credentials, since: datetime, until: datetime
) -> AsyncIterator[ChangedOrder]:
    """Orders that changed from `since` to `until`, oldest change first; see `shop_api.ShopApi`. Raises AdapterError."""
    api = open_api(client, shop, credentials)
    async for change in oldest_first([_changes(api, path, owner, since, until) for path, owner in _FOLLOWED]):
        yield change


async def fetch_order(
    client: httpx2.AsyncClient, shop: str, credentials: Credentials, order_id: str
) -> FetchedOrder | None:
    """One order; None when the shop has none of this id. Raises AdapterError."""
    if not (order_id.isascii() and order_id.isdecimal()):
        return None
    api = open_api(client, shop, credentials)
    order = await api.get(f"/V1/orders/{order_id}")
    if order is None:
        return None
    shipments, creditmemos = await at_once(
        [partial(_belonging, api, path, order_id) for path in ("/V1/shipments", "/V1/creditmemos")]
    )
    payload = {**order, "shipments": shipments, "creditmemos": creditmemos}
    try:
        fields = Fields(payload)
        at = changed_at(fields) or fields.refuse("missing", "updated_at")
        return FetchedOrder(fields.required_identifier("entity_id"), at, payload)
    except RecordRefused as error:
        raise AdapterError("garbage", detail=str(error)) from error


async def _belonging(api: Api, path: str, order_id: str) -> list[Json]:
    return [item async for item in api.all_of(path, "order_id", order_id)]


async def _changes(
    api: Api, path: str, owner: str, since: datetime, until: datetime
) -> AsyncGenerator[ChangedOrder, None]:
    """One list's changes by (updated_at, entity_id): whatever moves while we read moves behind us, never past us."""
    names = f"items[{','.join(dict.fromkeys(('entity_id', owner, 'updated_at')))}],total_count"
    at, last = since.astimezone(UTC).replace(microsecond=0), 0
    while True:
        groups = [[("updated_at", "lteq", _written(until))], *_behind(at, last)]
        items, count = await api.search(path, groups, ("updated_at", "entity_id"), names)
        for item in items:
            change, key = _read(item, owner)
            if (change.updated_at, key) <= (at, last):
                raise AdapterError("garbage", detail=f"{path} does not sort by updated_at and entity_id")
            at, last = change.updated_at, key
            yield change
        if count <= len(items):
            return


def _behind(at: datetime, last: int) -> list[list[Filter]]:
    """Later than `at`, or in the same second with a greater id."""
    return [
        [("updated_at", "gteq", _written(at))],
        [("updated_at", "gt", _written(at)), ("entity_id", "gt", str(last))],
    ]


def _read(item: Json, owner: str) -> tuple[ChangedOrder, int]:
    fields = Fields(item)
    try:
        at = moment(fields, "updated_at") or fields.refuse("missing", "updated_at")
        key = fields.count("entity_id", most=2**63) or fields.refuse("missing", "entity_id")
        return ChangedOrder(fields.required_identifier(owner), at), key
    except RecordRefused as error:
        raise AdapterError("garbage", detail=str(error)) from error


def _written(at: datetime) -> str:
    """A moment as Magento keeps it: UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
