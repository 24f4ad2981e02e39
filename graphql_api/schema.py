"""The schema of the admin API, and its committed text."""

from pathlib import Path

import strawberry

from graphql_api.finding import NodeQueries
from graphql_api.idempotency import idempotent
from graphql_api.orders.doors import OrderQueries
from graphql_api.orders.types import Order, OrderLine, Parcel
from graphql_api.returns.doors import ReturnQueries
from graphql_api.returns.mutations import Mutation
from graphql_api.returns.types import Return
from graphql_api.scalars import CONFIG
from graphql_api.shop import ShopQueries

COMMITTED = Path(__file__).with_name("schema.graphql")


@strawberry.type(description="Everything that can be read.")
class Query(OrderQueries, ReturnQueries, NodeQueries, ShopQueries):
    """Each room brings its own root fields."""


SCHEMA = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    types=[Order, OrderLine, Parcel, Return],
    directives=[idempotent],
    config=CONFIG,
)
