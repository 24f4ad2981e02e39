"""GraphQL types of returns."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import orjson
import strawberry

from graphql_api.context import Info
from graphql_api.ids import global_id
from graphql_api.nodes import Node
from graphql_api.returns.enums import LabelState, ReturnMethod, ReturnReason
from graphql_api.returns.papers import ReturnDecision, ReturnQuote, make_decision, make_quote
from graphql_api.scalars import Money, money
from portal.returns.rules import ReturnState

if TYPE_CHECKING:
    from graphql_api.orders.types import Order, OrderLine

Row = dict[str, Any]


@strawberry.type(description="Units of one order line inside a return.")
class ReturnLine:
    line_row: strawberry.Private[UUID]
    quantity: int = strawberry.field(description="Units that come back.")
    reason: ReturnReason = strawberry.field(description="Why.")
    comment: str = strawberry.field(description="What the customer added, or an empty text.")
    refund: Money = strawberry.field(description="What is paid back for these units, before fees of the whole return.")

    @strawberry.field(description="The order line. Needs the scope read_orders; null without it.")
    async def order_line(self, info: Info) -> Annotated[OrderLine, strawberry.lazy("graphql_api.orders.types")] | None:
        from graphql_api.orders.types import make_line

        info.context.require("read_orders")
        row = await info.context.loaders.order_lines.load(self.line_row)
        return make_line(row) if row else None


@strawberry.type(description="One thing that happened to a return.")
class ReturnEvent:
    kind: str = strawberry.field(description="What happened: requested, approved, declined, cancelled ...")
    who: str = strawberry.field(description="By whom: shopper, policy, or the name of a person or key.")
    why: str = strawberry.field(description="The reason given, or an empty text.")
    at: datetime = strawberry.field(description="When.")


@strawberry.type(description="The label of a return. Its file is offered on the return's page.")
class ReturnLabel:
    state: LabelState = strawberry.field(description="How far it is.")
    code: str = strawberry.field(description="What its bars say.")
    requested_at: datetime = strawberry.field(description="When it was asked for.")
    ready_at: datetime | None = strawberry.field(description="When it was made.")


@strawberry.type(description="A return: what comes back, and what is paid for it.")
class Return(Node):
    row: strawberry.Private[UUID]
    order_row: strawberry.Private[UUID]
    number: str = strawberry.field(description="The number that the customer knows.")
    state: ReturnState = strawberry.field(description="What was decided.")
    via: str = strawberry.field(description="Through which door it was asked for: page or api.")
    requested_at: datetime = strawberry.field(description="When it was asked for.")
    updated_at: datetime = strawberry.field(description="When it last changed.")
    refund: Money = strawberry.field(description="What is paid back in all.")
    method: ReturnMethod = strawberry.field(description="How it travels back.")
    ship_by: date = strawberry.field(description="The last day to hand it in.")
    version: int = strawberry.field(description="Grows with every decision.")

    @strawberry.field(description="The order it belongs to. Needs the scope read_orders; null without it.")
    async def order(self, info: Info) -> Annotated[Order, strawberry.lazy("graphql_api.orders.types")] | None:
        from graphql_api.orders.types import make_order

        info.context.require("read_orders")
        row = await info.context.loaders.orders.load(self.order_row)
        return make_order(row) if row else None

    @strawberry.field(description="What comes back.")
    async def lines(self, info: Info) -> list[ReturnLine]:
        return [make_line(row) for row in await info.context.loaders.lines_of_return.load(self.row)]

    @strawberry.field(description="The label, or null while none was asked for.")
    async def label(self, info: Info) -> ReturnLabel | None:
        row = await info.context.loaders.labels.load(self.row)
        return make_label(row) if row else None

    @strawberry.field(description="What happened, oldest first.")
    async def history(self, info: Info) -> list[ReturnEvent]:
        rows = await info.context.loaders.changes_of_return.load(self.row)
        return [ReturnEvent(kind=row["what"], who=row["who"], why=row["why"], at=row["at"]) for row in rows]

    @strawberry.field(description="The quote as it was shown: every step that leads to the refund.")
    async def quote(self, info: Info) -> ReturnQuote:
        return make_quote(orjson.loads((await self._papers(info))["quote"]), info.context.speech)

    @strawberry.field(description="Why it was allowed: the policy's decision on every line.")
    async def decision(self, info: Info) -> ReturnDecision:
        return make_decision(orjson.loads((await self._papers(info))["decision"]))

    async def _papers(self, info: Info) -> Row:
        row = await info.context.loaders.papers.load(self.row)
        assert row is not None
        return row


def make_return(row: Row) -> Return:
    """A return from its row."""
    return Return(
        id=strawberry.ID(global_id("Return", row["id"])),
        row=row["id"],
        order_row=row["order_id"],
        number=row["number"],
        state=ReturnState(row["state"]),
        via=row["via"],
        requested_at=row["requested_at"],
        updated_at=row["updated_at"],
        refund=money(row["refund"], row["currency"]),
        method=ReturnMethod(row["method"]),
        ship_by=row["ship_by"],
        version=row["version"],
    )


def make_line(row: Row) -> ReturnLine:
    """A return's line from its row."""
    return ReturnLine(
        line_row=row["line_id"],
        quantity=row["quantity"],
        reason=ReturnReason(row["reason"]),
        comment=row["comment"],
        refund=money(row["refund"], row["currency"]),
    )


def make_label(row: Row) -> ReturnLabel:
    """A label from its row."""
    return ReturnLabel(
        state=LabelState(row["state"]), code=row["code"], requested_at=row["requested_at"], ready_at=row["ready_at"]
    )
