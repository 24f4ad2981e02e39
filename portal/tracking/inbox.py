"""Deliveries of scans: kept once as they came, applied afterwards, many of one source together.

A kept row is the promise to apply it. The door rings for it; a row that nobody was rung for is found by the schedule.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import structlog
from tortoise.exceptions import DBConnectionError

from portal.db.outbox import publish
from portal.db.outbox_rules import storable
from portal.db.setup import connection
from portal.integrations.scans import PayloadRefused
from portal.kernel.ids import new_id
from portal.tracking.events import ScansKept
from portal.tracking.heard import Heard, HeardScan
from portal.tracking.payloads import Refused, read_delivery
from portal.tracking.service import AT_ONCE, settle_scans

log = structlog.get_logger()
KEPT_FOR = timedelta(days=14)
"""How long a delivery that has ended is kept: longer than any source tries again, short because it may name people."""
CLAIMED_FOR = timedelta(seconds=20)
"""How long a worker has a delivery to itself; one that died is followed after that."""
OVERDUE = timedelta(seconds=3)
"""A delivery that waits longer than this was not rung for."""
AWAITED = timedelta(minutes=1)
"""An effect that is put off for longer, after failures, is not waited for."""
MOST_TOGETHER = 200
GIVE_UP = timedelta(days=1)
"""A delivery that breaks for so long, for reasons that nobody foresaw, is refused; a new release may mend it before."""
_AWAY = (
    OSError,
    DBConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
)
"""What is the database's trouble and no delivery's fault."""


class State(StrEnum):
    """Of a delivery: not applied yet; applied; cannot be applied, and `reason` says why."""

    WAITING = "waiting"
    APPLIED = "applied"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Kept:
    """A proven delivery on its way into the table."""

    merchant_id: UUID
    source: str
    body: bytes
    received_at: datetime


@dataclass(slots=True)
class Ended:
    """What became of a delivery."""

    row_id: UUID
    received_at: datetime
    scans: Sequence[HeardScan] = ()
    refused: Refused = field(default_factory=list)
    heard: Heard = field(default_factory=lambda: Heard(0, 0, 0))
    reason: str = ""
    left: bool = False
    """Nothing became of it: it broke, and waits."""


_KEEP = """
WITH kept AS (
    INSERT INTO scan_deliveries (id, merchant_id, source, body, digest, received_at, state, taken, known, strangers,
                                 reason)
    SELECT *, 'waiting', 0, 0, 0, ''
    FROM unnest($1::uuid[], $2::uuid[], $3::varchar[], $4::bytea[], $5::bytea[], $6::timestamptz[])
    ON CONFLICT (merchant_id, digest) DO NOTHING RETURNING id
)
SELECT id FROM kept
"""
_CLAIM = """
WITH mine AS (
    UPDATE scan_deliveries SET claimed_until = clock_timestamp() + $2::interval
    WHERE id IN (
        SELECT id FROM scan_deliveries
        WHERE merchant_id = $1 AND state = 'waiting' AND (claimed_until IS NULL OR claimed_until < clock_timestamp())
        ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED
    )
    RETURNING id, source, body, received_at
)
SELECT * FROM mine ORDER BY source, id
"""
_END = """
UPDATE scan_deliveries d SET state = t.state, taken = t.taken, known = t.known, strangers = t.strangers,
    refused = t.refused::jsonb, reason = t.reason, ended_at = $2, claimed_until = NULL
FROM unnest($3::uuid[], $4::varchar[], $5::int[], $6::int[], $7::int[], $8::text[], $9::varchar[])
     AS t (id, state, taken, known, strangers, refused, reason)
WHERE d.id = t.id AND d.merchant_id = $1 AND d.state = 'waiting'
"""
_LEAVE = """
UPDATE scan_deliveries d SET claimed_until = clock_timestamp() + greatest($2 - d.received_at, $3::interval)
WHERE d.merchant_id = $1 AND d.id = ANY($4::uuid[]) AND d.state = 'waiting'
"""


async def keep_deliveries(deliveries: Sequence[Kept]) -> list[bool]:
    """Keep proven deliveries in one statement; says of each whether it is new."""
    ids = [new_id() for _ in deliveries]
    columns = [
        ids,
        [one.merchant_id for one in deliveries],
        [one.source for one in deliveries],
        [one.body for one in deliveries],
        [hashlib.sha256(one.source.encode() + b"\x00" + one.body).digest() for one in deliveries],
        [one.received_at for one in deliveries],
    ]
    _, rows = await connection().execute_query(_KEEP, columns)
    new = {row["id"] for row in rows}
    return [one in new for one in ids]


async def ring_for(merchant_ids: Sequence[UUID], now: datetime) -> None:
    """Wake a worker for what these merchants' sources have delivered."""
    for merchant_id in merchant_ids:
        await publish(ScansKept(), merchant_id=merchant_id, dedupe_key=str(new_id()), now=now)


async def ring_for_overdue(now: datetime) -> int:
    """Wake workers for what was kept and not rung for: who kept it died, or who applied it. Returns for how many
    merchants. A merchant for whom a worker is owed within AWAITED is not rung for again.
    """
    rows = await connection().execute_query_dict(
        "SELECT merchant_id FROM (SELECT DISTINCT merchant_id FROM scan_deliveries WHERE state = 'waiting' "
        "AND received_at < $1 AND (claimed_until IS NULL OR claimed_until < clock_timestamp())) late "
        "WHERE NOT EXISTS (SELECT FROM outbox o WHERE o.merchant_id = late.merchant_id AND o.topic = $2 "
        "AND o.state = 'pending' AND o.available_at < clock_timestamp() + $3::interval)",
        [now - OVERDUE, ScansKept.topic, AWAITED],
    )
    await ring_for([row["merchant_id"] for row in rows], now)
    return len(rows)


async def apply_waiting(merchant_id: UUID, now: datetime) -> int:
    """Apply what waits and nobody else has claimed, those of one source together. Returns how many deliveries ended.

    Once each; what breaks half-way is claimed anew after CLAIMED_FOR, and scans that are known change nothing.
    """
    done = 0
    while rows := (await connection().execute_query(_CLAIM, [merchant_id, CLAIMED_FOR, MOST_TOGETHER]))[1]:
        for source, group in groupby(rows, lambda row: str(row["source"])):
            read = [_read(source, row, now) for row in group]
            for together in _portions(read):
                await _apply(merchant_id, source, together, now)
            ended = [one for one in read if not one.left]
            await _end(merchant_id, ended, now)
            await _leave(merchant_id, [one for one in read if one.left], now)
            done += len(ended)
    return done


async def prune_deliveries(merchant_id: UUID, now: datetime, kept_for: timedelta = KEPT_FOR, most: int = 1000) -> int:
    """Delete up to `most` deliveries that ended and came before `kept_for`; returns how many."""
    rows = await connection().execute_query_dict(
        "WITH old AS (DELETE FROM scan_deliveries WHERE id IN (SELECT id FROM scan_deliveries WHERE merchant_id = $1 "
        "AND received_at < $2 AND state <> 'waiting' ORDER BY received_at LIMIT $3 FOR UPDATE SKIP LOCKED) "
        "RETURNING id) SELECT count(*) AS n FROM old",
        [merchant_id, now - kept_for, most],
    )
    return int(rows[0]["n"])


def _read(source: str, row: Any, now: datetime) -> Ended:
    """What a delivery held. The door has read it already, but a later release may read otherwise."""
    one = Ended(row["id"], row["received_at"])
    try:
        one.scans, one.refused = read_delivery(source, bytes(row["body"]), one.received_at)
    except PayloadRefused as error:
        one.reason = str(error)
    except Exception as error:
        # A reader that breaks must not hold up the deliveries beside it.
        _broke(one, source, error, now)
    return one


def _portions(ended: Sequence[Ended]) -> list[list[Ended]]:
    """As many deliveries as fit into one transaction, at least one."""
    portions: list[list[Ended]] = []
    size = AT_ONCE
    for one in ended:
        if not one.scans:
            continue
        if size + len(one.scans) > AT_ONCE:
            portions.append([])
            size = 0
        portions[-1].append(one)
        size += len(one.scans)
    return portions


async def _apply(merchant_id: UUID, source: str, together: Sequence[Ended], now: datetime) -> None:
    try:
        outcomes = await settle_scans(merchant_id, source, [scan for one in together for scan in one.scans], now)
    except Exception as error:
        cause = error.__cause__ if isinstance(error.__cause__, asyncpg.PostgresError) else error
        if isinstance(cause, _AWAY):
            raise
        # One delivery must not fail for another's sake: each is tried alone.
        if len(together) > 1:
            for one in together:
                await _apply(merchant_id, source, [one], now)
        elif isinstance(cause, asyncpg.DataError | asyncpg.IntegrityConstraintViolationError):
            together[0].reason = f"the database does not take it: {cause}"[:500].replace("\x00", "")
            log.warning("scans refused", source=source, delivery=str(together[0].row_id))
        else:
            _broke(together[0], source, error, now)
        return
    start = 0
    for one in together:
        one.heard = Heard.of(outcomes[start : start + len(one.scans)])
        start += len(one.scans)


def _broke(one: Ended, source: str, error: Exception, now: datetime) -> None:
    """Note a delivery that broke alone, for a reason that nobody foresaw: it waits, and is refused in the end."""
    log.error("scans not applied", source=source, delivery=str(one.row_id), error=storable(error))
    if now - one.received_at > GIVE_UP:
        one.reason = storable(error)
    else:
        one.left = True


async def _leave(merchant_id: UUID, left: Sequence[Ended], now: datetime) -> None:
    """Let nobody take them until they have waited for as long again as they have."""
    if left:
        await connection().execute_query(_LEAVE, [merchant_id, now, CLAIMED_FOR, [one.row_id for one in left]])


async def _end(merchant_id: UUID, ended: Sequence[Ended], now: datetime) -> None:
    columns = [
        [one.row_id for one in ended],
        [State.REFUSED.value if one.reason else State.APPLIED.value for one in ended],
        [one.heard.taken for one in ended],
        [one.heard.known for one in ended],
        [one.heard.strangers for one in ended],
        [orjson.dumps(one.refused).decode() if one.refused else None for one in ended],
        [one.reason for one in ended],
    ]
    await connection().execute_query(_END, [merchant_id, now, *columns])
