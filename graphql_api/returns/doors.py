"""Root fields that read returns."""

from typing import Annotated
from uuid import UUID

import strawberry

from graphql_api.connections import Connection, connect, read_wish
from graphql_api.context import Info, plain
from graphql_api.ids import row_of
from graphql_api.paging import After, Before, First, Last, Reverse
from graphql_api.returns.queries import list_returns
from graphql_api.returns.types import Return, make_return
from portal.returns.rules import ReturnState

NOBODY = UUID(int=0)
"""No row has this id."""


@strawberry.type
class ReturnQueries:
    @strawberry.field(name="return", description="The return of this id, or null. Needs the scope read_returns.")
    async def return_(
        self,
        info: Info,
        node_id: Annotated[strawberry.ID, strawberry.argument(name="id", description="The return's id.")],
    ) -> Return | None:
        info.context.require("read_returns")
        row_id = row_of("Return", node_id)
        row = await info.context.loaders.returns.load(row_id) if row_id else None
        return make_return(row) if row else None

    @strawberry.field(description="The return of this number, or null. Needs the scope read_returns.")
    async def return_by_number(
        self, info: Info, number: Annotated[str, strawberry.argument(description="The number, for example R-1042.")]
    ) -> Return | None:
        info.context.require("read_returns")
        row = await info.context.loaders.returns_by_number.load(plain(number, "number").strip().upper())
        return make_return(row) if row else None

    @strawberry.field(description="Returns by the moment they were asked for. Needs the scope read_returns.")
    async def returns(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        reverse: Reverse = False,
        state: Annotated[ReturnState | None, strawberry.argument(description="Only returns in this state.")] = None,
        order_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only returns of this order.")
        ] = None,
    ) -> Connection[Return]:
        info.context.require("read_returns")
        wish = read_wish(first, after, last, before, reverse)
        filters = []
        if state is not None:
            filters.append(("state = {}::text", str(state)))
        if order_id is not None:
            filters.append(("order_id = {}::uuid", row_of("Order", order_id) or NOBODY))
        rows, more = await list_returns(info.context.merchant_id, filters, wish)
        return connect(rows, more, wish, "requested_at", make_return)
