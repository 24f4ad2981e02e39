"""The outbox: what a committed change still owes the world, written in the same transaction as the change.

PostgreSQL holds the truth and its clock decides; Redis only carries the wake-up. A worker claims an effect for a
while (lease) and with a number that grows (fence): whoever comes back late with an old fence changes nothing.
At least once, so a handler must bear being run again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol
from uuid import UUID

import orjson

from portal.db.outbox_rules import MAX_LOST, storable
from portal.db.setup import connection
from portal.kernel.ids import new_id

CHANNEL = "doorstep_outbox"
LEASE = timedelta(seconds=60)
KEEP_DONE = timedelta(days=30)
WAKE_AGAIN = timedelta(seconds=15)
"""After this long an effect that was rung for and not claimed is rung for again; doubles each time, to a minute."""


class Event(Protocol):
    """A frozen dataclass in the past tense whose class names its topic; its fields are the payload."""

    topic: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An effect that is due and that no worker holds."""

    effect_id: UUID
    topic: str
    fence: int
    wakes: int

    @property
    def job_id(self) -> str:
        """New for every wake-up, so that a job that Redis kept or lost never blocks the next one."""
        return f"{self.effect_id}:{self.fence}:{self.wakes}"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run one effect until the lease ends. `attempt` counts from 1."""

    effect_id: UUID
    merchant_id: UUID
    topic: str
    payload: dict[str, Any]
    attempt: int
    fence: int


async def publish(event: Event, *, merchant_id: UUID, dedupe_key: str, now: datetime) -> UUID | None:
    """Owe an effect, in the transaction of the caller; the relay wakes when that commits.

    None when the merchant's topic already has a row with this key.
    """
    rows = await connection().execute_query_dict(
        """
        WITH row AS (
            INSERT INTO outbox (id, merchant_id, topic, dedupe_key, payload, state, wake_at, available_at,
                                wakes, fence, attempt, lost, created_at)
            VALUES ($1, $2, $3, $4, $5::text::jsonb, 'pending', clock_timestamp(), clock_timestamp(), 0, 0, 0, 0, $6)
            ON CONFLICT (merchant_id, topic, dedupe_key) DO NOTHING
            RETURNING id
        )
        SELECT id, pg_notify($7, '') FROM row
        """,
        [
            new_id(),
            merchant_id,
            event.topic,
            dedupe_key,
            orjson.dumps(event, default=_plain).decode(),
            now,
            CHANNEL,
        ],
    )
    return rows[0]["id"] if rows else None


async def publish_all(events: Sequence[tuple[Event, str]], *, merchant_id: UUID, now: datetime) -> None:
    """Owe several effects, each with its dedupe key, in one statement; the same as `publish` for each of them."""
    if not events:
        return
    await connection().execute_query_dict(
        """
        WITH owed AS (
            INSERT INTO outbox (id, merchant_id, topic, dedupe_key, payload, state, wake_at, available_at,
                                wakes, fence, attempt, lost, created_at)
            SELECT t.id, $1, t.topic, t.dedupe_key, t.payload::jsonb, 'pending', clock_timestamp(), clock_timestamp(),
                   0, 0, 0, 0, $2
            FROM unnest($3::uuid[], $4::varchar[], $5::varchar[], $6::text[]) AS t (id, topic, dedupe_key, payload)
            ON CONFLICT (merchant_id, topic, dedupe_key) DO NOTHING
            RETURNING id
        )
        SELECT pg_notify($7, '') FROM (SELECT id FROM owed LIMIT 1) AS one
        """,
        [
            merchant_id,
            now,
            [new_id() for _ in events],
            [event.topic for event, _ in events],
            [key for _, key in events],
            [orjson.dumps(event, default=_plain).decode() for event, _ in events],
            CHANNEL,
        ],
    )


def _plain(value: object) -> str:
    """Ids read from the database are asyncpg's own kind of UUID, which orjson does not know."""
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be part of an event")


async def claim_for_relay(limit: int, wake_again: timedelta = WAKE_AGAIN) -> list[Waiting]:
    """Take up to `limit` effects that are due, oldest first, and put their next wake-up off.

    Call it inside a transaction and ring before the commit: a relay that dies between the two leaves nothing behind.
    By state and never by `id > last seen`: ids become visible out of order.
    """
    rows = await connection().execute_query_dict(
        """
        UPDATE outbox SET
            wakes = wakes + 1,
            wake_at = clock_timestamp() + least($2::interval * power(2, least(wakes, 6)), interval '1 minute')
        WHERE id IN (
            SELECT id FROM outbox
            WHERE state = 'pending' AND wake_at <= clock_timestamp()
            ORDER BY wake_at LIMIT $1 FOR UPDATE SKIP LOCKED
        )
        RETURNING id, topic, fence, wakes
        """,
        [limit, wake_again],
    )
    return [Waiting(row["id"], row["topic"], row["fence"], row["wakes"]) for row in rows]


async def claim(effect_ids: Sequence[UUID], lease: timedelta = LEASE) -> list[Claim]:
    """Claim those of the effects that are due and free. One that outlived too many of its workers is dead instead."""
    rows = await connection().execute_query_dict(
        """
        UPDATE outbox SET
            fence = fence + 1, attempt = attempt + 1, wakes = 0,
            lost = lost + (lease_until IS NOT NULL)::int,
            lease_until = clock_timestamp() + $2::interval,
            wake_at = clock_timestamp() + $2::interval
        WHERE id IN (
            SELECT id FROM outbox
            WHERE id = ANY($1::uuid[]) AND state = 'pending' AND available_at <= clock_timestamp()
                AND (lease_until IS NULL OR lease_until < clock_timestamp())
            ORDER BY id FOR NO KEY UPDATE
        )
        RETURNING id, merchant_id, topic, payload::text AS payload, attempt, fence, lost
        """,
        [list(effect_ids), lease],
    )
    claims = []
    for row in rows:
        found = _claim(row)
        if row["lost"] >= MAX_LOST:
            await fail(found, f"{row['lost']} workers died while they ran it", retry_after=None)
        else:
            claims.append(found)
    return claims


async def renew(claims: Sequence[Claim], lease: timedelta = LEASE) -> set[UUID]:
    """Keep claims for another lease. The answer holds the ids that are still ours."""
    return await _change_held(
        claims,
        "lease_until = clock_timestamp() + $3::interval, wake_at = clock_timestamp() + $3::interval",
        lease,
    )


async def finish(claims: Sequence[Claim]) -> set[UUID]:
    """Mark effects done. The answer holds the ids that were still ours to finish."""
    return await _change_held(claims, "state = 'done', ended_at = clock_timestamp(), lease_until = NULL")


async def fail(claim: Claim, error: BaseException | str, retry_after: timedelta | None) -> bool:
    """Give the effect back to be tried again after a wait, or to be dead (None). False when it was no longer ours."""
    if retry_after is None:
        changes, values = "state = 'dead', ended_at = clock_timestamp()", []
    else:
        changes = "wake_at = clock_timestamp() + $4::interval, available_at = clock_timestamp() + $4::interval"
        values = [retry_after]
    return bool(
        await _change_held(
            [claim],
            f"{changes}, lease_until = NULL, last_error = $3",
            storable(error),
            *values,
        )
    )


async def release(claim: Claim) -> bool:
    """Hand an effect over that was not finished, as if it had not been tried. False when it was no longer ours."""
    changed = await _change_held(
        [claim],
        "lease_until = NULL, attempt = attempt - 1, wake_at = clock_timestamp()",
    )
    await connection().execute_query_dict("SELECT pg_notify($1, '')", [CHANNEL])
    return bool(changed)


async def list_dead(merchant_id: UUID, limit: int = 100) -> list[dict[str, Any]]:
    """Dead letters of a merchant, newest first: id, topic, attempt, last_error, ended_at."""
    return await connection().execute_query_dict(
        "SELECT id, topic, attempt, last_error, ended_at FROM outbox"
        " WHERE merchant_id = $1 AND state = 'dead' ORDER BY ended_at DESC LIMIT $2",
        [merchant_id, limit],
    )


async def replay(merchant_id: UUID, effect_id: UUID) -> bool:
    """Give a dead letter all its attempts again, now. False when there is no such dead letter."""
    rows = await connection().execute_query_dict(
        """
        WITH row AS (
            UPDATE outbox SET state = 'pending', ended_at = NULL, attempt = 0, lost = 0, wakes = 0,
                wake_at = clock_timestamp(), available_at = clock_timestamp()
            WHERE merchant_id = $1 AND id = $2 AND state = 'dead'
            RETURNING id
        )
        SELECT id, pg_notify($3, '') FROM row
        """,
        [merchant_id, effect_id, CHANNEL],
    )
    return bool(rows)


async def purge_done(keep: timedelta = KEEP_DONE, limit: int = 500) -> int:
    """Delete effects that were done longer ago than `keep`, a bounded number at a time. Returns how many.

    While a row is kept, its dedupe key still stops the same effect from being owed again.
    """
    rows = await connection().execute_query_dict(
        "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE state = 'done' "
        "AND ended_at < clock_timestamp() - $1::interval ORDER BY ended_at LIMIT $2 FOR UPDATE SKIP LOCKED) "
        "RETURNING id",
        [keep, limit],
    )
    return len(rows)


async def _change_held(claims: Sequence[Claim], changes: str, *values: Any) -> set[UUID]:
    """Update claimed rows, guarded by their fences; `changes` is SQL of this module with parameters from $3."""
    # In id order, as in claim(): two workers that want the same rows queue up instead of deadlocking.
    rows = await connection().execute_query_dict(
        f"""
        UPDATE outbox SET {changes}
        WHERE id IN (
            SELECT outbox.id FROM outbox
            JOIN unnest($1::uuid[], $2::int[]) AS held (id, fence) ON held.id = outbox.id AND held.fence = outbox.fence
            WHERE outbox.state = 'pending' AND outbox.lease_until IS NOT NULL
            ORDER BY outbox.id FOR NO KEY UPDATE OF outbox
        )
        RETURNING id
        """,
        [
            [claim.effect_id for claim in claims],
            [claim.fence for claim in claims],
            *values,
        ],
    )
    return {row["id"] for row in rows}


def _claim(row: dict[str, Any]) -> Claim:
    return Claim(
        row["id"],
        row["merchant_id"],
        row["topic"],
        orjson.loads(row["payload"]),
        row["attempt"],
        row["fence"],
    )
