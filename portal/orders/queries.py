"""Reads of the orders room."""

import hmac
from typing import Any
from uuid import UUID

import orjson

from portal.db.setup import connection
from portal.orders.models import Order, OrderLine
from portal.orders.rules import email_key, number_key, postal_key

MOST_NAMESAKES = 5
"""Orders of one merchant that share a number (several shops in one): more are not compared."""


async def find_order_by_contact(merchant_id: UUID, number: str, contact: str) -> UUID | None:
    """The order with this number whose email address or postal code the contact is.

    Hit or miss, the same query runs and the same number of comparisons is made.
    """
    found = None
    for row in await _namesakes(merchant_id, number):
        if _belongs(row, contact) and found is None:
            found = row["id"]
    return UUID(str(found)) if found else None


async def find_order_by_email(merchant_id: UUID, number: str, email: str) -> UUID | None:
    """The order with this number that was placed with this email address; the postal code does not count here."""
    rows = await _namesakes(merchant_id, number)
    typed, found = email_key(email).encode(), None
    for row in rows:
        if hmac.compare_digest(row["email_key"].encode(), typed) and typed and found is None:
            found = row["id"]
    return UUID(str(found)) if found else None


async def _namesakes(merchant_id: UUID, number: str) -> list[dict[str, Any]]:
    """The orders with a number, newest first, filled up to as many as are ever compared."""
    rows = await connection().execute_query_dict(
        "SELECT id, email_key, postal_keys FROM orders WHERE merchant_id = $1 AND number_key = $2 "
        "ORDER BY placed_at DESC LIMIT $3",
        [merchant_id, number_key(number), MOST_NAMESAKES],
    )
    nobody = {"id": None, "email_key": "", "postal_keys": "[]"}
    return [*rows, *[nobody] * (MOST_NAMESAKES - len(rows))]


def _belongs(row: dict[str, str], contact: str) -> bool:
    email, postal = email_key(contact), postal_key(contact)
    same_email = bool(email) and hmac.compare_digest(row["email_key"].encode(), email.encode())
    same_postal = bool(postal) and postal in orjson.loads(row["postal_keys"])
    return same_email or same_postal


async def find_order(merchant_id: UUID, order_id: UUID) -> Order | None:
    """The order, if it is this merchant's."""
    return await Order.get_or_none(merchant_id=merchant_id, id=order_id)


async def find_person(merchant_id: UUID, order_id: UUID) -> tuple[str, dict[str, str] | None] | None:
    """Whose order it is: the name, and where it goes (an AddressRecord as JSON, or None)."""
    rows = await connection().execute_query_dict(
        "SELECT customer ->> 'name' AS name, shipping_address FROM orders WHERE id = $1 AND merchant_id = $2",
        [order_id, merchant_id],
    )
    if not rows:
        return None
    address = rows[0]["shipping_address"]
    return rows[0]["name"] or "", orjson.loads(address) if address else None


async def find_order_by_number(merchant_id: UUID, number: str) -> Order | None:
    """The newest order with this number."""
    return await Order.filter(merchant_id=merchant_id, number_key=number_key(number)).order_by("-placed_at").first()


async def list_orders_with_number(merchant_id: UUID, number: str) -> list[UUID]:
    """Every order with this number."""
    rows = await Order.filter(merchant_id=merchant_id, number_key=number_key(number)).values_list("id", flat=True)
    return [UUID(str(row)) for row in rows]


async def list_order_lines(merchant_id: UUID, order_id: UUID) -> list[OrderLine]:
    """An order's lines in their own order."""
    return await OrderLine.filter(merchant_id=merchant_id, order_id=order_id).order_by("position")
