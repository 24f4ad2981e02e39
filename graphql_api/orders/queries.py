"""Reads of orders for the API: one statement for a whole batch, only the columns that the types show."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from graphql_api.connections import Filter, Wish, read_page
from graphql_api.rows import by_id, grouped
from portal.db.setup import connection
from portal.orders.rules import number_key

Rows = list[dict[str, Any]]

ORDERS = """
SELECT o.id, o.number, o.placed_at, o.cancelled_at, o.cancel_reason, o.currency, o.total, o.gift, o.channel,
    o.updated_at, o.customer->>'name' AS customer_name, o.customer->>'email' AS customer_email,
    coalesce(p.version, 0) AS version
FROM orders o LEFT JOIN order_pages p ON p.id = o.id AND p.merchant_id = o.merchant_id
WHERE o.merchant_id = $1
"""
LINES = """
SELECT l.id, l.order_id, l.title, l.variant, l.sku, l.quantity, l.unit_price, l.requires_shipping, l.gift_card,
    l.final_sale, l.personalised, l.cancelled_quantity, l.refunded_quantity, l.refunded, o.currency,
    o.cancelled_at IS NOT NULL AS order_cancelled
FROM order_lines l JOIN orders o ON o.id = l.order_id AND o.merchant_id = l.merchant_id
WHERE l.merchant_id = $1
"""
PARCELS = """
SELECT id, order_id, carrier, tracking_number, tracking_url, status, status_at, shipped_at, delivered_at, carrier_date,
    cancelled
FROM parcels WHERE merchant_id = $1
"""


async def list_orders(merchant_id: UUID, filters: Sequence[Filter], wish: Wish) -> tuple[Rows, bool]:
    """A page of orders by the moment they were placed, and whether there are more."""
    return await read_page(ORDERS, ("o.placed_at", "o.id"), merchant_id, filters, wish)


async def find_orders(merchant_id: UUID, order_ids: list[UUID]) -> list[dict[str, Any] | None]:
    """Orders by id, in the order of the ids."""
    return by_id(order_ids, await _read(f"{ORDERS} AND o.id = ANY($2::uuid[])", merchant_id, order_ids))


async def find_orders_by_number(merchant_id: UUID, keys: list[str]) -> list[dict[str, Any] | None]:
    """The newest order with each number, given as orders.rules.number_key makes it."""
    rows = await _read(f"{ORDERS} AND o.number_key = ANY($2::text[]) ORDER BY o.placed_at", merchant_id, keys)
    newest = {number_key(row["number"]): row for row in rows}
    return [newest.get(key) for key in keys]


async def find_lines(merchant_id: UUID, line_ids: list[UUID]) -> list[dict[str, Any] | None]:
    """Order lines by id, in the order of the ids."""
    return by_id(line_ids, await _read(f"{LINES} AND l.id = ANY($2::uuid[])", merchant_id, line_ids))


async def list_lines(merchant_id: UUID, order_ids: list[UUID]) -> list[Rows]:
    """The lines of each order."""
    rows = await _read(f"{LINES} AND l.order_id = ANY($2::uuid[]) ORDER BY l.position", merchant_id, order_ids)
    return grouped(order_ids, rows, "order_id")


async def find_parcels(merchant_id: UUID, parcel_ids: list[UUID]) -> list[dict[str, Any] | None]:
    """Parcels by id, in the order of the ids."""
    return by_id(parcel_ids, await _read(f"{PARCELS} AND id = ANY($2::uuid[])", merchant_id, parcel_ids))


async def list_parcels(merchant_id: UUID, order_ids: list[UUID]) -> list[Rows]:
    """The parcels of each order."""
    rows = await _read(f"{PARCELS} AND order_id = ANY($2::uuid[]) ORDER BY position", merchant_id, order_ids)
    return grouped(order_ids, rows, "order_id")


async def list_parcel_items(merchant_id: UUID, parcel_ids: list[UUID]) -> list[Rows]:
    """What travels in each parcel."""
    rows = await _read(
        "SELECT i.parcel_id, i.line_id, i.quantity FROM parcel_lines i "
        "JOIN order_lines l ON l.id = i.line_id AND l.merchant_id = i.merchant_id "
        "WHERE i.merchant_id = $1 AND i.parcel_id = ANY($2::uuid[]) ORDER BY l.position",
        merchant_id,
        parcel_ids,
    )
    return grouped(parcel_ids, rows, "parcel_id")


async def list_sent(merchant_id: UUID, line_ids: list[UUID]) -> list[Rows]:
    """How many units of each line are in parcels, with the parcels' statuses."""
    rows = await _read(
        "SELECT i.line_id, i.quantity, p.status FROM parcel_lines i "
        "JOIN parcels p ON p.id = i.parcel_id AND p.merchant_id = i.merchant_id AND NOT p.cancelled "
        "WHERE i.merchant_id = $1 AND i.line_id = ANY($2::uuid[])",
        merchant_id,
        line_ids,
    )
    return grouped(line_ids, rows, "line_id")


async def list_events(merchant_id: UUID, parcel_ids: list[UUID]) -> list[Rows]:
    """The scans of each parcel, newest first."""
    rows = await _read(
        "SELECT parcel_id, status, reason, code, city, country, occurred_at FROM tracking_events "
        "WHERE merchant_id = $1 AND parcel_id = ANY($2::uuid[]) ORDER BY occurred_at DESC, id DESC",
        merchant_id,
        parcel_ids,
    )
    return grouped(parcel_ids, rows, "parcel_id")


async def _read(sql: str, merchant_id: UUID, keys: Sequence[UUID] | Sequence[str]) -> Rows:
    return await connection().execute_query_dict(sql, [merchant_id, list(keys)])
