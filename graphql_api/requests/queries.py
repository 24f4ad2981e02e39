"""Reads of requests for the API: one statement for a whole batch."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from graphql_api.connections import Filter, Wish, read_page
from graphql_api.rows import by_id, grouped
from portal.db.setup import connection

Rows = list[dict[str, Any]]

REQUESTS = """
SELECT id, order_id, parcel_id, number, kind, reach, state, facts::text AS facts, locale, via,
    made_at, answered_at, answer
FROM shopper_requests WHERE merchant_id = $1
"""


async def list_requests(merchant_id: UUID, filters: Sequence[Filter], wish: Wish) -> tuple[Rows, bool]:
    """A page of requests by the moment they were made, and whether there are more."""
    return await read_page(REQUESTS, ("made_at", "id"), merchant_id, filters, wish)


async def find_requests(merchant_id: UUID, request_ids: list[UUID]) -> list[dict[str, Any] | None]:
    """Requests by id, in the order of the ids."""
    sql = f"{REQUESTS} AND id = ANY($2::uuid[])"
    return by_id(request_ids, await connection().execute_query_dict(sql, [merchant_id, request_ids]))


async def list_changes(merchant_id: UUID, request_ids: list[UUID]) -> list[Rows]:
    """What happened to each request, oldest first."""
    rows = await connection().execute_query_dict(
        "SELECT request_id, what, who, why, at FROM request_changes "
        "WHERE merchant_id = $1 AND request_id = ANY($2::uuid[]) ORDER BY at, id",
        [merchant_id, request_ids],
    )
    return grouped(request_ids, rows, "request_id")
