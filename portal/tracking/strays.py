"""Scans that came before their parcel, or about another one with its number: kept for a while, taken when it comes.

Both sides hold the number's lock, so a scan and its parcel never pass each other unseen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from pydantic import TypeAdapter

from portal.db.setup import connection, transaction
from portal.kernel.ids import new_id
from portal.tracking.content import SHOP
from portal.tracking.heard import HeardScan
from portal.tracking.rules import AFTER_HANDOVER, BEFORE_HANDOVER, belongs, tracking_key

KEPT = timedelta(days=30)
"""How long a scan waits for its parcel."""

SCAN = TypeAdapter(HeardScan)

LOCK = """
SELECT pg_advisory_xact_lock(key) FROM (
    SELECT DISTINCT hashtextextended($1 || '/' || number, 7) AS key FROM unnest($2::text[]) AS number ORDER BY 1
) AS numbers
"""
KEEP = """
INSERT INTO stray_scans (id, merchant_id, tracking_key, source, digest, scan, received_at, expires_at)
SELECT id, $1, tracking_key, $2, digest, scan::jsonb, $3, $4
FROM unnest($5::uuid[], $6::varchar[], $7::bytea[], $8::text[]) AS t (id, tracking_key, digest, scan)
ON CONFLICT (merchant_id, tracking_key, digest) DO NOTHING
"""
FORGET = """
DELETE FROM stray_scans WHERE id IN (
    SELECT id FROM stray_scans WHERE merchant_id = $1 AND expires_at <= $2 ORDER BY expires_at LIMIT $3
    FOR UPDATE SKIP LOCKED
)
"""
WAITING = """
SELECT id, tracking_key, source, scan FROM stray_scans WHERE merchant_id = $1 AND tracking_key = ANY($2::varchar[])
"""
# A parcel that shares its number with an earlier one gets what was heard of it, as if it had been there from the start.
SIBLINGS = """
INSERT INTO tracking_events (id, merchant_id, parcel_id, digest, source, status, reason, code, city, country,
                             occurred_at, received_at, estimated_date, estimated_window, extra)
SELECT gen_random_uuid(), e.merchant_id, mine.id, e.digest, e.source, e.status, e.reason, e.code, e.city, e.country,
       e.occurred_at, e.received_at, e.estimated_date, e.estimated_window, e.extra
FROM unnest($2::uuid[], $3::varchar[], $4::timestamptz[], $5::timestamptz[]) AS mine (id, number, first, last)
JOIN parcels p ON p.merchant_id = $1 AND p.tracking_key = mine.number AND p.id <> mine.id
JOIN tracking_events e ON e.parcel_id = p.id AND e.source <> $6 AND e.occurred_at BETWEEN mine.first AND mine.last
ON CONFLICT (parcel_id, digest) DO NOTHING
"""


async def keep_strays(merchant_id: UUID, source: str, scans: Sequence[HeardScan], now: datetime) -> list[HeardScan]:
    """Keep scans that fit no parcel. Returns those that do fit one by now: they are to be applied, not kept."""
    async with transaction():
        keys = [tracking_key(scan.tracking_number) for scan in scans]
        await _hold_numbers(merchant_id, keys)
        _, rows = await connection().execute_query(
            "SELECT tracking_key, shipped_at FROM parcels WHERE merchant_id = $1 AND tracking_key = ANY($2::varchar[])",
            [merchant_id, keys],
        )
        there = [(row["tracking_key"], row["shipped_at"]) for row in rows]
        late = [
            scan
            for key, scan in zip(keys, scans, strict=True)
            if any(key == number and belongs(scan.occurred_at, shipped_at) for number, shipped_at in there)
        ]
        found = {id(scan) for scan in late}
        await _insert(merchant_id, source, [scan for scan in scans if id(scan) not in found], now)
    return late


async def take_strays(
    merchant_id: UUID, keys: Mapping[UUID, str], handed_over: Mapping[UUID, datetime]
) -> list[tuple[UUID, str, HeardScan]]:
    """What was heard of these parcels' numbers before they were here, inside the caller's transaction. `keys` and
    `handed_over` are by parcel. Taken strays are no longer kept.
    """
    numbers = sorted({key for key in keys.values() if key})
    if not numbers:
        return []
    await _hold_numbers(merchant_id, numbers)
    await _share(merchant_id, keys, handed_over)
    _, rows = await connection().execute_query(WAITING, [merchant_id, numbers])
    waiting = [(row["id"], row["tracking_key"], row["source"], _scan(row["scan"])) for row in rows]
    found, done = [], []
    for row_id, number, source, scan in waiting:
        meant = [
            parcel for parcel, key in keys.items() if key == number and belongs(scan.occurred_at, handed_over[parcel])
        ]
        found += [(parcel, source, scan) for parcel in meant]
        done += [row_id] if meant else []
    if done:
        await connection().execute_query(
            "DELETE FROM stray_scans WHERE merchant_id = $1 AND id = ANY($2::uuid[])", [merchant_id, done]
        )
    return found


async def list_strays(merchant_id: UUID, numbers: Sequence[str]) -> list[tuple[str, HeardScan]]:
    """Source and scan of what waits for a parcel with one of these numbers, oldest first."""
    _, rows = await connection().execute_query(WAITING, [merchant_id, [tracking_key(number) for number in numbers]])
    return sorted(((row["source"], _scan(row["scan"])) for row in rows), key=lambda pair: pair[1].occurred_at)


async def forget_strays(merchant_id: UUID, now: datetime, most: int) -> int:
    """Delete up to `most` scans that have waited for their parcel in vain; returns how many."""
    rows = await connection().execute_query_dict(
        f"WITH gone AS ({FORGET} RETURNING id) SELECT count(*) AS n FROM gone", [merchant_id, now, most]
    )
    return int(rows[0]["n"])


async def _share(merchant_id: UUID, keys: Mapping[UUID, str], handed_over: Mapping[UUID, datetime]) -> None:
    mine = [parcel for parcel, key in keys.items() if key]
    first = [handed_over[parcel] - BEFORE_HANDOVER for parcel in mine]
    last = [handed_over[parcel] + AFTER_HANDOVER for parcel in mine]
    await connection().execute_query(SIBLINGS, [merchant_id, mine, [keys[one] for one in mine], first, last, SHOP])


async def _hold_numbers(merchant_id: UUID, keys: Iterable[str]) -> None:
    await connection().execute_query(LOCK, [str(merchant_id), sorted(set(keys))])


async def _insert(merchant_id: UUID, source: str, scans: Sequence[HeardScan], now: datetime) -> None:
    if not scans:
        return
    rows = [
        (new_id(), tracking_key(scan.tracking_number), scan.digest(source), orjson.dumps(asdict(scan)).decode())
        for scan in scans
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    await connection().execute_query(KEEP, [merchant_id, source, now, now + KEPT, *columns])
    # Every delivery that leaves strays takes away up to twice as many that are over, so that none pile up.
    await connection().execute_query(FORGET, [merchant_id, now, 2 * len(scans)])


def _scan(value: str | dict[str, object]) -> HeardScan:
    return SCAN.validate_json(value) if isinstance(value, str) else SCAN.validate_python(value)
