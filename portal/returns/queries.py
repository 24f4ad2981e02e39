"""Reads of the returns room."""

from uuid import UUID

from portal.db.setup import connection
from portal.returns.models import Return, ReturnChange, ReturnDraft, ReturnLine
from portal.returns.quoting import Held
from portal.returns.rules import HOLDS_UNITS


async def find_return_by_number(merchant_id: UUID, number: str) -> Return | None:
    """The return with this number; case does not matter."""
    return await Return.get_or_none(merchant_id=merchant_id, number=number.strip().upper()[:32])


async def find_return(merchant_id: UUID, return_id: UUID) -> Return | None:
    """The return of this id, if it is this merchant's."""
    return await Return.get_or_none(merchant_id=merchant_id, id=return_id)


async def find_return_by_key(merchant_id: UUID, request_key: str) -> Return | None:
    """The return that a request with this key made."""
    return await Return.get_or_none(merchant_id=merchant_id, request_key=request_key)


async def list_return_lines(merchant_id: UUID, return_ids: list[UUID]) -> list[ReturnLine]:
    """Lines of several returns."""
    return await ReturnLine.filter(merchant_id=merchant_id, return_id__in=return_ids).order_by("id")


async def list_changes(merchant_id: UUID, return_id: UUID) -> list[ReturnChange]:
    """What happened to a return, newest first."""
    return await ReturnChange.filter(merchant_id=merchant_id, return_id=return_id).order_by("-at", "-id")


async def list_order_returns(merchant_id: UUID, order_id: UUID) -> list[Return]:
    """An order's returns, oldest first."""
    return await Return.filter(merchant_id=merchant_id, order_id=order_id).order_by("requested_at", "id")


async def held_by_returns(merchant_id: UUID, order_id: UUID) -> dict[str, Held]:
    """Units of each line that returns of ours hold, with their worth. Lock the order's page first where it must not
    move.
    """
    rows = await connection().execute_query_dict(
        "SELECT l.line_id, l.quantity, l.refund, l.gross FROM return_lines l "
        "JOIN returns r ON r.id = l.return_id AND r.merchant_id = l.merchant_id "
        "WHERE r.merchant_id = $1 AND r.order_id = $2 AND r.state = ANY($3::text[])",
        [merchant_id, order_id, [str(state) for state in HOLDS_UNITS]],
    )
    held: dict[str, Held] = {}
    for row in rows:
        before = held.get(str(row["line_id"]), Held())
        held[str(row["line_id"])] = Held(
            before.quantity + row["quantity"], before.gross + row["gross"], before.refund + row["refund"]
        )
    return held


async def find_draft(merchant_id: UUID, session_id: UUID, order_id: UUID) -> ReturnDraft | None:
    """What this browser has put together for this order."""
    return await ReturnDraft.get_or_none(merchant_id=merchant_id, session_id=session_id, order_id=order_id)
