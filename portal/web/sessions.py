"""What a browser may see after a lookup, and change after a proof: a row on the server, a random token in the cookie,
a new one whenever the browser may do more than before.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from portal.db.setup import connection, transaction
from portal.kernel.ids import digest, new_id, new_token
from portal.web.models import ShopperSession

LIFETIME = timedelta(hours=12)
PROOF_LIFETIME = timedelta(hours=12)
"""How long a proof holds, from the moment it was given: looking up again does not lengthen it."""
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
            earlier = await _held(merchant_id, earlier.id)
        facts = {**_facts(earlier, token, found, now), "typed_number": typed_number[:64]}
        if earlier is not None:
            await ShopperSession.filter(merchant_id=merchant_id, id=earlier.id).update(**facts)
        else:
            await _sweep(now)
            await ShopperSession(id=new_id(), merchant_id=merchant_id, created_at=now, **facts).save()
    return token


async def prove_order(merchant_id: UUID, session_id: UUID, order_id: UUID, now: datetime) -> str:
    """Let the browser see and change all of an order, inside the caller's transaction. Returns its new token; the one
    before is dead. Raises DoesNotExist when the session is gone.
    """
    token = new_token()
    row = await ShopperSession.select_for_update().get(merchant_id=merchant_id, id=session_id)
    facts = _facts(row, token, order_id, now)
    until = int((now + PROOF_LIFETIME).timestamp())
    kept = {one: end for one, end in row.proven.items() if one in facts["order_ids"] and end > now.timestamp()}
    await ShopperSession.filter(merchant_id=merchant_id, id=row.id).update(
        **facts, proven={**kept, str(order_id): until}
    )
    return token


async def find_session(merchant_id: UUID, token: str, now: datetime) -> ShopperSession | None:
    """The session of this token at this merchant, or None when there is none or it has expired."""
    if not token:
        return None
    return await ShopperSession.get_or_none(merchant_id=merchant_id, token_hash=digest(token), expires_at__gt=now)


def has_proven(session: ShopperSession, order_id: UUID | str, now: datetime) -> bool:
    """Whether the browser has shown that the order is its shopper's, lately enough."""
    until: int = session.proven.get(str(order_id), 0)
    return until > now.timestamp()


async def end_session(merchant_id: UUID, token: str) -> None:
    """Forget a browser, with its drafts and open codes."""
    await ShopperSession.filter(merchant_id=merchant_id, token_hash=digest(token)).delete()


async def end_sessions_of(merchant_id: UUID, order_id: UUID) -> int:
    """Forget every browser that sees an order. Returns how many."""
    ended, _ = await connection().execute_query(
        "DELETE FROM shopper_sessions WHERE merchant_id = $1 AND order_ids ? $2::uuid::text", [merchant_id, order_id]
    )
    return ended


async def _held(merchant_id: UUID, session_id: UUID) -> ShopperSession | None:
    return await ShopperSession.select_for_update().get_or_none(merchant_id=merchant_id, id=session_id)


def _facts(earlier: ShopperSession | None, token: str, found: UUID | None, now: datetime) -> dict[str, Any]:
    seen = [*([str(found)] if found else []), *(earlier.order_ids if earlier else [])]
    return {
        "token_hash": digest(token),
        "order_ids": list(dict.fromkeys(seen))[:MOST_ORDERS],
        "found_id": found,
        "expires_at": now + LIFETIME,
    }


async def forget_expired(now: datetime, most: int) -> int:
    """Forget up to `most` browsers whose sessions are over, of all merchants, with their drafts. Returns how many."""
    gone, _ = await connection().execute_query(
        "DELETE FROM shopper_sessions WHERE id IN (SELECT id FROM shopper_sessions WHERE expires_at <= $1 "
        "ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
        [now, most],
    )
    return gone


async def _sweep(now: datetime) -> None:
    """Every new session takes away up to two that are over, so that none pile up."""
    await forget_expired(now, 2)
