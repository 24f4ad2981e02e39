"""From a refusal of the returns room to a userError: where in the input, in which words, under which code."""

from collections.abc import Iterable, Sequence

import strawberry

from graphql_api.returns.enums import ReturnErrorCode
from portal.kernel.refusal import Refusal
from portal.returns.words import refusal_words
from portal.web.locale import Speech

NOT_FOUND = {"unknown_order": "orderId", "unknown_line": "orderLineId", "unknown_return": "returnId"}
AT_LINE = {
    "too_many": "quantity",
    "bad_quantity": "quantity",
    "unknown_reason": "reason",
    "comment_too_long": "comment",
}
"""Which field of a line a refusal is about; all others are about the line itself."""
OWN_WORDS = {
    "unknown_return": "There is no such return.",
    "not_waiting": "This return was decided already.",
    "request_key_reused": "This idempotency key was used before, for another request.",
}
"""Sentences that no shopper ever reads."""


@strawberry.type(description="Why a request was refused. Nothing was changed.")
class ReturnUserError:
    field: list[str] | None = strawberry.field(description="Where in the input, or null when it is not one field.")
    message: str = strawberry.field(description="What is wrong, in English.")
    code: ReturnErrorCode = strawberry.field(description="What is wrong, for programs.")


def user_errors(refusals: Iterable[Refusal], speech: Speech, line_ids: Sequence[str] = ()) -> list[ReturnUserError]:
    """Refusals beside the input fields that they concern. `line_ids` are the input's lines as the service knew them."""
    return [
        ReturnUserError(field=_field(refusal, line_ids), message=_message(refusal, speech), code=_code(refusal))
        for refusal in refusals
    ]


def user_error(code: ReturnErrorCode, message: str, *path: str) -> ReturnUserError:
    """One error about the input's form."""
    return ReturnUserError(field=["input", *path], message=message, code=code)


def _code(refusal: Refusal) -> ReturnErrorCode:
    if refusal.code in NOT_FOUND:
        return ReturnErrorCode.NOT_FOUND
    if refusal.code == "request_key_reused":
        return ReturnErrorCode.IDEMPOTENCY_KEY_MISMATCH
    return ReturnErrorCode(refusal.code)


def _message(refusal: Refusal, speech: Speech) -> str:
    return OWN_WORDS.get(refusal.code) or speech.say(refusal_words(refusal))


def _field(refusal: Refusal, line_ids: Sequence[str]) -> list[str] | None:
    if refusal.subject in line_ids:
        places = [index for index, line_id in enumerate(line_ids) if line_id == refusal.subject]
        place = places[-1] if refusal.code == "line_twice" else places[0]
        return ["input", "lines", str(place), AT_LINE.get(refusal.code, "orderLineId")]
    if refusal.code in NOT_FOUND:
        return ["input", NOT_FOUND[refusal.code]]
    if refusal.code == "no_policy":
        return ["input", "orderId"]
    if refusal.code == "request_key_reused":
        return None
    return ["input", "lines"] if line_ids or refusal.code == "nothing_chosen" else ["input"]
