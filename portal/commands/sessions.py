"""Shoppers' sessions, from the command line."""

import asyncio
from typing import Any

from portal.commands.installation import Mistake, ready_with_database
from portal.commands.merchants import merchant_id_of


def revoke(merchant: str, number: str) -> int:
    """End every session that sees an order, and every code on its way; returns how many sessions. Raises Mistake."""
    with ready_with_database() as settings:
        return asyncio.run(_revoke(settings, merchant, number))


async def _revoke(settings: Any, slug: str, number: str) -> int:
    from portal.db.setup import database
    from portal.orders.queries import list_orders_with_number
    from portal.proofs.service import revoke as revoke_order

    async with database(settings):
        merchant_id = await merchant_id_of(slug)
        orders = await list_orders_with_number(merchant_id, number)
        if not orders:
            raise Mistake(f"{slug} has no order {number}.")
        return sum([await revoke_order(merchant_id, order_id) for order_id in orders])
