"""Requests as GraphQL types."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import orjson
import strawberry

import graphql_api.requests.enums  # noqa: F401 - makes GraphQL enums of the portal's
from graphql_api.context import Info
from graphql_api.ids import global_id
from graphql_api.nodes import Node
from portal.requests.rules import Kind, Reach, RequestState

if TYPE_CHECKING:
    from graphql_api.orders.types import Order, OrderLine, Parcel

Row = dict[str, Any]


@strawberry.type(description="An address that a shopper calls the right one.")
class RequestedAddress:
    name: str = strawberry.field(description="The name on the door.")
    company: str = strawberry.field(description="The company, or an empty text.")
    line1: str = strawberry.field(description="Street and number.")
    line2: str = strawberry.field(description="More of it, or an empty text.")
    city: str = strawberry.field(description="The city.")
    postal_code: str = strawberry.field(description="The postal code, or an empty text.")
    region: str = strawberry.field(description="State or region, or an empty text.")
    country_code: str = strawberry.field(description="The country, the same as before (ISO 3166-1 alpha-2).")


@strawberry.type(description="Units of one order line that a request is about.")
class ShopperRequestItem:
    line_row: strawberry.Private[UUID]
    quantity: int = strawberry.field(description="How many units.")

    @strawberry.field(description="The order line. Needs the scope read_orders; null without it.")
    async def order_line(self, info: Info) -> Annotated[OrderLine, strawberry.lazy("graphql_api.orders.types")] | None:
        from graphql_api.orders.types import make_line

        info.context.require("read_orders")
        row = await info.context.loaders.order_lines.load(self.line_row)
        return make_line(row) if row else None


@strawberry.type(description="One thing that happened to a request.")
class ShopperRequestEvent:
    kind: str = strawberry.field(description="What happened: asked, done, declined, withdrawn ...")
    who: str = strawberry.field(description="By whom: shopper, or the name of a person or key.")
    note: str = strawberry.field(description="What was said with it, or an empty text.")
    at: datetime = strawberry.field(description="When.")


@strawberry.type(description="Something that a shopper asks of the team on the page of their order.")
class ShopperRequest(Node):
    row: strawberry.Private[UUID]
    order_row: strawberry.Private[UUID]
    parcel_row: strawberry.Private[UUID | None]
    facts: strawberry.Private[Row]
    number: str = strawberry.field(description="The number that the shopper knows, for example A-1042.")
    kind: Kind = strawberry.field(description="What is asked for.")
    reach: Reach = strawberry.field(description="Who can still do it, as the shopper was told.")
    state: RequestState = strawberry.field(description="What became of it.")
    text: str = strawberry.field(description="What the shopper wrote, or an empty text.")
    place: str = strawberry.field(description="The pick-up point, neighbour or place wished for, or an empty text.")
    place_kind: str = strawberry.field(description="neighbour, safe_place, pickup_point, or an empty text.")
    locale: str = strawberry.field(description="The shopper's language.")
    via: str = strawberry.field(description="Through which door it came: page.")
    made_at: datetime = strawberry.field(description="When it was asked.")
    answered_at: datetime | None = strawberry.field(description="When the team answered, or null.")
    answer: str = strawberry.field(description="What the team told the shopper, or an empty text.")

    @strawberry.field(description="The right address, for corrections; else null.")
    def address(self) -> RequestedAddress | None:
        return make_address(self.facts["address"]) if self.facts["address"] else None

    @strawberry.field(description="The items it is about; empty when it is about a whole parcel.")
    def items(self) -> list[ShopperRequestItem]:
        return [ShopperRequestItem(line_row=UUID(line), quantity=count) for line, count in self.facts["lines"].items()]

    @strawberry.field(description="The order it belongs to. Needs the scope read_orders; null without it.")
    async def order(self, info: Info) -> Annotated[Order, strawberry.lazy("graphql_api.orders.types")] | None:
        from graphql_api.orders.types import make_order

        info.context.require("read_orders")
        row = await info.context.loaders.orders.load(self.order_row)
        return make_order(row) if row else None

    @strawberry.field(
        description="The parcel it is about; null for what was not sent yet. Needs the scope read_orders."
    )
    async def parcel(self, info: Info) -> Annotated[Parcel, strawberry.lazy("graphql_api.orders.types")] | None:
        from graphql_api.orders.types import make_parcel

        info.context.require("read_orders")
        row = await info.context.loaders.parcels.load(self.parcel_row) if self.parcel_row else None
        return make_parcel(row) if row else None

    @strawberry.field(description="What happened, oldest first.")
    async def history(self, info: Info) -> list[ShopperRequestEvent]:
        rows = await info.context.loaders.changes_of_request.load(self.row)
        return [ShopperRequestEvent(kind=row["what"], who=row["who"], note=row["why"], at=row["at"]) for row in rows]


def make_request(row: Row) -> ShopperRequest:
    """A request from its row."""
    facts = orjson.loads(row["facts"])
    return ShopperRequest(
        id=strawberry.ID(global_id("ShopperRequest", row["id"])),
        row=row["id"],
        order_row=row["order_id"],
        parcel_row=row["parcel_id"],
        facts=facts,
        number=row["number"],
        kind=Kind(row["kind"]),
        reach=Reach(row["reach"]),
        state=RequestState(row["state"]),
        text=facts["text"],
        place=facts["place"],
        place_kind=facts["where"] or ("pickup_point" if facts["place"] else ""),
        locale=row["locale"],
        via=row["via"],
        made_at=row["made_at"],
        answered_at=row["answered_at"],
        answer=row["answer"],
    )


def make_address(stored: Row) -> RequestedAddress:
    """An address as the request keeps it."""
    return RequestedAddress(
        name=stored["name"],
        company=stored["company"],
        line1=stored["line1"],
        line2=stored["line2"],
        city=stored["city"],
        postal_code=stored["postal_code"],
        region=stored["region"],
        country_code=stored["country"],
    )
