"""What shoppers ask of the team, from the command line: the list, one request whole, the answer."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from portal.commands.installation import Mistake, now, ready_with_database
from portal.merchants.queries import MerchantFacts, find_merchant_by_slug

T = TypeVar("T")
LONGEST = 80


def list_requests(merchant: str, state: str, limit: int) -> list[tuple[str, ...]]:
    """Number, when, state, kind and the beginning of what was written of the newest requests. Raises Mistake."""
    from portal.requests.queries import list_requests as read
    from portal.requests.rules import RequestState

    if state and state not in list(RequestState):
        raise Mistake(f"States are: {', '.join(RequestState)}.")
    rows = _with_merchant(merchant, lambda found: read(found.id, state, limit))
    return [
        (row.number, f"{row.made_at:%Y-%m-%d %H:%M}", row.state, row.kind, _short(row.facts["text"] or row.answer))
        for row in rows
    ]


def show_request(merchant: str, number: str) -> str:
    """Everything about one request: the order, what was asked, what happened. Raises Mistake."""
    order, row, changes = _with_merchant(merchant, lambda found: _whole(found, number))
    facts = row.facts
    address = ", ".join(value for value in (facts["address"] or {}).values() if value)
    lines = [
        f"{row.number}  {row.kind}  {row.state}",
        f"order {order.number}  {order.customer['name']}  {order.customer['email']}",
        *([f"address: {address}"] if address else []),
        *([f"place: {facts['where']} {facts['place']}".strip()] if facts["place"] else []),
        *(f"item: {count} × {line}" for line, count in facts["lines"].items()),
        *([f"text: {facts['text']}"] if facts["text"] else []),
        *(f"{change.at:%Y-%m-%d %H:%M}  {change.what}  {change.who}  {change.why}".rstrip() for change in changes),
    ]
    return "\n".join(lines)


def answer_request(merchant: str, number: str, outcome: str, note: str, who: str) -> None:
    """Say what became of a request; the shopper gets a mail. Raises Mistake."""
    from portal.requests.rules import ANSWERS, RequestState
    from portal.requests.service import answer_request as answer

    if outcome not in ANSWERS:
        raise Mistake(f"Outcomes are: {', '.join(sorted(ANSWERS))}.")

    async def do(found: MerchantFacts) -> Any:
        _, row, _ = await _whole(found, number)
        return await answer(found, row.id, RequestState(outcome), note.strip(), who, now())

    _with_merchant(merchant, do)


async def _whole(merchant: MerchantFacts, number: str) -> tuple[Any, Any, list[Any]]:
    from portal.orders.queries import find_order
    from portal.requests.queries import find_request_by_number, list_request_changes

    row = await find_request_by_number(merchant.id, number)
    if row is None:
        raise Mistake(f"There is no request {number}.")
    order = await find_order(merchant.id, row.order_id)
    return order, row, await list_request_changes(merchant.id, row.id)


def _with_merchant(slug: str, do: Callable[[MerchantFacts], Awaitable[T]]) -> T:
    from portal.db.setup import database
    from portal.kernel.refusal import Refusal

    async def run(settings: Any) -> T:
        async with database(settings):
            found = await find_merchant_by_slug(slug)
            if found is None:
                raise Mistake(f"There is no merchant {slug}.")
            return await do(found)

    with ready_with_database() as settings:
        try:
            return asyncio.run(run(settings))
        except Refusal as refusal:
            raise Mistake(_WORDS.get(refusal.code, refusal.code) % dict(refusal.params)) from refusal


_WORDS = {
    "not_open": "It is %(state)s already.",
    "note_missing": "Tell the shopper why: --note.",
    "note_too_long": "Keep the note under %(limit)s characters.",
}


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
