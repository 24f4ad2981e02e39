"""The schema of the admin API, and its committed text."""

from pathlib import Path

import strawberry

from graphql_api.finding import NodeQueries
from graphql_api.idempotency import idempotent
from graphql_api.orders.doors import OrderQueries
from graphql_api.orders.types import Order, OrderLine, Parcel
from graphql_api.requests.doors import RequestQueries
from graphql_api.requests.mutations import RequestMutations
from graphql_api.requests.types import ShopperRequest
from graphql_api.returns.doors import ReturnQueries
from graphql_api.returns.mutations import ReturnMutations
from graphql_api.returns.types import Return
from graphql_api.scalars import CONFIG
from graphql_api.shop import ShopQueries

COMMITTED = Path(__file__).with_name("schema.graphql")


@strawberry.type(description="Everything that can be read.")
class Query(OrderQueries, ReturnQueries, RequestQueries, NodeQueries, ShopQueries):
    """Each room brings its own root fields."""


@strawberry.type(description="Everything that changes something.")
class Mutation(ReturnMutations, RequestMutations):
    """Each room brings its own."""


SCHEMA = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    types=[Order, OrderLine, Parcel, Return, ShopperRequest],
    directives=[idempotent],
    config=CONFIG,
)
