"""Taking scans into parcels, many at once: one statement reads what there is, one writes what follows.

A page's version says whether anybody changed its parcels: who changes them holds the page and counts it up. So we read
without holding anything, and write on the condition that every page is still what was read; all of it or nothing. Only
who comes too late for that holds the pages first and reads anew.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import orjson

from portal.db.outbox import publish_all
from portal.db.setup import connection

# The page's own way of writing a parcel: the only one, so that a page changed by a scan and a page written anew agree.
from portal.tracking.content import _parcel as parcel_content
from portal.tracking.events import ParcelMoved, Standing, is_news, moved
from portal.tracking.heard import HeardScan
from portal.tracking.histories import HEARD, INSERT, History, Told, event_columns, event_row
from portal.tracking.rules import ParcelState, ParcelStatus, belongs, tracking_key

Known = tuple[str, bytes]
"""A scan by its parcel's key and its digest."""

# A statement of its own: after a wait PostgreSQL looks only the locked rows up anew, all others stay as they were.
HOLD = """
SELECT o.id FROM parcels p JOIN order_pages o ON o.id = p.order_id AND o.merchant_id = p.merchant_id
WHERE p.merchant_id = $1 AND p.tracking_key = ANY($2::varchar[])
ORDER BY p.order_id, p.id FOR UPDATE OF o
"""
HISTORY = ("digest", "source", "status", "reason", "code", "city", "occurred_at", "estimated_date", "estimated_window")
"""What fold and page need of a stored event."""
# Events come as one list for each column: a row for each of them would repeat its parcel.
# WRITE is long, and planning it anew takes longer than running it: until the transaction ends the database keeps to the
# plans it has, said here because a statement of its own would be one more round trip.
READ = f"""
SELECT p.id, p.order_id, p.tracking_key, p.carrier, p.tracking_number, p.shipped_at, p.cancelled, p.status, p.status_at,
       p.reason, o.version, o.content -> 'parcels' AS shown, o.content -> 'order' ? 'forgotten' AS forgotten, e.*
FROM (SELECT set_config('plan_cache_mode', 'force_generic_plan', true)) AS plans,
     parcels p JOIN order_pages o ON o.id = p.order_id AND o.merchant_id = p.merchant_id,
     LATERAL (SELECT {", ".join(f"array_agg({name}) AS event_{name}" for name in HISTORY)}
              FROM tracking_events WHERE parcel_id = p.id) AS e
WHERE p.merchant_id = $1 AND p.tracking_key = {{}}
ORDER BY p.order_id, p.id
"""
# Most deliveries are about one parcel. For one value, unlike for a list of any length, the database finds by itself
# that it can keep its plan.
READ_ONE, READ_MANY = READ.format("$2"), READ.format("ANY($2::varchar[])")

STATE_ROWS = (
    "unnest(${0}::uuid[], ${1}::varchar[], ${2}::timestamptz[], ${3}::varchar[], ${4}::timestamptz[], ${5}::date[], "
    "${6}::text[], ${7}::date[]) AS t (id, status, status_at, reason, delivered_at, carrier_date, carrier_window, "
    "previous_date)"
)
STATES = """
UPDATE parcels p SET status = t.status, status_at = t.status_at, reason = t.reason, delivered_at = t.delivered_at,
    carrier_date = t.carrier_date, carrier_window = t.carrier_window::jsonb, previous_date = t.previous_date
"""
WRITE_STATES = f"{STATES} FROM {STATE_ROWS.format(*range(2, 10))} WHERE p.id = t.id AND p.merchant_id = $1"
# In the order of their ids, as in HOLD: two that want the same pages queue up instead of waiting in a circle.
WRITE = f"""
WITH held AS (
    SELECT o.id FROM order_pages o JOIN unnest($24::uuid[], $25::bigint[]) AS t (id, version) ON o.id = t.id
    WHERE o.merchant_id = $1 AND o.version = t.version ORDER BY o.id FOR UPDATE OF o
), untouched AS (
    SELECT WHERE (SELECT count(*) FROM held) = cardinality($24::uuid[])
), events AS (
    {INSERT} SELECT heard.* FROM ({HEARD}) AS heard, untouched ON CONFLICT (parcel_id, digest) DO NOTHING
), states AS (
    {STATES} FROM {STATE_ROWS.format(*range(16, 24))}, untouched WHERE p.id = t.id AND p.merchant_id = $1
), pages AS (
    UPDATE order_pages o SET version = o.version + 1, content = jsonb_set(o.content, '{{parcels}}', t.parcels::jsonb)
    FROM unnest($24::uuid[], $26::text[]) AS t (id, parcels), untouched WHERE o.id = t.id AND o.merchant_id = $1
)
SELECT 1 FROM untouched
"""


async def apply_scans(
    merchant_id: UUID, source: str, scans: Sequence[HeardScan], now: datetime
) -> tuple[set[Known], list[HeardScan]]:
    """Take scans into the parcels with their numbers, in the caller's transaction. Returns what was new, and the scans
    that fit no parcel.
    """
    numbered = [(tracking_key(scan.tracking_number), scan) for scan in scans]
    keys = sorted({key for key, _ in numbered if key})
    for hold_first in (False, True):
        if hold_first:
            await connection().execute_query(HOLD, [merchant_id, keys])
        rows = await _read(merchant_id, keys)
        told, left = _meant(source, numbered, rows)
        histories, events = _with_news(rows, told)
        if not events or await _write(merchant_id, rows, histories, events, now):
            break
    else:
        raise RuntimeError("a held page changed")
    key_of = {row["id"]: row["tracking_key"] for row in rows}
    return {(key_of[parcel], one) for parcel, found in histories.items() for one in found.fresh}, left


async def write_states(merchant_id: UUID, states: Mapping[UUID, ParcelState]) -> None:
    """Write what the folds came to."""
    if states:
        await connection().execute_query(WRITE_STATES, [merchant_id, *_state_columns(states)])


async def _read(merchant_id: UUID, keys: Sequence[str]) -> Sequence[Any]:
    statement, wanted = (READ_ONE, keys[0]) if len(keys) == 1 else (READ_MANY, list(keys))
    _, rows = await connection().execute_query(statement, [merchant_id, wanted])
    return rows


def _meant(
    source: str, numbered: Sequence[tuple[str, HeardScan]], rows: Sequence[Any]
) -> tuple[list[Told], list[HeardScan]]:
    """Each scan with every parcel that it can be about; and those that are about none."""
    by_key: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        by_key[row["tracking_key"]].append(row)
    told: list[Told] = []
    left: list[HeardScan] = []
    for key, scan in numbered:
        meant = [row for row in by_key.get(key, ()) if belongs(scan.occurred_at, row["shipped_at"])]
        told += [Told(row["id"], source, scan) for row in meant]
        left += [] if meant else [scan]
    return told, left


def _with_news(rows: Sequence[Any], told: Sequence[Told]) -> tuple[dict[UUID, History], list[dict[str, Any]]]:
    """The histories of parcels that something new was said of, and the new events' rows."""
    stored = {row["id"]: row for row in rows}
    seen = {one.parcel_id: set(stored[one.parcel_id]["event_digest"] or ()) for one in told}
    histories: dict[UUID, History] = {}
    events = []
    for one in told:
        event = event_row(one)
        digest = event["digest"]
        if digest in seen[one.parcel_id]:
            continue
        seen[one.parcel_id].add(digest)
        if stored[one.parcel_id]["forgotten"]:
            event["extra"] = None
        if one.parcel_id not in histories:
            histories[one.parcel_id] = History(_stored_events(stored[one.parcel_id]), set())
        histories[one.parcel_id].rows.append(event)
        histories[one.parcel_id].fresh.add(digest)
        events.append(event)
    return histories, events


def _stored_events(row: Any) -> list[Any]:
    if row["event_digest"] is None:
        return []
    columns = [row[f"event_{name}"] for name in HISTORY]
    return [dict(zip(HISTORY, values, strict=True)) for values in zip(*columns, strict=True)]


async def _write(
    merchant_id: UUID,
    rows: Sequence[Any],
    histories: Mapping[UUID, History],
    events: Sequence[Mapping[str, Any]],
    now: datetime,
) -> bool:
    """Keep events, states and pages; False, and nothing is written, when a page is no longer what was read."""
    states: dict[UUID, ParcelState] = {}
    pages: dict[UUID, list[dict[str, Any]]] = {}
    versions: dict[UUID, int] = {}
    news: list[ParcelMoved] = []
    for row in rows:
        history = histories.get(row["id"])
        if history is None:
            continue
        states[row["id"]] = history.state(row["shipped_at"])
        shown = pages.get(row["order_id"]) or orjson.loads(row["shown"])
        news += _news(row, shown, states[row["id"]], now)
        pages[row["order_id"]] = [_anew(entry, row, states[row["id"]], history) for entry in shown]
        versions[row["order_id"]] = row["version"]
    texts = [orjson.dumps(page).decode() for page in pages.values()]
    ours = [list(pages), list(versions.values()), texts]
    _, done = await connection().execute_query(
        WRITE, [merchant_id, now, *event_columns(events), *_state_columns(states), *ours]
    )
    if done:
        await tell(merchant_id, news, now)
    return bool(done)


async def tell(merchant_id: UUID, news: Sequence[ParcelMoved], now: datetime) -> None:
    """Owe the messages about parcels that moved, in the caller's transaction; without news, no statement."""
    await publish_all([(one, f"{one.parcel_id}:{one.key}") for one in news], merchant_id=merchant_id, now=now)


def _news(row: Any, shown: Sequence[dict[str, Any]], state: ParcelState, now: datetime) -> list[ParcelMoved]:
    """What of a parcel's new state is worth telling; the page still says the old one."""
    if not is_news(state.status, state.status_at, now):
        return []
    for entry in shown:
        if entry["id"] == str(row["id"]):
            at = datetime.fromisoformat(entry["status_at"])
            before = Standing(ParcelStatus(entry["status"]), entry["reason"], at)
            after = Standing(state.status, state.reason, state.status_at)
            return moved(row["order_id"], row["id"], before, after, now)
    return []  # no longer part of the order


def _anew(entry: dict[str, Any], row: Any, state: ParcelState, history: History) -> dict[str, Any]:
    if entry["id"] != str(row["id"]):
        return entry
    parcel: Any = SimpleNamespace(
        id=row["id"],
        carrier=row["carrier"],
        tracking_number=row["tracking_number"],
        shipped_at=row["shipped_at"],
        cancelled=row["cancelled"],
        location=entry.get("location", ""),
        status=state.status,
        status_at=state.status_at,
        reason=state.reason,
        delivered_at=state.delivered_at,
        carrier_date=state.carrier_date,
        carrier_window=list(state.carrier_window) if state.carrier_window else None,
        previous_date=state.previous_date,
    )
    return parcel_content(parcel, entry["lines"], history.shown())


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
