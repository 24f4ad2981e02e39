"""Root fields that read orders."""

from datetime import datetime
from typing import Annotated

import strawberry

from graphql_api.connections import Connection, connect, read_wish
from graphql_api.context import Info, plain
from graphql_api.ids import row_of
from graphql_api.orders.queries import list_orders
from graphql_api.orders.types import Order, make_order
from graphql_api.paging import After, Before, First, Last, Reverse
from portal.orders.rules import number_key


@strawberry.type
class OrderQueries:
    @strawberry.field(description="The order of this id, or null. Needs the scope read_orders.")
    async def order(
        self,
        info: Info,
        node_id: Annotated[strawberry.ID, strawberry.argument(name="id", description="The order's id.")],
    ) -> Order | None:
        info.context.require("read_orders")
        row_id = row_of("Order", node_id)
        row = await info.context.loaders.orders.load(row_id) if row_id else None
        return make_order(row) if row else None

    @strawberry.field(description="The newest order of this number, or null. Needs the scope read_orders.")
    async def order_by_number(
        self,
        info: Info,
        number: Annotated[
            str, strawberry.argument(description="The number; case, spaces and a leading # do not matter.")
        ],
    ) -> Order | None:
        info.context.require("read_orders")
        key = number_key(plain(number, "number"))
        row = await info.context.loaders.orders_by_number.load(key)
        return make_order(row) if row else None

    @strawberry.field(description="Orders by the moment they were placed. Needs the scope read_orders.")
    async def orders(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        reverse: Reverse = False,
        placed_after: Annotated[
            datetime | None, strawberry.argument(description="Only orders placed at this moment or later.")
        ] = None,
        placed_before: Annotated[
            datetime | None, strawberry.argument(description="Only orders placed before this moment.")
        ] = None,
        number: Annotated[
            str | None, strawberry.argument(description="Only orders of this number, written in any way.")
        ] = None,
    ) -> Connection[Order]:
        info.context.require("read_orders")
        wish = read_wish(first, after, last, before, reverse)
        filters = [
            ("o.placed_at >= {}::timestamptz", placed_after),
            ("o.placed_at < {}::timestamptz", placed_before),
            ("o.number_key = {}::text", None if number is None else number_key(plain(number, "number"))),
        ]
        given = [(condition, value) for condition, value in filters if value is not None]
        rows, more = await list_orders(info.context.merchant_id, given, wish)
        return connect(rows, more, wish, "placed_at", make_order)
