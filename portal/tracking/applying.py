"""Taking scans into parcels, many at once: one statement keeps and reads events, one writes states and pages.

Whoever changes the parcels of an order holds its page row first. So changes to one order take turns, a page is never
built from what another transaction is about to change, and nobody waits in a circle.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import orjson

from portal.db.setup import connection
from portal.integrations.scans import ESTIMATE
from portal.kernel.ids import new_id
from portal.tracking.content import SCANS_SHOWN, SHOP

# The page's own way of writing a parcel: the only one, so that a page changed by a scan and a page written anew agree.
from portal.tracking.content import _parcel as parcel_content
from portal.tracking.heard import HeardScan
from portal.tracking.rules import ParcelState, ParcelStatus, Scan, belongs, fold, tracking_key

Known = tuple[str, bytes]
"""A scan by its parcel's key and its digest."""

# A statement of its own: after a wait PostgreSQL looks only the locked rows up anew, all others stay as they were.
HOLD = """
SELECT o.id FROM parcels p JOIN order_pages o ON o.id = p.order_id AND o.merchant_id = p.merchant_id
WHERE p.merchant_id = $1 AND p.tracking_key = ANY($2::varchar[])
ORDER BY p.order_id, p.id FOR UPDATE OF o
"""
# The statements after this one are long, and planning them anew takes longer than running them: until the transaction
# ends the database keeps to the plans it has, said here because a statement of its own would be one more round trip.
READ = """
SELECT p.*, o.content -> 'parcels' AS shown
FROM (SELECT set_config('plan_cache_mode', 'force_generic_plan', true)) AS plans,
     parcels p JOIN order_pages o ON o.id = p.order_id AND o.merchant_id = p.merchant_id
WHERE p.merchant_id = $1 AND p.tracking_key = ANY($2::varchar[])
ORDER BY p.order_id, p.id
"""

COLUMNS = (
    "id, parcel_id, digest, source, status, reason, code, city, country, occurred_at, estimated_date, "
    "estimated_window, extra"
)
KEEP = f"""
WITH fresh AS (
    INSERT INTO tracking_events ({COLUMNS}, merchant_id, received_at)
    SELECT id, parcel_id, digest, source, status, reason, code, city, country, occurred_at, estimated_date,
           estimated_window::jsonb, extra::jsonb, $1, $2
    FROM unnest($3::uuid[], $4::uuid[], $5::bytea[], $6::varchar[], $7::varchar[], $8::varchar[], $9::varchar[],
                $10::varchar[], $11::varchar[], $12::timestamptz[], $13::date[], $14::text[], $15::text[])
         AS heard ({COLUMNS})
    ON CONFLICT (parcel_id, digest) DO NOTHING
    RETURNING *
)
SELECT true AS fresh, * FROM fresh
UNION ALL
SELECT false, e.*
FROM (SELECT parcel_id FROM fresh UNION SELECT unnest($16::uuid[])) AS parcel,
     -- Parcel by parcel through the index, however few or many the planner expects.
     LATERAL (SELECT * FROM tracking_events WHERE parcel_id = parcel.parcel_id OFFSET 0) AS e
"""

JSON_COLUMNS = frozenset({"estimated_window", "extra"})
EVENTS = "SELECT * FROM tracking_events WHERE merchant_id = $1 AND parcel_id = ANY($2::uuid[])"

STATES = """
UPDATE parcels p SET status = t.status, status_at = t.status_at, reason = t.reason, delivered_at = t.delivered_at,
    carrier_date = t.carrier_date, carrier_window = t.carrier_window::jsonb, previous_date = t.previous_date
FROM unnest($2::uuid[], $3::varchar[], $4::timestamptz[], $5::varchar[], $6::timestamptz[], $7::date[], $8::text[],
            $9::date[])
     AS t (id, status, status_at, reason, delivered_at, carrier_date, carrier_window, previous_date)
WHERE p.id = t.id AND p.merchant_id = $1
"""
STATES_AND_PAGES = f"""
WITH states AS ({STATES})
UPDATE order_pages o SET version = o.version + 1, content = jsonb_set(o.content, '{{parcels}}', t.parcels::jsonb)
FROM unnest($10::uuid[], $11::text[]) AS t (id, parcels) WHERE o.id = t.id AND o.merchant_id = $1
"""


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
        rows.sort(key=lambda row: (row["occurred_at"], row["digest"]), reverse=True)
        return [Event(row) for row in rows[:SCANS_SHOWN]]


async def apply_scans(
    merchant_id: UUID, source: str, scans: Sequence[HeardScan], now: datetime
) -> tuple[set[Known], list[HeardScan]]:
    """Take scans into the parcels with their numbers, in the caller's transaction. Returns what was new, and the scans
    that fit no parcel.
    """
    numbered = [(tracking_key(scan.tracking_number), scan) for scan in scans]
    keys = sorted({key for key, _ in numbered if key})
    await connection().execute_query(HOLD, [merchant_id, keys])
    _, rows = await connection().execute_query(READ, [merchant_id, keys])
    by_key: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        by_key[row["tracking_key"]].append(row)
    told, left = [], []
    for key, scan in numbered:
        meant = [row for row in by_key.get(key, ()) if belongs(scan.occurred_at, row["shipped_at"])]
        told += [Told(row["id"], source, scan) for row in meant]
        left += [] if meant else [scan]
    if not told:
        return set(), left
    histories = await keep_scans(merchant_id, told, now)
    await _write(merchant_id, rows, histories)
    key_of = {row["id"]: row["tracking_key"] for row in rows}
    return {(key_of[parcel], one) for parcel, found in histories.items() for one in found.fresh}, left


async def keep_scans(
    merchant_id: UUID, told: Iterable[Told], now: datetime, also: Sequence[UUID] = ()
) -> dict[UUID, History]:
    """Keep scans that are new, in the caller's transaction. Returns the whole history of each parcel that got one, and
    of the parcels named by `also`.
    """
    columns: list[list[Any]] = [[] for _ in range(13)]
    for one in told:
        for column, value in zip(columns, _values(one), strict=True):
            column.append(value)
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


async def write_states(merchant_id: UUID, states: Mapping[UUID, ParcelState]) -> None:
    """Write what the folds came to."""
    if states:
        await connection().execute_query(STATES, [merchant_id, *_state_columns(states)])


def scan_of(row: Any) -> Scan:
    """A stored event as the fold needs it."""
    window = _window(row["estimated_window"])
    return Scan(
        ParcelStatus(row["status"]), row["occurred_at"], row["digest"], row["reason"], row["estimated_date"], window
    )


class Event:
    """A stored event as the page's content reads it: a row by its columns' names, without the cost of a model."""

    __slots__ = ("_row",)

    def __init__(self, row: Any) -> None:
        self._row = row

    def __getattr__(self, name: str) -> Any:
        value = self._row[name]
        return orjson.loads(value) if name in JSON_COLUMNS and isinstance(value, str) else value


async def _write(merchant_id: UUID, rows: Sequence[Any], histories: Mapping[UUID, History]) -> None:
    states: dict[UUID, ParcelState] = {}
    pages: dict[UUID, list[dict[str, Any]]] = {}
    for row in rows:
        history = histories.get(row["id"])
        if history is None:
            continue
        states[row["id"]] = history.state(row["shipped_at"])
        shown = pages.get(row["order_id"]) or orjson.loads(row["shown"])
        pages[row["order_id"]] = [_anew(entry, row, states[row["id"]], history) for entry in shown]
    if states:
        texts = [orjson.dumps(page).decode() for page in pages.values()]
        await connection().execute_query(STATES_AND_PAGES, [merchant_id, *_state_columns(states), list(pages), texts])


def _anew(entry: dict[str, Any], row: Any, state: ParcelState, history: History) -> dict[str, Any]:
    if entry["id"] != str(row["id"]):
        return entry
    facts = {
        **row,
        "status": state.status,
        "status_at": state.status_at,
        "reason": state.reason,
        "delivered_at": state.delivered_at,
        "carrier_date": state.carrier_date,
        "carrier_window": list(state.carrier_window) if state.carrier_window else None,
        "previous_date": state.previous_date,
    }
    parcel: Any = SimpleNamespace(**facts)
    return parcel_content(parcel, entry["lines"], history.shown())


def _values(one: Told) -> tuple[Any, ...]:
    scan = one.scan
    return (
        new_id(),
        one.parcel_id,
        scan.digest(one.source),
        one.source,
        str(scan.status),
        scan.reason,
        scan.code,
        scan.city,
        scan.country,
        scan.occurred_at,
        scan.estimated_date,
        orjson.dumps(scan.estimated_window).decode() if scan.estimated_window else None,
        orjson.dumps(dict(scan.extra)).decode() if scan.extra else None,
    )


def _state_columns(states: Mapping[UUID, ParcelState]) -> list[list[Any]]:
    return [
        list(states),
        [str(state.status) for state in states.values()],
        [state.status_at for state in states.values()],
        [state.reason for state in states.values()],
        [state.delivered_at for state in states.values()],
        [state.carrier_date for state in states.values()],
        [orjson.dumps(state.carrier_window).decode() if state.carrier_window else None for state in states.values()],
        [state.previous_date for state in states.values()],
    ]


def _window(value: Any) -> tuple[str, str] | None:
    found = orjson.loads(value) if isinstance(value, str) else value
    return (found[0], found[1]) if found else None
