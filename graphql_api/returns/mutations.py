"""Mutations of returns: they read the input, call the returns room, and tell what it said. No rule lives here."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

import strawberry
from tortoise.exceptions import IntegrityError

from graphql_api.connections import LARGEST_PAGE
from graphql_api.context import Context, Info, plain
from graphql_api.errors import BAD_USER_INPUT, Told
from graphql_api.idempotency import request_key
from graphql_api.ids import row_of
from graphql_api.returns.enums import ReturnErrorCode, ReturnReason
from graphql_api.returns.types import Return, make_return
from graphql_api.returns.wrongs import ReturnUserError, user_error, user_errors
from portal.kernel.refusal import Refusal
from portal.returns import service
from portal.returns.models import Return as ReturnRow
from portal.returns.rules import COMMENT_LIMIT, Pick, ReturnRefused

LONGEST_COMMENT = 4000
"""More than the rules allow, so that they can say what is wrong, and less than what would be silly."""
NOBODY = UUID(int=0)
"""No row has this id."""
UNREADABLE = "?"
"""Before an id that is none of ours, so that it can never be taken for one."""


@strawberry.input(description="Units of one order line to send back.")
class ReturnRequestLineInput:
    order_line_id: strawberry.ID = strawberry.field(description="The order line.")
    quantity: int = strawberry.field(description="How many units.")
    reason: ReturnReason = strawberry.field(description="Why.")
    comment: str = strawberry.field(default="", description="What the customer adds: at most 500 characters.")


@strawberry.input(description="A return to ask for.")
class ReturnRequestInput:
    order_id: strawberry.ID = strawberry.field(description="The order.")
    lines: list[ReturnRequestLineInput] = strawberry.field(description="What comes back: at most 250 lines.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key and input again is the same return. See also @idempotent."
    )


@strawberry.input(description="A return to say yes to.")
class ReturnApproveInput:
    return_id: strawberry.ID = strawberry.field(description="The return.")


@strawberry.input(description="A return to say no to.")
class ReturnDeclineInput:
    return_id: strawberry.ID = strawberry.field(description="The return.")
    reason: str = strawberry.field(description="Why, for the history: 1 to 500 characters.")


@strawberry.type(description="The return asked for, or why not.")
class ReturnRequestPayload:
    return_: Return | None = strawberry.field(name="return", description="The return, null when it was refused.")
    user_errors: list[ReturnUserError] = strawberry.field(description="Why it was refused; empty when it was not.")


@strawberry.type(description="The return approved, or why not.")
class ReturnApprovePayload:
    return_: Return | None = strawberry.field(name="return", description="The return as it is now.")
    user_errors: list[ReturnUserError] = strawberry.field(description="Why nothing changed; empty when it did.")


@strawberry.type(description="The return declined, or why not.")
class ReturnDeclinePayload:
    return_: Return | None = strawberry.field(name="return", description="The return as it is now.")
    user_errors: list[ReturnUserError] = strawberry.field(description="Why nothing changed; empty when it did.")


@strawberry.type
class ReturnMutations:
    @strawberry.mutation(description="Ask for a return, as the shopper's page does. Needs the scope write_returns.")
    async def return_request(
        self,
        info: Info,
        wanted: Annotated[ReturnRequestInput, strawberry.argument(name="input", description="What is asked for.")],
    ) -> ReturnRequestPayload | None:
        context = info.context
        context.require("write_returns")
        key = request_key(info, wanted.idempotency_key)
        picks = [_pick(line) for line in _few(wanted.lines)]
        try:
            row = await _ask(context, row_of("Order", wanted.order_id) or NOBODY, picks, key)
        except ReturnRefused as refused:
            errors = user_errors(refused.refusals, context.speech, [pick.line_id for pick in picks])
            return ReturnRequestPayload(return_=None, user_errors=errors)
        return ReturnRequestPayload(return_=await _told(context, row.id), user_errors=[])

    @strawberry.mutation(description="Say yes to a return that waits. Needs the scope write_returns.")
    async def return_approve(
        self,
        info: Info,
        wanted: Annotated[ReturnApproveInput, strawberry.argument(name="input", description="Which return.")],
    ) -> ReturnApprovePayload | None:
        context = info.context
        context.require("write_returns")
        told, errors = await _decide(
            context,
            wanted.return_id,
            lambda row_id: service.approve_return(context.merchant, row_id, context.who, context.now),
        )
        return ReturnApprovePayload(return_=told, user_errors=errors)

    @strawberry.mutation(description="Say no to a return that waits. Needs the scope write_returns.")
    async def return_decline(
        self,
        info: Info,
        wanted: Annotated[ReturnDeclineInput, strawberry.argument(name="input", description="Which return, and why.")],
    ) -> ReturnDeclinePayload | None:
        context = info.context
        context.require("write_returns")
        why = plain(wanted.reason, "input.reason", LONGEST_COMMENT).strip()
        wrong = _wrong_reason(why)
        if wrong is not None:
            return ReturnDeclinePayload(return_=None, user_errors=[wrong])
        told, errors = await _decide(
            context,
            wanted.return_id,
            lambda row_id: service.decline_return(context.merchant, row_id, context.who, why, context.now),
        )
        return ReturnDeclinePayload(return_=told, user_errors=errors)


async def _ask(context: Context, order_id: UUID, picks: list[Pick], key: str) -> ReturnRow:
    async def once() -> ReturnRow:
        return await service.request_return(
            context.merchant,
            order_id,
            picks,
            request_key=key,
            via="api",
            locale=context.merchant.locale,
            now=context.now,
        )

    try:
        return await once()
    except IntegrityError:
        # Two orders with one key at the same moment: the second look finds the first one's return and says so.
        return await once()


async def _decide(
    context: Context, return_id: str, verb: Callable[[UUID], Awaitable[ReturnRow]]
) -> tuple[Return | None, list[ReturnUserError]]:
    """Call the verb; the return as it is afterwards goes with either answer."""
    row_id = row_of("Return", return_id) or NOBODY
    try:
        await verb(row_id)
    except Refusal as refusal:
        return await _told(context, row_id), user_errors([refusal], context.speech)
    return await _told(context, row_id), []


async def _told(context: Context, row_id: UUID) -> Return | None:
    context.forget()
    row = await context.loaders.returns.load(row_id)
    return make_return(row) if row else None


def _few(lines: list[ReturnRequestLineInput]) -> list[ReturnRequestLineInput]:
    if len(lines) > LARGEST_PAGE:
        raise Told(BAD_USER_INPUT, f"input.lines: at most {LARGEST_PAGE}.")
    return lines


def _pick(line: ReturnRequestLineInput) -> Pick:
    row_id = row_of("OrderLine", line.order_line_id)
    comment = plain(line.comment, "comment", LONGEST_COMMENT)
    named = str(row_id) if row_id else f"{UNREADABLE}{line.order_line_id}"
    return Pick(named, line.quantity, line.reason.value, comment)


def _wrong_reason(why: str) -> ReturnUserError | None:
    if not why:
        return user_error(ReturnErrorCode.REASON_MISSING, "Say why.", "reason")
    if len(why) > COMMENT_LIMIT:
        too_long = f"Keep it under {COMMENT_LIMIT} characters."
        return user_error(ReturnErrorCode.REASON_TOO_LONG, too_long, "reason")
    return None
