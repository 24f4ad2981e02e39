"""Reads of returns for the API: one statement for a whole batch; quote and decision only for who asks for them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from graphql_api.connections import Filter, Wish, read_page
from graphql_api.rows import by_id, grouped
from portal.db.setup import connection

Rows = list[dict[str, Any]]

RETURNS = """
SELECT id, order_id, number, state, via, currency, refund, method, ship_by, version, requested_at, updated_at
FROM returns WHERE merchant_id = $1
"""


async def list_returns(merchant_id: UUID, filters: Sequence[Filter], wish: Wish) -> tuple[Rows, bool]:
    """A page of returns by the moment they were asked for, and whether there are more."""
    return await read_page(RETURNS, ("requested_at", "id"), merchant_id, filters, wish)


async def find_returns(merchant_id: UUID, return_ids: list[UUID]) -> list[dict[str, Any] | None]:
    """Returns by id, in the order of the ids."""
    return by_id(return_ids, await _read(f"{RETURNS} AND id = ANY($2::uuid[])", merchant_id, return_ids))


async def find_returns_by_number(merchant_id: UUID, numbers: list[str]) -> list[dict[str, Any] | None]:
    """Returns by number, in the order of the numbers."""
    rows = await _read(f"{RETURNS} AND number = ANY($2::text[])", merchant_id, numbers)
    return by_id(numbers, rows, "number")


async def list_order_returns(merchant_id: UUID, order_ids: list[UUID]) -> list[Rows]:
    """The returns of each order, oldest first."""
    rows = await _read(f"{RETURNS} AND order_id = ANY($2::uuid[]) ORDER BY requested_at, id", merchant_id, order_ids)
    return grouped(order_ids, rows, "order_id")


async def list_lines(merchant_id: UUID, return_ids: list[UUID]) -> list[Rows]:
    """The lines of each return."""
    rows = await _read(
        "SELECT l.return_id, l.line_id, l.quantity, l.reason, l.comment, l.refund, r.currency FROM return_lines l "
        "JOIN returns r ON r.id = l.return_id AND r.merchant_id = l.merchant_id "
        "JOIN order_lines o ON o.id = l.line_id AND o.merchant_id = l.merchant_id "
        "WHERE l.merchant_id = $1 AND l.return_id = ANY($2::uuid[]) ORDER BY o.position",
        merchant_id,
        return_ids,
    )
    return grouped(return_ids, rows, "return_id")


async def list_changes(merchant_id: UUID, return_ids: list[UUID]) -> list[Rows]:
    """What happened to each return, oldest first."""
    rows = await _read(
        "SELECT return_id, what, who, why, at FROM return_changes "
        "WHERE merchant_id = $1 AND return_id = ANY($2::uuid[]) ORDER BY at, what <> 'requested', id",
        merchant_id,
        return_ids,
    )
    return grouped(return_ids, rows, "return_id")


async def find_labels(merchant_id: UUID, return_ids: list[UUID]) -> list[dict[str, Any] | None]:
    """The label of each return, or None while there is none."""
    rows = await _read(
        "SELECT return_id, state, code, requested_at, ready_at FROM labels "
        "WHERE merchant_id = $1 AND return_id = ANY($2::uuid[])",
        merchant_id,
        return_ids,
    )
    return by_id(return_ids, rows, "return_id")


async def find_papers(merchant_id: UUID, return_ids: list[UUID]) -> list[dict[str, Any] | None]:
    """Quote and decision of each return, as JSON texts."""
    rows = await _read(
        "SELECT id, quote::text AS quote, decision::text AS decision FROM returns "
        "WHERE merchant_id = $1 AND id = ANY($2::uuid[])",
        merchant_id,
        return_ids,
    )
    return by_id(return_ids, rows)


async def _read(sql: str, merchant_id: UUID, keys: Sequence[UUID] | Sequence[str]) -> Rows:
    return await connection().execute_query_dict(sql, [merchant_id, list(keys)])
