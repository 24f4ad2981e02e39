"""Verbs of the proofs room: ask for a code, answer with it or with the link. Each is one transaction.

Hit and miss do the same work: a proof without an order is written, owed to the outbox and tried at like any other, and
only the worker finds that there is nobody to write to.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from portal.db.outbox import publish
from portal.db.setup import connection, transaction
from portal.kernel.ids import digest, new_id
from portal.proofs.events import CodeWanted
from portal.proofs.models import Proof
from portal.proofs.queries import find_newest, is_open
from portal.proofs.rules import MOST_TRIES, SAME_CLICK, VALID_FOR, is_code, token_of
from portal.web.sessions import end_sessions_of, prove_order

ORDER, LOOKUP = "order", "lookup"
"""Doors: from the page of an order that was looked up; from the lookup, by number and email."""


class Outcome(StrEnum):
    """What became of a code or a link."""

    PROVEN = "proven"
    WRONG = "wrong"
    OVER = "over"
    """Too old, used, tried too often, replaced by a newer one, or never asked for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome; after a wrong code how many tries are `left`, after the right one the order and the browser's new
    session token.
    """

    outcome: Outcome
    left: int = 0
    proof: Proof | None = None
    token: str = ""


@dataclass(frozen=True, slots=True)
class Goal:
    """Where to go afterwards: a route's name and a number, see `gate`."""

    name: str = "order"
    about: str = ""


async def ask_for_code(
    merchant_id: UUID, session_id: UUID, order_id: UUID | None, door: str, goal: Goal, locale: str, now: datetime
) -> UUID:
    """Owe the order's shopper a mail with a code and a link. What this browser asked for before is dead."""
    proof_id = new_id()
    async with transaction():
        await _hold_session(merchant_id, session_id)
        await Proof.filter(merchant_id=merchant_id, session_id=session_id, ended_at=None, used_at=None).update(
            ended_at=now
        )
        await Proof.create(
            id=proof_id,
            merchant_id=merchant_id,
            session_id=session_id,
            order_id=order_id,
            door=door,
            goal=goal.name,
            about=goal.about,
            token_hash=digest(token_of(proof_id)),
            asked_at=now,
            expires_at=now + VALID_FOR,
        )
        await publish(CodeWanted(proof_id, locale), merchant_id=merchant_id, dedupe_key=str(proof_id), now=now)
    return proof_id


async def try_code(
    merchant_id: UUID, session_id: UUID, door: str, order_id: UUID | None, typed: str, cookie: str, now: datetime
) -> Answer:
    """Answer with what was typed. Every try counts; the right one opens the order to this browser, once.

    `cookie` is the session token of the browser; it is dead when the answer is PROVEN.
    """
    async with transaction():
        await _hold_session(merchant_id, session_id)
        proof = await find_newest(merchant_id, session_id, door, order_id, held=True)
        if proof is None or not _may_be_tried(proof, cookie, now):
            return Answer(Outcome.OVER)
        await Proof.filter(merchant_id=merchant_id, id=proof.id).update(tries=proof.tries + 1)
        if not is_code(proof.id, typed) or proof.order_id is None:
            left = MOST_TRIES - proof.tries - 1
            return Answer(Outcome.WRONG if left else Outcome.OVER, left)
        return await _spend(proof, proof.order_id, cookie, now)


async def follow_link(merchant_id: UUID, session_id: UUID, token: str, cookie: str, now: datetime) -> Answer:
    """The same by the mail's link, in the browser that asked."""
    async with transaction():
        await _hold_session(merchant_id, session_id)
        proof = await Proof.select_for_update().get_or_none(
            merchant_id=merchant_id, session_id=session_id, token_hash=digest(token)
        )
        if proof is None or proof.order_id is None or not _may_be_tried(proof, cookie, now):
            return Answer(Outcome.OVER)
        return await _spend(proof, proof.order_id, cookie, now)


async def note_sent(merchant_id: UUID, proof_id: UUID, now: datetime) -> None:
    """The mail has left."""
    await Proof.filter(merchant_id=merchant_id, id=proof_id).update(sent_at=now)


async def revoke(merchant_id: UUID, order_id: UUID) -> int:
    """End every session that sees an order, and every code on its way. Returns how many sessions."""
    async with transaction():
        # Those too that only wait for a code: the right one, typed at this moment, would open the order afterwards.
        await connection().execute_query(
            "SELECT 1 FROM shopper_sessions WHERE merchant_id = $1 AND (order_ids ? $2::uuid::text "
            "OR id IN (SELECT session_id FROM proofs WHERE merchant_id = $1 AND order_id = $2)) ORDER BY id FOR UPDATE",
            [merchant_id, order_id],
        )
        ended = await end_sessions_of(merchant_id, order_id)
        await Proof.filter(merchant_id=merchant_id, order_id=order_id).delete()
        return ended


async def _hold_session(merchant_id: UUID, session_id: UUID) -> None:
    """What one browser does at once takes turns on its session's row, which comes before its proofs everywhere: the
    other way round two of them would wait for each other.
    """
    await connection().execute_query(
        "SELECT 1 FROM shopper_sessions WHERE merchant_id = $1 AND id = $2 FOR UPDATE", [merchant_id, session_id]
    )


def _may_be_tried(proof: Proof, cookie: str, now: datetime) -> bool:
    """Whether it is open. A used one is, for a moment, to the very browser that used it: people click twice, and
    whoever does has lost the first answer and with it the new cookie.
    """
    if proof.used_at is not None:
        again = bytes(proof.spent_by or b"") == digest(cookie) and now < proof.used_at + SAME_CLICK
        return again and proof.tries < MOST_TRIES
    return is_open(proof, now)


async def _spend(proof: Proof, order_id: UUID, cookie: str, now: datetime) -> Answer:
    token = await prove_order(proof.merchant_id, proof.session_id, order_id, now)
    if proof.used_at is None:
        await Proof.filter(merchant_id=proof.merchant_id, id=proof.id).update(used_at=now, spent_by=digest(cookie))
    return Answer(Outcome.PROVEN, proof=proof, token=token)
