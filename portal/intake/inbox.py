"""Keeping deliveries: once each, as raw bytes, together with the promise to apply them."""

import asyncio
import hashlib
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import asyncpg
import orjson
import structlog
from tortoise.exceptions import DBConnectionError, OperationalError

from portal.db.outbox import CHANNEL, publish
from portal.db.setup import connection, transaction
from portal.intake.events import DeliveryKept
from portal.intake.models import InboxMessage
from portal.integrations.deliveries import Delivery
from portal.kernel.ids import new_id

RING_EVERY = timedelta(milliseconds=25)
log = structlog.get_logger()
KEPT_FOR = timedelta(days=30)
"""How long a delivery that has ended is kept: longer than any platform retries, short because it holds addresses."""


class State(StrEnum):
    """Of a delivery: not read yet; waits for its order; is in the order; is about nothing of ours; cannot be read."""

    WAITING = "waiting"
    EARLY = "early"
    APPLIED = "applied"
    NOTED = "noted"
    REFUSED = "refused"


# The second insert writes what `outbox.publish` writes: one statement is one round trip and one commit, and every
# webhook pays for it. A test holds the two rows against each other. It does not notify: a transaction that does holds
# a lock of the whole server while it commits, so that deliveries would queue up behind each other's disk (see `ring`).
_KEEP = """
WITH kept AS (
    INSERT INTO inbox (id, merchant_id, platform, shop, topic, event_id, event_key, triggered_at, body, state,
                       subject, version, outcome, reason, path, received_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waiting', '', '', '', '', '', $10)
    ON CONFLICT (merchant_id, event_key) DO NOTHING
    RETURNING id
), owed AS (
    INSERT INTO outbox (id, merchant_id, topic, dedupe_key, payload, state, wake_at, available_at,
                        wakes, fence, attempt, lost, created_at)
    SELECT $1, $2, $11, $1::text, $12::text::jsonb, 'pending', clock_timestamp(), clock_timestamp(), 0, 0, 0, 0, $10
    FROM kept
    RETURNING id
)
SELECT id FROM owed
"""


async def keep_delivery(merchant_id: UUID, platform: str, delivery: Delivery, body: bytes, now: datetime) -> bool:
    """Keep a proven delivery and owe its application, in one statement. False when the event is known already."""
    message_id = new_id()
    _, rows = await connection().execute_query(
        _KEEP,
        [
            message_id,
            merchant_id,
            platform,
            delivery.shop,
            delivery.topic,
            delivery.event_id,
            event_key(platform, delivery),
            delivery.triggered_at,
            body,
            now,
            DeliveryKept.topic,
            orjson.dumps(DeliveryKept(message_id)).decode(),
        ],
    )
    return bool(rows)


class Bell:
    """Tells the relay that something was kept: at most once in RING_EVERY, however much that is.

    A ring that is lost costs a second: the relay also looks by itself.
    """

    def __init__(self) -> None:
        self._ringing: asyncio.Task[None] | None = None

    def ring(self) -> None:
        """Ring soon; returns at once."""
        if self._ringing is None or self._ringing.done():
            self._ringing = asyncio.create_task(self._ring())

    async def _ring(self) -> None:
        await asyncio.sleep(RING_EVERY.total_seconds())
        try:
            await connection().execute_query("SELECT pg_notify($1, '')", [CHANNEL])
        except (OSError, asyncpg.InterfaceError, asyncpg.PostgresError, DBConnectionError, OperationalError) as error:
            log.warning("relay not rung", error=type(error).__name__)


def event_key(platform: str, delivery: Delivery) -> bytes:
    """What makes it the same event: platform, shop, topic and the platform's id."""
    parts = (platform, delivery.shop, delivery.topic, delivery.event_id)
    return hashlib.sha256("\x00".join(parts).encode()).digest()


async def replay_delivery(merchant_id: UUID, message_id: UUID, now: datetime) -> bool:
    """Let a delivery be applied anew, whatever became of it. False when there is none of this id."""
    async with transaction():
        changed = await InboxMessage.filter(merchant_id=merchant_id, id=message_id).update(
            state=State.WAITING, reason="", path="", outcome="", ended_at=None
        )
        if changed:
            key = f"{message_id}/replay/{now.timestamp()}"
            await publish(DeliveryKept(message_id), merchant_id=merchant_id, dedupe_key=key, now=now)
    return bool(changed)


async def prune_deliveries(merchant_id: UUID, now: datetime, kept_for: timedelta = KEPT_FOR) -> int:
    """Delete deliveries that ended, or waited for their order in vain, before `kept_for`; returns how many."""
    old = InboxMessage.filter(merchant_id=merchant_id, received_at__lt=now - kept_for)
    return await old.exclude(state=State.WAITING).delete()
