"""The mutation of requests: it reads the input, calls the requests room, and tells what it said. No rule lives here."""

from typing import Annotated
from uuid import UUID

import strawberry

from graphql_api.context import Info, plain
from graphql_api.ids import row_of
from graphql_api.requests.enums import ShopperRequestErrorCode, ShopperRequestOutcome
from graphql_api.requests.types import ShopperRequest, make_request
from portal.kernel.refusal import Refusal
from portal.requests import service
from portal.requests.rules import TEXT_LIMIT, RequestState
from portal.requests.texts import free_text

LONGEST_NOTE = 8000
"""More than the rules allow, so that they can say what is wrong, and less than what would be silly."""
NOBODY = UUID(int=0)
"""No row has this id."""
WRONGS = {
    "unknown_request": (ShopperRequestErrorCode.NOT_FOUND, "There is no such request.", "id"),
    "not_open": (ShopperRequestErrorCode.NOT_OPEN, "This request was settled or withdrawn already.", "id"),
    "note_missing": (ShopperRequestErrorCode.NOTE_MISSING, "Tell the shopper why.", "note"),
    "note_too_long": (ShopperRequestErrorCode.NOTE_TOO_LONG, f"Keep it under {TEXT_LIMIT} characters.", "note"),
}
"""Sentences that no shopper ever reads, by the service's codes, with the field they are about."""


@strawberry.input(description="What became of a request.")
class ShopperRequestAnswerInput:
    id: strawberry.ID = strawberry.field(description="The request.")
    outcome: ShopperRequestOutcome = strawberry.field(description="Whether it was done.")
    note: str = strawberry.field(
        default="", description="What the shopper reads: at most 1000 characters, needed when it was not possible."
    )


@strawberry.type(description="Why a request was left as it is. Nothing was changed.")
class ShopperRequestUserError:
    field: list[str] | None = strawberry.field(description="Where in the input, or null when it is not one field.")
    message: str = strawberry.field(description="What is wrong, in English.")
    code: ShopperRequestErrorCode = strawberry.field(description="What is wrong, for programs.")


@strawberry.type(description="The request answered, or why not.")
class ShopperRequestAnswerPayload:
    shopper_request: ShopperRequest | None = strawberry.field(description="The request as it is now.")
    user_errors: list[ShopperRequestUserError] = strawberry.field(description="Why nothing changed; empty when it did.")


@strawberry.type
class RequestMutations:
    @strawberry.mutation(
        description="Say what became of a request; the shopper gets a mail and sees it. Needs the scope write_requests."
    )
    async def shopper_request_answer(
        self,
        info: Info,
        wanted: Annotated[
            ShopperRequestAnswerInput, strawberry.argument(name="input", description="Which request, and its answer.")
        ],
    ) -> ShopperRequestAnswerPayload | None:
        context = info.context
        context.require("write_requests")
        row_id = row_of("ShopperRequest", wanted.id) or NOBODY
        note = free_text(plain(wanted.note, "input.note", LONGEST_NOTE))
        outcome, errors = RequestState(wanted.outcome.value), list[ShopperRequestUserError]()
        try:
            await service.answer_request(context.merchant, row_id, outcome, note, context.who, context.now)
        except Refusal as refusal:
            code, message, field = WRONGS[refusal.code]
            errors.append(ShopperRequestUserError(field=["input", field], message=message, code=code))
        context.forget()
        row = await context.loaders.requests.load(row_id)
        return ShopperRequestAnswerPayload(shopper_request=make_request(row) if row else None, user_errors=errors)
