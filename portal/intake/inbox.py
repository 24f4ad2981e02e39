"""Keeping deliveries: once each, as raw bytes, together with the promise to apply them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from portal.db.outbox import CHANNEL, publish
from portal.db.setup import connection, transaction
from portal.intake.events import DeliveryKept
from portal.intake.models import InboxMessage
from portal.integrations.deliveries import Delivery
from portal.kernel.ids import new_id
from portal.orders.rules import NEVER_AGAIN

KEPT_FOR = timedelta(days=30)
"""How long a delivery that has ended is kept: longer than any platform retries, short because it holds addresses. What
its order is put together from stays longer; forgetting the person takes it away.
"""


_PARTS = ["fulfillments/create", "fulfillments/update", "refunds/create"]
"""Topics that tell a part of an order. All others tell the whole of it, unless their outcome says that they only named
it.
"""
# The next word about an order puts it together anew: from its newest whole delivery, and from every part that is newer.
# Without these a later fulfilment or refund finds nothing to be part of, and a living parcel is taken for cancelled.
_NEEDED = """
m.subject <> '' AND m.state IN ('early', 'applied') AND m.outcome NOT IN ('named', 'fetched')
AND EXISTS (
    SELECT FROM orders o WHERE o.merchant_id = m.merchant_id AND o.source = m.platform AND o.source_id = m.subject
        AND o.source_updated_at < $4
) AND NOT EXISTS (
    SELECT FROM inbox newer
    WHERE newer.merchant_id = m.merchant_id AND newer.platform = m.platform AND newer.shop = m.shop
        AND newer.subject = m.subject AND newer.subject <> '' AND (newer.version, newer.id) > (m.version, m.id)
        AND newer.state IN ('early', 'applied') AND newer.outcome NOT IN ('named', 'fetched')
        AND newer.topic <> ALL ($5::varchar[])
)
"""
_PRUNE = f"""
WITH old AS (
    DELETE FROM inbox WHERE id IN (
        SELECT id FROM inbox m WHERE merchant_id = $1 AND received_at < $2 AND state <> 'waiting' AND NOT ({_NEEDED})
        ORDER BY received_at LIMIT $3 FOR UPDATE SKIP LOCKED
    ) RETURNING id
)
SELECT count(*) AS n FROM old
"""


class State(StrEnum):
    """Of a delivery: not read yet; waits for its order; is in the order; is about nothing of ours; cannot be read."""

    WAITING = "waiting"
    EARLY = "early"
    APPLIED = "applied"
    NOTED = "noted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Proven:
    """A delivery that its shop has signed, on its way into the table."""

    merchant_id: UUID
    platform: str
    delivery: Delivery
    body: bytes
    received_at: datetime


# The second insert writes what `outbox.publish` writes: one statement is one round trip and one commit, and every
# webhook pays for it. A test holds the two rows against each other. It does not notify: a transaction that does holds
# a lock of the whole server while it commits, so that deliveries would queue up behind each other's disk (see `ring`).
_KEEP = """
WITH kept AS (
    INSERT INTO inbox (id, merchant_id, platform, shop, topic, event_id, event_key, triggered_at, body, received_at,
                       state, subject, version, outcome, reason, path)
    SELECT *, 'waiting', '', '', '', '', ''
    FROM unnest($1::uuid[], $2::uuid[], $3::varchar[], $4::varchar[], $5::varchar[], $6::varchar[], $7::bytea[],
                $8::varchar[], $9::bytea[], $10::timestamptz[])
    ON CONFLICT (merchant_id, event_key) DO NOTHING
    RETURNING id, merchant_id, received_at
), owed AS (
    INSERT INTO outbox (id, merchant_id, topic, dedupe_key, payload, state, wake_at, available_at,
                        wakes, fence, attempt, lost, created_at)
    SELECT id, merchant_id, $11, id::text, jsonb_build_object('message_id', id), 'pending', clock_timestamp(),
           clock_timestamp(), 0, 0, 0, 0, received_at
    FROM kept
    RETURNING id
)
SELECT id FROM owed
"""


async def keep_deliveries(deliveries: Sequence[Proven]) -> list[bool]:
    """Keep proven deliveries and owe their application, in one statement. Says of each whether its event is new."""
    ids = [new_id() for _ in deliveries]
    columns = [
        ids,
        [one.merchant_id for one in deliveries],
        [one.platform for one in deliveries],
        [one.delivery.shop for one in deliveries],
        [one.delivery.topic for one in deliveries],
        [one.delivery.event_id for one in deliveries],
        [event_key(one.platform, one.delivery) for one in deliveries],
        [one.delivery.triggered_at for one in deliveries],
        [one.body for one in deliveries],
        [one.received_at for one in deliveries],
    ]
    _, rows = await connection().execute_query(_KEEP, [*columns, DeliveryKept.topic])
    new = {row["id"] for row in rows}
    return [one in new for one in ids]


async def keep_delivery(merchant_id: UUID, platform: str, delivery: Delivery, body: bytes, now: datetime) -> bool:
    """Keep one proven delivery. False when its event is known already."""
    return (await keep_deliveries([Proven(merchant_id, platform, delivery, body, now)]))[0]


async def ring(_: Sequence[None]) -> None:
    """Tell the relay that something was kept. A ring that is lost costs a second: the relay also looks by itself."""
    await connection().execute_query("SELECT pg_notify($1, '')", [CHANNEL])


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


async def prune_deliveries(
    merchant_id: UUID, now: datetime, kept_for: timedelta = KEPT_FOR, most: int = 1_000_000
) -> int:
    """Delete up to `most` deliveries that ended, or waited for their order in vain, before `kept_for`; returns how
    many. What an order is put together from stays as long as the order, see `_NEEDED`.
    """
    rows = await connection().execute_query_dict(_PRUNE, [merchant_id, now - kept_for, most, NEVER_AGAIN, _PARTS])
    return int(rows[0]["n"])
