"""Any node by its id. A wrong type, another merchant's id and a random one are alike: null."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

import strawberry

from graphql_api.connections import LARGEST_PAGE
from graphql_api.context import Context, Info
from graphql_api.errors import BAD_USER_INPUT, Told
from graphql_api.ids import read_id
from graphql_api.loaders import Loaders, One
from graphql_api.nodes import Node
from graphql_api.orders.types import make_line, make_order, make_parcel
from graphql_api.requests.types import make_request
from graphql_api.returns.types import make_return

FINDERS: dict[str, tuple[str, Callable[[Loaders], One], Callable[[dict[str, Any]], Node]]] = {
    "Order": ("read_orders", lambda loaders: loaders.orders, make_order),
    "OrderLine": ("read_orders", lambda loaders: loaders.order_lines, make_line),
    "Parcel": ("read_orders", lambda loaders: loaders.parcels, make_parcel),
    "Return": ("read_returns", lambda loaders: loaders.returns, make_return),
    "ShopperRequest": ("read_requests", lambda loaders: loaders.requests, make_request),
}
"""By type: the scope, the loader, and what makes the node from its row."""


async def find_node(context: Context, text: str) -> Node | None:
    """The node of a global id. Raises ACCESS_DENIED when the key may not read its type."""
    kind, row_id = read_id(text) or ("", None)
    if row_id is None or kind not in FINDERS:
        return None
    scope, loader, make = FINDERS[kind]
    context.require(scope)
    row = await loader(context.loaders).load(row_id)
    return make(row) if row else None


@strawberry.type
class NodeQueries:
    @strawberry.field(description="Whatever has this id, or null. Needs the scope of its type.")
    async def node(
        self,
        info: Info,
        node_id: Annotated[strawberry.ID, strawberry.argument(name="id", description="An id from this API.")],
    ) -> Node | None:
        return await find_node(info.context, node_id)

    @strawberry.field(description="Whatever has these ids, in their order, null where nothing does.")
    async def nodes(
        self,
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="At most 250 ids from this API.")],
    ) -> list[Node | None]:
        if len(ids) > LARGEST_PAGE:
            raise Told(BAD_USER_INPUT, f"ids: at most {LARGEST_PAGE}.")
        return list(await asyncio.gather(*(find_node(info.context, each) for each in ids)))
