"""Orders of BigCommerce: which changed (V2 orders and V3 refunds), and one with all that belongs to it.

The list can be sorted by the time of change only, to the second, and says nothing of the order within a second. So no
page number is trusted: after each page the second in which it ended is read once more by id, and the next page starts
there. Whether the bounds of a search are included nobody documents; it works either way.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial

import httpx2

from portal.integrations.at_once import at_once
from portal.integrations.bigcommerce.mapping import changed_at
from portal.integrations.bigcommerce.rest import PAGE_SIZE, Json, Store, open_store
from portal.integrations.bigcommerce.times import moment
from portal.integrations.merging import oldest_first
from portal.integrations.ports import AdapterError
from portal.integrations.records import RecordRefused
from portal.integrations.shop_api import ChangedOrder, Credentials, FetchedOrder
from portal.integrations.shopify.fields import Fields

_SECOND = timedelta(seconds=1)
_INCOMPLETE = 0
"""`status_id` of a checkout that nobody finished: no order (yet)."""
_WITH_CONSIGNMENTS = {"include": "consignments", "consignment_structure": "object"}
# Coupons are not asked for: what they took off stands in the order and its products.
_PARTS = {
    "products": "/v2/orders/{}/products",
    "shipping_addresses": "/v2/orders/{}/shipping_addresses",
    "shipments": "/v2/orders/{}/shipments",
    "refunds": "/v3/orders/{}/payment_actions/refunds",
}


async def changed_orders(
    client: httpx2.AsyncClient, shop: str, credentials: Credentials, since: datetime, until: datetime
) -> AsyncIterator[ChangedOrder]:
    """Orders that changed from `since` to `until`, oldest change first; see `shop_api.ShopApi`. Raises AdapterError."""
    store = open_store(client, shop, credentials)
    since, until = (at.astimezone(UTC).replace(microsecond=0) for at in (since, until))
    async for change in oldest_first([_modified(store, since, until), _refunded(store, since, until)]):
        yield change


async def fetch_order(
    client: httpx2.AsyncClient, shop: str, credentials: Credentials, order_id: str
) -> FetchedOrder | None:
    """One order; None when the store has none of this id, or its checkout was not finished. Raises AdapterError."""
    if not (order_id.isascii() and order_id.isdecimal()):
        return None
    store = open_store(client, shop, credentials)
    order = await store.one(f"/v2/orders/{order_id}", _WITH_CONSIGNMENTS)
    if order is None or order.get("status_id") == _INCOMPLETE:
        return None
    parts = await at_once([partial(_all, store, path.format(order_id)) for path in _PARTS.values()])
    payload = {**order, **dict(zip(_PARTS, parts, strict=True))}
    try:
        fields = Fields(payload)
        at = changed_at(fields) or fields.refuse("missing", "date_modified")
        return FetchedOrder(fields.required_identifier("id"), at, payload)
    except RecordRefused as error:
        raise AdapterError("garbage", detail=str(error)) from error


async def _all(store: Store, path: str) -> list[Json]:
    return [row async for row in store.all_of(path)]


async def _modified(store: Store, since: datetime, until: datetime) -> AsyncGenerator[ChangedOrder, None]:
    """By the time of change: everything up to `told` was told; `start` is where the next search begins."""
    told = start = since - _SECOND
    while start <= until:
        rows = await _search(store, start, until + _SECOND, "date_modified:asc")
        fresh = [row for row in rows if row.at > told]
        if fresh != sorted(fresh, key=lambda row: row.at):
            raise AdapterError("garbage", detail="/v2/orders does not sort by date_modified")
        if fresh:
            last = fresh[-1].at
            fresh += await _rest_of_second(store, last, {row.key for row in fresh if row.at == last})
            for row in fresh:
                if row.at <= until and row.is_order:
                    yield ChangedOrder(row.source_id, row.at)
            told = start = last
        elif rows and start == told:
            start = told + _SECOND
        else:
            return


async def _rest_of_second(store: Store, second: datetime, known: set[int]) -> "list[_Row]":
    """What else changed in this second: a bulk edit changes more orders at once than a page holds."""
    found: list[_Row] = []
    last = 0
    while True:
        rows = await _search(store, second - _SECOND, second + _SECOND, "id:asc", last)
        further = [row for row in rows if row.key > last]
        if not further:
            return found
        found += [row for row in further if row.at == second and row.key not in known]
        last = max(row.key for row in further)


class _Row:
    """An order in a list, as far as we read it. Raises AdapterError("garbage")."""

    __slots__ = ("at", "is_order", "key", "source_id")

    def __init__(self, row: Json) -> None:
        fields = Fields(row)
        try:
            self.at = moment(fields, "date_modified") or fields.refuse("missing", "date_modified")
            self.key = fields.count("id", most=2**63) or fields.refuse("missing", "id")
            self.is_order = fields.count("status_id") != _INCOMPLETE
        except RecordRefused as error:
            raise AdapterError("garbage", detail=str(error)) from error
        self.source_id = str(self.key)


async def _search(store: Store, start: datetime, end: datetime, sort: str, least_id: int = 0) -> list[_Row]:
    query = {
        "min_date_modified": format_datetime(start),
        "max_date_modified": format_datetime(end),
        "sort": sort,
        "page": "1",
        "limit": str(PAGE_SIZE),
        **({"min_id": str(least_id)} if least_id else {}),
    }
    return [_Row(row) for row in await store.page("/v2/orders", query)]


async def _refunded(store: Store, since: datetime, until: datetime) -> AsyncGenerator[ChangedOrder, None]:
    """A further refund need not change its order. Refunds come by id, and new ones only at the end."""
    window = {"created:min": since.isoformat(), "created:max": until.isoformat()}
    async for row in store.all_of("/v3/orders/payment_actions/refunds", window):
        fields = Fields(row)
        try:
            at = moment(fields, "created") or fields.refuse("missing", "created")
            yield ChangedOrder(fields.required_identifier("order_id"), at)
        except RecordRefused as error:
            raise AdapterError("garbage", detail=str(error)) from error
