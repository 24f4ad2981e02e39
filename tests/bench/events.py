"""A tracking event applied, against the least that any such product must do, one by one and in batches.

Floor: one transaction of three statements by hand on asyncpg, the event in, the parcel's status, the page's JSON, with
everything known beforehand: no fold, no reading, no late events. Both write the same number of rows and the same page.
Ours reads the parcel, dedupes, folds all its events, and writes the page. A batch is one delivery of 100 scans for 100
parcels; its ratio is against 100 floors, one by one.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from uuid import UUID

import asyncpg
import orjson

from portal.db.setup import connection, credentials
from portal.kernel.ids import new_id
from portal.tracking.rules import ParcelStatus
from portal.tracking.service import HeardScan, record_scans
from tests.bench.ground import FIRST, Ground
from tests.bench.rounds import Result, compare, say
from tests.factories.merchants import NOW

BATCH = 100
INSERT = (
    "INSERT INTO tracking_events (id, merchant_id, parcel_id, digest, source, status, code, city, country, "
    "occurred_at, received_at) VALUES ($1, $2, $3, $4, 'floor', 'in_transit', '', 'Leipzig', 'DE', $5, $5) "
    "ON CONFLICT (parcel_id, digest) DO NOTHING"
)
STATUS = "UPDATE parcels SET status = 'in_transit', status_at = $2 WHERE id = $1 AND status_at <= $2"
PAGE = (
    "UPDATE order_pages SET version = version + 1, content = jsonb_set(content, '{parcels}', $2::jsonb) WHERE id = $1"
)


@dataclass
class Targets:
    """Parcels of the companions: even ones for us, odd ones for the floor, so that both find histories as long."""

    merchant_id: UUID
    numbers: list[str]
    floor: list[tuple[UUID, UUID, str]]
    turn: "count[int]" = field(default_factory=count)


async def targets(ground: Ground) -> Targets:
    """Read who can be written to."""
    rows = await connection().execute_query_dict(
        "SELECT p.id, p.order_id, (o.content -> 'parcels')::text AS parcels FROM parcels p "
        "JOIN order_pages o ON o.id = p.order_id WHERE p.merchant_id = $1 AND p.tracking_number LIKE $2 ORDER BY p.id",
        [ground.merchant.id, f"{FIRST}_%"],
    )
    floor = [(row["id"], row["order_id"], row["parcels"]) for row in rows[1::2]]
    numbers = await connection().execute_query_dict(
        "SELECT tracking_number AS n FROM parcels WHERE id = ANY($1)", [[row["id"] for row in rows[::2]]]
    )
    return Targets(ground.merchant.id, [row["n"] for row in numbers], floor)


async def run(ground: Ground) -> list[Result]:
    """Single events, batches, and what 5,000 events of one parcel cost."""
    found = await targets(ground)
    given = credentials(str(ground.settings.database_url), 4)
    sizes = {"min_size": given.pop("minsize"), "max_size": given.pop("maxsize")}
    pool = await asyncpg.create_pool(**given, **sizes)

    async def floor(times: int) -> None:
        for _ in range(times):
            turn = next(found.turn)
            parcel, order, page = found.floor[turn % len(found.floor)]
            at = NOW - timedelta(hours=1) + timedelta(microseconds=turn)
            async with pool.acquire() as link, link.transaction():
                digest = hashlib.sha256(str(turn).encode()).digest()
                await link.execute(INSERT, new_id(), found.merchant_id, parcel, digest, at)
                await link.execute(STATUS, parcel, at)
                await link.execute(PAGE, order, page)

    async def ours(times: int) -> None:
        for _ in range(times):
            await record_scans(found.merchant_id, "bench", [fresh(found)], NOW)

    async def batches(times: int) -> None:
        for _ in range(times // BATCH):
            await record_scans(found.merchant_id, "bench", [fresh(found) for _ in range(BATCH)], NOW)

    single = await compare("tracking event applied, one", ours, floor, aim=0.5, each=100)
    batch = await compare("tracking event applied, batches of 100", batches, floor, aim=2.0, each=2 * BATCH)
    await flood(found)
    await pool.close()
    return [single, batch]


def fresh(found: Targets) -> HeardScan:
    """A scan that nobody has heard, of the next parcel."""
    turn = next(found.turn)
    at = NOW - timedelta(hours=1) + timedelta(microseconds=turn)
    number = found.numbers[turn % len(found.numbers)]
    return HeardScan(number, ParcelStatus.IN_TRANSIT, at, event_id=str(turn), city="Leipzig", country="DE")


async def flood(found: Targets) -> None:
    """One parcel with 5,000 events: what one more costs, and how large its page row is."""
    import time

    number = found.numbers[-1]
    scans = [
        HeardScan(number, ParcelStatus.IN_TRANSIT, NOW - timedelta(seconds=6000 - place), event_id=f"flood{place}")
        for place in range(5000)
    ]
    begun = time.perf_counter()
    await record_scans(found.merchant_id, "bench", scans, NOW)
    taken = time.perf_counter() - begun
    begun = time.perf_counter()
    for place in range(20):
        late = HeardScan(
            number, ParcelStatus.IN_TRANSIT, NOW - timedelta(hours=3, seconds=place), event_id=f"late{place}"
        )
        await record_scans(found.merchant_id, "bench", [late], NOW)
    one = (time.perf_counter() - begun) / 20
    rows = await connection().execute_query_dict(
        "SELECT o.content::text AS page FROM order_pages o JOIN parcels p ON p.order_id = o.id "
        "WHERE p.tracking_number = $1 AND p.merchant_id = $2",
        [number, found.merchant_id],
    )
    size = len(orjson.dumps(orjson.loads(rows[0]["page"])))
    say(f"5,000 events of one parcel: {taken:.1f} s in, {one * 1000:.0f} ms for one more, late; page {size} bytes")
