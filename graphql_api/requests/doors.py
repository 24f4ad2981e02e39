"""Root fields that read requests."""

from typing import Annotated
from uuid import UUID

import strawberry

from graphql_api.connections import Connection, connect, read_wish
from graphql_api.context import Info
from graphql_api.ids import row_of
from graphql_api.paging import After, Before, First, Last, Reverse
from graphql_api.requests.queries import list_requests
from graphql_api.requests.types import ShopperRequest, make_request
from portal.requests.rules import Kind, RequestState

NOBODY = UUID(int=0)
"""No row has this id."""


@strawberry.type
class RequestQueries:
    @strawberry.field(description="The request of this id, or null. Needs the scope read_requests.")
    async def shopper_request(
        self,
        info: Info,
        node_id: Annotated[strawberry.ID, strawberry.argument(name="id", description="The request's id.")],
    ) -> ShopperRequest | None:
        info.context.require("read_requests")
        row_id = row_of("ShopperRequest", node_id)
        row = await info.context.loaders.requests.load(row_id) if row_id else None
        return make_request(row) if row else None

    @strawberry.field(description="What shoppers asked for, by the moment they did. Needs the scope read_requests.")
    async def shopper_requests(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        reverse: Reverse = False,
        state: Annotated[RequestState | None, strawberry.argument(description="Only requests in this state.")] = None,
        kind: Annotated[Kind | None, strawberry.argument(description="Only requests of this kind.")] = None,
        order_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only requests about this order.")
        ] = None,
    ) -> Connection[ShopperRequest]:
        info.context.require("read_requests")
        wish = read_wish(first, after, last, before, reverse)
        filters = []
        if state is not None:
            filters.append(("state = {}::text", str(state)))
        if kind is not None:
            filters.append(("kind = {}::text", str(kind)))
        if order_id is not None:
            filters.append(("order_id = {}::uuid", row_of("Order", order_id) or NOBODY))
        rows, more = await list_requests(info.context.merchant_id, filters, wish)
        return connect(rows, more, wish, "made_at", make_request)
