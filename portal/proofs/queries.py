"""Reads of the proofs room."""

from datetime import datetime
from uuid import UUID

from portal.kernel.ids import digest
from portal.proofs.models import Proof
from portal.proofs.rules import MOST_TRIES, SAME_CLICK
from portal.web.models import ShopperSession
from portal.web.sessions import find_session, has_proven


async def is_proven(merchant_id: UUID, order_id: UUID, token: str, now: datetime) -> bool:
    """Whether the browser with this session token has shown that the order is its shopper's.

    Where the order's page is read anyway, `PageRow.proven` says the same without another query.
    """
    session = await find_session(merchant_id, token, now)
    return session is not None and has_proven(session, order_id, now)


async def find_proof(merchant_id: UUID, proof_id: UUID) -> Proof | None:
    """The proof of this id."""
    return await Proof.get_or_none(merchant_id=merchant_id, id=proof_id)


async def find_newest(
    merchant_id: UUID, session_id: UUID, door: str, order_id: UUID | None, *, held: bool = False
) -> Proof | None:
    """What this browser asked for last at a door (for this order, unless it is None), held until the caller's
    transaction ends if asked.
    """
    mine = Proof.filter(merchant_id=merchant_id, session_id=session_id, door=door)
    mine = mine.filter(order_id=order_id) if order_id else mine
    newest = mine.order_by("-id").limit(1)
    return await (newest.select_for_update() if held else newest).first()


def is_open(proof: Proof | None, now: datetime) -> bool:
    """Whether its code may still be tried: neither replaced nor used, neither too old nor tried too often."""
    if proof is None or proof.ended_at is not None or proof.used_at is not None:
        return False
    return now < proof.expires_at and proof.tries < MOST_TRIES


async def find_by_token(merchant_id: UUID, session_id: UUID, token: str) -> Proof | None:
    """The proof of a link, if this browser asked for it."""
    return await Proof.get_or_none(merchant_id=merchant_id, session_id=session_id, token_hash=digest(token))


async def find_asker(merchant_id: UUID, token: str, now: datetime) -> ShopperSession | None:
    """The session of this token, or the one whose token it was until a proof a moment ago: a double click sends both
    times the cookie that the first one ends. What it may do is for the code to decide, not for the cookie.
    """
    found = await find_session(merchant_id, token, now)
    if found is not None or not token:
        return found
    proof = await Proof.get_or_none(merchant_id=merchant_id, spent_by=digest(token), used_at__gt=now - SAME_CLICK)
    return await ShopperSession.get_or_none(merchant_id=merchant_id, id=proof.session_id) if proof else None
