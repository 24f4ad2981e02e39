"""GraphQL types of orders."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry

from graphql_api.context import Info
from graphql_api.ids import global_id
from graphql_api.nodes import Node
from graphql_api.scalars import Money, money
from graphql_api.vocabulary import describe
from portal.tracking.items import Unit, fold_units
from portal.tracking.rules import ParcelStatus as Status

if TYPE_CHECKING:
    from graphql_api.returns.types import Return

Row = dict[str, Any]
STATUSES = {
    "UNKNOWN": "The carrier's word has no meaning that we know.",
    "PENDING": "Nothing was heard of it yet.",
    "INFO_RECEIVED": "The carrier knows of it and does not have it yet.",
    "PICKED_UP": "The carrier has it.",
    "IN_TRANSIT": "On its way.",
    "OUT_FOR_DELIVERY": "It comes today.",
    "AVAILABLE_FOR_PICKUP": "It waits to be fetched.",
    "ATTEMPT_FAILED": "Nobody took it; the carrier tries again.",
    "DELAYED": "It comes later than promised.",
    "ON_HOLD": "It is held, for example by customs.",
    "EXCEPTION": "Something went wrong on its way.",
    "RETURNING": "On its way back to the sender.",
    "RETURNED_TO_SENDER": "The sender has it again.",
    "LOST": "The carrier no longer knows where it is.",
    "DAMAGED": "The carrier damaged it.",
    "DELIVERED": "It arrived.",
    "CANCELLED": "It was never sent.",
    "EXPIRED": "Nothing was heard of it for so long that nothing more is expected.",
}
describe(Status, "ParcelStatus", "Where a parcel is, in one vocabulary for all carriers.", STATUSES)
UNITS = {
    "DELIVERED": "They arrived.",
    "READY_TO_COLLECT": "They wait to be fetched.",
    "ON_ITS_WAY": "On their way.",
    "HELD_UP": "On their way, and something keeps them.",
    "PACKED": "Packed; the carrier does not have them yet.",
    "COMING_BACK": "On their way back to the sender, or there.",
    "LOST": "Lost or damaged.",
    "CANCELLED": "Taken out before they were shipped.",
    "NEEDS_NO_PARCEL": "Nothing that is sent.",
    "NOT_SENT": "Not in any parcel yet.",
}
describe(Unit, "UnitStatus", "Where units of an order line are.", UNITS)


@strawberry.type(description="Who bought, as known when the order was placed.")
class Customer:
    name: str = strawberry.field(description="The buyer's name.")
    email: str = strawberry.field(description="The buyer's email address, or an empty text.")


@strawberry.type(description="How many units of an order line are in one place.")
class LineUnits:
    status: Unit = strawberry.field(description="Where they are.")
    quantity: int = strawberry.field(description="How many.")


@strawberry.type(description="One line of an order as it was when the order was placed.")
class OrderLine(Node):
    row: strawberry.Private[Row]
    title: str = strawberry.field(description="The product's title.")
    variant: str = strawberry.field(description="The variant's title, or an empty text.")
    sku: str = strawberry.field(description="The stock keeping unit, or an empty text.")
    quantity: int = strawberry.field(description="Units ordered.")
    cancelled_quantity: int = strawberry.field(description="Units taken out before they were shipped.")
    refunded_quantity: int = strawberry.field(description="Units that the shop itself has refunded.")
    unit_price: Money = strawberry.field(description="The listed price of one unit.")
    refunded: Money = strawberry.field(description="What the shop itself has refunded for this line.")
    requires_shipping: bool = strawberry.field(description="Whether it is something that is sent.")
    gift_card: bool = strawberry.field(description="Whether it is a gift card.")
    final_sale: bool = strawberry.field(description="Whether it was sold as final sale.")
    personalised: bool = strawberry.field(description="Whether it was made for this customer.")

    @strawberry.field(description="Where its units are, over all parcels; the quantities sum up to the line's.")
    async def units_by_status(self, info: Info) -> list[LineUnits]:
        row = self.row
        sent = [
            (Status(one["status"]), one["quantity"]) for one in await info.context.loaders.sent_of_line.load(row["id"])
        ]
        cancelled = row["quantity"] if row["order_cancelled"] else row["cancelled_quantity"]
        units = fold_units(row["quantity"], cancelled, sent, needs_parcel=row["requires_shipping"])
        return [LineUnits(status=status, quantity=quantity) for status, quantity in units.items()]


@strawberry.type(description="One scan or message of a carrier.")
class TrackingEvent:
    status: Status = strawberry.field(description="What it means in the one vocabulary.")
    reason: str | None = strawberry.field(description="Why, as a stable word, if the carrier said so.")
    code: str = strawberry.field(description="The carrier's own code, or an empty text.")
    city: str = strawberry.field(description="Where it happened, or an empty text.")
    country_code: str = strawberry.field(description="The country where it happened (ISO 3166-1), or an empty text.")
    occurred_at: datetime = strawberry.field(description="When it happened.")


@strawberry.type(description="How many units of an order line travel in a parcel.")
class ParcelItem:
    line_row: strawberry.Private[UUID]
    quantity: int = strawberry.field(description="Units in this parcel.")

    @strawberry.field(description="The order line they belong to.")
    async def order_line(self, info: Info) -> OrderLine | None:
        row = await info.context.loaders.order_lines.load(self.line_row)
        return make_line(row) if row else None


@strawberry.type(description="A parcel of an order.")
class Parcel(Node):
    row: strawberry.Private[UUID]
    carrier: str = strawberry.field(description="The carrier's name as the shop gave it.")
    tracking_number: str = strawberry.field(description="The carrier's number, or an empty text.")
    tracking_url: str = strawberry.field(description="The carrier's own page, or an empty text.")
    status: Status = strawberry.field(description="Where it is, from all events ever heard.")
    status_at: datetime = strawberry.field(description="Since when.")
    shipped_at: datetime = strawberry.field(description="When it left.")
    delivered_at: datetime | None = strawberry.field(description="When it arrived.")
    carrier_date: date | None = strawberry.field(description="The day on which the carrier promises it.")
    cancelled: bool = strawberry.field(description="Whether the shop took it back before it left.")

    @strawberry.field(description="Everything heard of it, newest first.")
    async def events(self, info: Info) -> list[TrackingEvent]:
        return [make_event(row) for row in await info.context.loaders.events_of_parcel.load(self.row)]

    @strawberry.field(description="What travels in it.")
    async def items(self, info: Info) -> list[ParcelItem]:
        rows = await info.context.loaders.items_of_parcel.load(self.row)
        return [ParcelItem(line_row=row["line_id"], quantity=row["quantity"]) for row in rows]


@strawberry.type(description="An order of the shop.")
class Order(Node):
    row: strawberry.Private[UUID]
    number: str = strawberry.field(description="The number that the customer knows.")
    placed_at: datetime = strawberry.field(description="When it was placed.")
    cancelled_at: datetime | None = strawberry.field(description="When it was cancelled, if it was.")
    cancel_reason: str = strawberry.field(description="The shop's reason for cancelling, or an empty text.")
    updated_at: datetime = strawberry.field(description="When the shop's word on it last changed here.")
    currency_code: str = strawberry.field(description="The currency the customer saw and paid in (ISO 4217).")
    total: Money = strawberry.field(description="What the customer owed when the order was placed.")
    gift: bool = strawberry.field(description="Whether it was bought as a gift.")
    channel: str = strawberry.field(description="Where it was bought: web, pos ...")
    customer: Customer = strawberry.field(description="Who bought.")
    version: int = strawberry.field(description="Grows with every change of what the order's page shows.")

    @strawberry.field(description="Its lines, in the shop's order.")
    async def lines(self, info: Info) -> list[OrderLine]:
        return [make_line(row) for row in await info.context.loaders.lines_of_order.load(self.row)]

    @strawberry.field(description="Its parcels, first sent first.")
    async def parcels(self, info: Info) -> list[Parcel]:
        return [make_parcel(row) for row in await info.context.loaders.parcels_of_order.load(self.row)]

    @strawberry.field(description="Its returns, oldest first. Needs the scope read_returns; null without it.")
    async def returns(self, info: Info) -> list[Annotated[Return, strawberry.lazy("graphql_api.returns.types")]] | None:
        from graphql_api.returns.types import make_return

        info.context.require("read_returns")
        return [make_return(row) for row in await info.context.loaders.returns_of_order.load(self.row)]


def make_order(row: Row) -> Order:
    """An order from its row."""
    return Order(
        id=strawberry.ID(global_id("Order", row["id"])),
        row=row["id"],
        number=row["number"],
        placed_at=row["placed_at"],
        cancelled_at=row["cancelled_at"],
        cancel_reason=row["cancel_reason"],
        updated_at=row["updated_at"],
        currency_code=row["currency"],
        total=money(row["total"], row["currency"]),
        gift=row["gift"],
        channel=row["channel"],
        customer=Customer(name=row["customer_name"] or "", email=row["customer_email"] or ""),
        version=row["version"],
    )


def make_line(row: Row) -> OrderLine:
    """An order line from its row."""
    return OrderLine(
        id=strawberry.ID(global_id("OrderLine", row["id"])),
        row=row,
        title=row["title"],
        variant=row["variant"],
        sku=row["sku"],
        quantity=row["quantity"],
        cancelled_quantity=row["cancelled_quantity"],
        refunded_quantity=row["refunded_quantity"],
        unit_price=money(row["unit_price"], row["currency"]),
        refunded=money(row["refunded"], row["currency"]),
        requires_shipping=row["requires_shipping"],
        gift_card=row["gift_card"],
        final_sale=row["final_sale"],
        personalised=row["personalised"],
    )


def make_parcel(row: Row) -> Parcel:
    """A parcel from its row."""
    return Parcel(
        id=strawberry.ID(global_id("Parcel", row["id"])),
        row=row["id"],
        carrier=row["carrier"],
        tracking_number=row["tracking_number"],
        tracking_url=row["tracking_url"],
        status=Status(row["status"]),
        status_at=row["status_at"],
        shipped_at=row["shipped_at"],
        delivered_at=row["delivered_at"],
        carrier_date=row["carrier_date"],
        cancelled=row["cancelled"],
    )


def make_event(row: Row) -> TrackingEvent:
    """A tracking event from its row."""
    return TrackingEvent(
        status=Status(row["status"]),
        reason=row["reason"],
        code=row["code"],
        city=row["city"],
        country_code=row["country"],
        occurred_at=row["occurred_at"],
    )
