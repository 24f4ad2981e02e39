"""What a browser may see after a lookup: a row on the server, a random token in the cookie, a new one at every
lookup.
"""

from datetime import datetime, timedelta
from uuid import UUID

from portal.db.setup import connection, transaction
from portal.kernel.ids import digest, new_id, new_token
from portal.web.models import ShopperSession

LIFETIME = timedelta(hours=12)
MOST_ORDERS = 20
"""How many orders one browser keeps open at once; the oldest fall out."""


async def open_session(
    merchant_id: UUID, earlier: ShopperSession | None, found: UUID | None, typed_number: str, now: datetime
) -> str:
    """Give the browser a new token after a lookup, hit or miss; what it could see before stays. Returns the token."""
    token = new_token()
    async with transaction():
        if earlier is not None:
            # Read again and held: a lookup in another tab may have found an order meanwhile.
            earlier = await ShopperSession.select_for_update().get_or_none(merchant_id=merchant_id, id=earlier.id)
        await _write(merchant_id, earlier, token, found, typed_number, now)
    return token


async def _write(
    merchant_id: UUID, earlier: ShopperSession | None, token: str, found: UUID | None, typed_number: str, now: datetime
) -> None:
    seen = [*([str(found)] if found else []), *(earlier.order_ids if earlier else [])]
    facts = {
        "token_hash": digest(token),
        "order_ids": list(dict.fromkeys(seen))[:MOST_ORDERS],
        "found_id": found,
        "typed_number": typed_number[:64],
        "expires_at": now + LIFETIME,
    }
    if earlier is not None:
        await ShopperSession.filter(merchant_id=merchant_id, id=earlier.id).update(**facts)
    else:
        await _sweep(now)
        await ShopperSession.create(id=new_id(), merchant_id=merchant_id, created_at=now, **facts)


async def find_session(merchant_id: UUID, token: str, now: datetime) -> ShopperSession | None:
    """The session of this token at this merchant, or None when there is none or it has expired."""
    if not token:
        return None
    return await ShopperSession.get_or_none(merchant_id=merchant_id, token_hash=digest(token), expires_at__gt=now)


async def _sweep(now: datetime) -> None:
    """Every new session takes away up to two that are over (and their drafts), so that none pile up."""
    await connection().execute_query(
        "DELETE FROM shopper_sessions WHERE id IN (SELECT id FROM shopper_sessions WHERE expires_at <= $1 "
        "ORDER BY expires_at LIMIT 2 FOR UPDATE SKIP LOCKED)",
        [now],
    )
