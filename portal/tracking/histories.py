"""The stored events of parcels: keeping new ones in one statement, reading them, and what their fold comes to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from portal.db.setup import connection
from portal.integrations.scans import ESTIMATE
from portal.kernel.ids import new_id
from portal.tracking.content import SCANS_SHOWN, SHOP
from portal.tracking.heard import HeardScan
from portal.tracking.repeats import without_echoes
from portal.tracking.rules import ParcelState, ParcelStatus, Scan, fold, furthest

NAMES = ("id", "parcel_id", "digest", "source", "status", "reason", "code", "city", "country", "occurred_at",
         "estimated_date", "estimated_window", "extra")  # fmt: skip
COLUMNS = ", ".join(NAMES)
HEARD = f"""
SELECT id, parcel_id, digest, source, status, reason, code, city, country, occurred_at, estimated_date,
       estimated_window::jsonb, extra::jsonb, $1::uuid, $2::timestamptz
FROM unnest($3::uuid[], $4::uuid[], $5::bytea[], $6::varchar[], $7::varchar[], $8::varchar[], $9::varchar[],
            $10::varchar[], $11::varchar[], $12::timestamptz[], $13::date[], $14::text[], $15::text[])
     AS heard ({COLUMNS})
"""
"""New events from their columns; $1 is the merchant, $2 when they came."""
INSERT = f"INSERT INTO tracking_events ({COLUMNS}, merchant_id, received_at)"
KEEP = f"""
WITH fresh AS ({INSERT} {HEARD} ON CONFLICT (parcel_id, digest) DO NOTHING RETURNING *)
SELECT true AS fresh, * FROM fresh
UNION ALL
SELECT false, e.*
FROM (SELECT parcel_id FROM fresh UNION SELECT unnest($16::uuid[])) AS parcel,
     -- Parcel by parcel through the index, however few or many the planner expects.
     LATERAL (SELECT * FROM tracking_events WHERE parcel_id = parcel.parcel_id OFFSET 0) AS e
"""
EVENTS = "SELECT * FROM tracking_events WHERE merchant_id = $1 AND parcel_id = ANY($2::uuid[])"
JSON_COLUMNS = frozenset({"estimated_window", "extra"})


@dataclass(frozen=True, slots=True)
class Told:
    """A scan of a source about one parcel."""

    parcel_id: UUID
    source: str
    scan: HeardScan


@dataclass(slots=True)
class History:
    """A parcel's events after new ones were kept. `fresh` are the digests of the new ones."""

    rows: list[Any]
    fresh: set[bytes]

    def state(self, shipped_at: datetime) -> ParcelState:
        """The fold over all of them."""
        return fold((scan_of(row) for row in self.rows), shipped_at)

    def shown(self) -> list[Any]:
        """The events that the parcel's page tells."""
        told = {row["status"] for row in self.rows if row["source"] != SHOP and row["code"] != ESTIMATE}
        rows = [row for row in self.rows if row["code"] != ESTIMATE]
        rows = [row for row in rows if row["source"] != SHOP or row["status"] not in told]
        rows.sort(key=lambda row: (row["occurred_at"], furthest(row["status"]), row["digest"]), reverse=True)
        return [Event(row) for row in without_echoes(rows[: 2 * SCANS_SHOWN])[:SCANS_SHOWN]]


class Event:
    """A stored event as the page's content reads it: a row by its columns' names, without the cost of a model."""

    __slots__ = ("_row",)

    def __init__(self, row: Any) -> None:
        self._row = row

    def __getattr__(self, name: str) -> Any:
        value = self._row[name]
        return orjson.loads(value) if name in JSON_COLUMNS and isinstance(value, str) else value


async def keep_scans(
    merchant_id: UUID, told: Iterable[Told], now: datetime, also: Sequence[UUID] = ()
) -> dict[UUID, History]:
    """Keep scans that are new, in the caller's transaction. Returns the whole history of each parcel that got one, and
    of the parcels named by `also`.
    """
    columns = event_columns([event_row(one) for one in told])
    _, rows = await connection().execute_query(KEEP, [merchant_id, now, *columns, list(also)])
    histories: dict[UUID, History] = {parcel: History([], set()) for parcel in also}
    for row in rows:
        history = histories.setdefault(row["parcel_id"], History([], set()))
        history.rows.append(row)
        if row["fresh"]:
            history.fresh.add(row["digest"])
    return histories


async def list_histories(merchant_id: UUID, parcel_ids: Sequence[UUID]) -> dict[UUID, History]:
    """The stored events of parcels, without any new."""
    histories: dict[UUID, History] = {parcel: History([], set()) for parcel in parcel_ids}
    _, rows = await connection().execute_query(EVENTS, [merchant_id, list(parcel_ids)])
    for row in rows:
        histories[row["parcel_id"]].rows.append(row)
    return histories


def scan_of(row: Any) -> Scan:
    """A stored event as the fold needs it."""
    window = row["estimated_window"]
    found = orjson.loads(window) if isinstance(window, str) else window
    return Scan(
        ParcelStatus(row["status"]),
        row["occurred_at"],
        row["digest"],
        row["reason"],
        row["estimated_date"],
        (found[0], found[1]) if found else None,
    )


def event_row(one: Told) -> dict[str, Any]:
    """A scan as its row will be."""
    scan = one.scan
    return {
        "id": new_id(),
        "parcel_id": one.parcel_id,
        "digest": scan.digest(one.source),
        "source": one.source,
        "status": str(scan.status),
        "reason": scan.reason,
        "code": scan.code,
        "city": scan.city,
        "country": scan.country,
        # As the database tells it: what is written to a page now and what is read back later must be the same words.
        "occurred_at": scan.occurred_at.astimezone(UTC),
        "estimated_date": scan.estimated_date,
        "estimated_window": orjson.dumps(scan.estimated_window).decode() if scan.estimated_window else None,
        "extra": orjson.dumps(dict(scan.extra)).decode() if scan.extra else None,
    }


def event_columns(rows: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    """Rows as the columns that HEARD takes, from $3."""
    return [[row[name] for row in rows] for name in NAMES]
