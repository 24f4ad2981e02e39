"""Shopify over its GraphQL Admin API: which orders changed, and one order whole in the shape of REST and webhooks."""

from collections.abc import AsyncGenerator, Mapping
from datetime import UTC, datetime
from decimal import InvalidOperation
from typing import Any

import httpx2

from portal.integrations.ports import AdapterError
from portal.integrations.shop_api import ChangedOrder, Credentials, FetchedOrder
from portal.integrations.shopify import graphql_queries as queries
from portal.integrations.shopify.graphql_calls import Asking
from portal.integrations.shopify.graphql_orders import fulfilment_json, number_of, order_json, refund_json

Node = Mapping[str, Any]
_NO_ORDER = (KeyError, TypeError, ValueError, AttributeError, InvalidOperation)
"""What reading an answer raises that is not what the API documents."""
_TRIES = 3
"""How often an order is read that changes under our hands."""


class _Changed(Exception):
    """The order is another than it was on its first page."""


async def changed_orders(
    client: httpx2.AsyncClient, shop: str, credentials: Credentials, since: datetime, until: datetime
) -> AsyncGenerator[ChangedOrder, None]:
    """Orders that changed from `since` to `until`, oldest change first. Raises AdapterError."""
    asking = Asking(client, shop, credentials)
    search = f"updated_at:>='{_second(since)}' updated_at:<='{_second(until)}'"
    after: str | None = None
    while True:
        try:
            page = (await asking.ask(queries.CHANGED, {"search": search, "after": after}))["orders"]
            found = [ChangedOrder(str(number_of(node["id"])), _moment(node["updatedAt"])) for node in page["nodes"]]
            more, cursor = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]
        except _NO_ORDER as error:
            raise AdapterError("garbage", detail=f"no page of orders: {error!r}") from error
        for one in found:
            yield one
        if not more:
            return
        if cursor == after or not cursor:
            raise AdapterError("garbage", detail="a page that leads nowhere")
        after = cursor


async def fetch_order(
    client: httpx2.AsyncClient, shop: str, credentials: Credentials, order_id: str
) -> FetchedOrder | None:
    """One order; None when there is none of this id. Raises AdapterError."""
    if not (order_id.isascii() and order_id.isdecimal()):
        return None
    asking = Asking(client, shop, credentials)
    for _ in range(_TRIES):
        try:
            order = (await asking.ask(queries.ORDER, {"id": f"gid://shopify/Order/{order_id}"}))["order"]
            if order is None:
                return None
            return FetchedOrder(order_id, _moment(order["updatedAt"]), await _Reading(asking, order).whole())
        except _Changed:
            continue
        except _NO_ORDER as error:
            raise AdapterError("garbage", detail=f"no order: {error!r}") from error
    raise AdapterError("outage", detail=f"order {order_id} changed each time that it was read")


class _Reading:
    """One order being read; its later pages have to tell of the same moment as its first."""

    def __init__(self, asking: Asking, order: Node) -> None:
        self._asking, self._order = asking, order

    async def whole(self) -> dict[str, Any]:
        order = self._order
        lines = await self._order_nodes("lineItems", queries.MORE_LINES)
        lists = {
            "shippingLines": await self._order_nodes("shippingLines", queries.MORE_SHIPPING),
            "discountApplications": await self._order_nodes("discountApplications", queries.MORE_DISCOUNTS),
        }
        fulfilments = [await self._fulfilment(each) for each in await self._fulfilments()]
        refunds = [await self._refund(each["id"]) for each in order["refunds"]]
        return order_json({**order, **lists}, lines, fulfilments, refunds)

    async def _order_nodes(self, name: str, query: str) -> list[Node]:
        """Every node of a connection of the order."""
        page = self._order[name]
        nodes = list(page["nodes"])
        while page["pageInfo"]["hasNextPage"]:
            variables = {"id": self._order["id"], "after": page["pageInfo"]["endCursor"]}
            page = self._same((await self._asking.ask(query, variables))["order"])[name]
            nodes += _some(page["nodes"])
        return nodes

    async def _fulfilments(self) -> list[Node]:
        """Every fulfilment, with the first page of what it holds. They are a list, which has no pages to turn."""
        order = self._order
        found = list(order["fulfillments"])
        count = order["fulfillmentsCount"]
        if count is not None and count["count"] <= len(found):
            return found
        answer = await self._asking.ask(queries.FULFILMENTS, {"id": order["id"]})
        known = {each["id"]: each for each in found}
        ids = [each["id"] for each in self._same(answer["order"])["fulfillments"]]
        return [known[each] if each in known else await self._fulfilment_page(each, None) for each in ids]

    async def _fulfilment(self, first: Node) -> dict[str, Any]:
        page = first["fulfillmentLineItems"]
        held = list(page["nodes"])
        while page["pageInfo"]["hasNextPage"]:
            page = (await self._fulfilment_page(first["id"], page["pageInfo"]["endCursor"]))["fulfillmentLineItems"]
            held += _some(page["nodes"])
        return fulfilment_json(first, held)

    async def _fulfilment_page(self, identifier: str, after: str | None) -> Node:
        found = (await self._asking.ask(queries.FULFILMENT, {"id": identifier, "after": after}))["fulfillment"]
        self._same(found["order"] if found else None)
        return found

    async def _refund(self, identifier: str) -> dict[str, Any]:
        first = await self._refund_page(identifier, None)
        page = first["refundLineItems"]
        entries = list(page["nodes"])
        while page["pageInfo"]["hasNextPage"]:
            page = (await self._refund_page(identifier, page["pageInfo"]["endCursor"]))["refundLineItems"]
            entries += _some(page["nodes"])
        if any(first[name]["pageInfo"]["hasNextPage"] for name in ("refundShippingLines", "transactions")):
            # More than the portal of Shopify itself lets anybody make; half of a refund would be worse than none.
            raise AdapterError("garbage", detail=f"refund {identifier} has more parts than can be")
        return refund_json(first, entries)

    async def _refund_page(self, identifier: str, after: str | None) -> Node:
        found = (await self._asking.ask(queries.REFUND, {"id": identifier, "after": after}))["refund"]
        self._same(found["order"] if found else None)
        return found

    def _same(self, order: Node | None) -> Node:
        """Raises _Changed when the order has changed since its first page was read, or is gone."""
        if order is None or order["updatedAt"] != self._order["updatedAt"]:
            raise _Changed
        return order


def _some(nodes: list[Node]) -> list[Node]:
    """The nodes of a further page. One without any would be asked for again for ever."""
    if not nodes:
        raise AdapterError("garbage", detail="a page was promised that is empty")
    return nodes


def _second(moment: datetime) -> str:
    """As Shopify's search takes it: it knows no fractions."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a time without its zone")
    return found.astimezone(UTC)
