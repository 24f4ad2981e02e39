"""Asking a carrier about parcels and taking what it says: bounded, at the account's pace, each number alone.

May run twice: what was checked since the question was owed is passed over. Trouble with a number makes that parcel
wait longer; trouble with the carrier leaves its whole account alone for a while. Neither is a fault of the effect.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import structlog

from portal.db.setup import connection
from portal.integrations.carriers import UNREADABLE, Carrier, Credentials, Tracked
from portal.integrations.ports import AdapterError
from portal.integrations.scans import ESTIMATE
from portal.tracking.accounts import PUBLIC, adapter_of, credentials_of, note_calls, note_success, note_trouble
from portal.tracking.heard import HeardScan, heard_scan
from portal.tracking.models import CarrierAccount
from portal.tracking.polling import list_watched, watched_of
from portal.tracking.polling_rules import next_check, spread
from portal.tracking.rules import ENDED, FUTURE, ParcelStatus, belongs
from portal.tracking.service import record_scans

log = structlog.get_logger(__name__)

CALL_SECONDS = 8.0
EFFECT_SECONDS = 15.0
"""After so long no new call is begun, as a handler has 30 seconds; what is left is due again soon."""
MOST_BAD = 3
"""So many answers in a row that nobody can read are the carrier's trouble, not the numbers'."""
ABOUT_THE_NUMBER = frozenset({"garbage", "too_large"})
LEFT_OVER = timedelta(minutes=5)

CHECKED = """
UPDATE parcels SET checked_at = $3, check_failures = $4,
                   next_check_at = CASE WHEN asked_of = $6 THEN $5::timestamptz END
WHERE merchant_id = $1 AND id = $2
"""


@dataclass(slots=True)
class Asking:
    """One effect's work on an account. `clock` counts seconds."""

    account: CarrierAccount
    adapter: Carrier
    client: httpx2.AsyncClient
    now: datetime
    patience: float
    clock: Callable[[], float]
    begun: float
    calls: int = 0
    bad: int = 0
    credentials: Credentials = field(default_factory=dict, repr=False)
    said: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def has_time(self) -> bool:
        """Whether another call may begin."""
        return self.clock() - self.begun < EFFECT_SECONDS


async def check_parcels(
    merchant_id: UUID,
    account_id: UUID,
    parcel_ids: Sequence[UUID],
    asked_at: datetime,
    client: httpx2.AsyncClient,
    now: datetime,
    patience: float = CALL_SECONDS,
) -> dict[str, int]:
    """Ask about parcels; a call may take `patience` seconds. Returns how many numbers had which outcome: "news",
    "nothing", a problem's word.
    """
    active = CarrierAccount.filter(merchant_id=merchant_id, id=account_id, state="active")
    account = await active.only(*PUBLIC).first()
    adapter = adapter_of(account.name) if account else None
    if account is None or adapter is None:
        return {}
    clock = asyncio.get_running_loop().time
    asking = Asking(account, adapter, client, now, patience, clock, clock())
    rows = await list_watched(merchant_id, parcel_ids)
    todo: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        if row["tracking_key"] and not (row["checked_at"] and row["checked_at"] >= asked_at):
            todo[row["tracking_key"]].append(row)
    try:
        await _ask_all(asking, list(todo.values()))
    finally:
        if asking.calls:
            await note_calls(merchant_id, account.id, asking.calls, now.astimezone(UTC).date())
    log.info("carrier asked", account=account.name, merchant=str(merchant_id), calls=asking.calls, **asking.said)
    return dict(asking.said)


async def _ask_all(asking: Asking, numbers: list[list[Any]]) -> None:
    """Number by number (all parcels that share one together), until all are done, time is up, or the carrier is."""
    size = asking.adapter.limits.numbers_per_call
    while numbers and asking.has_time():
        together, numbers = numbers[:size], numbers[size:]
        if asking.calls:
            await asyncio.sleep(asking.account.pace_ms / 1000)
        try:
            found = await _ask(asking, [rows[0]["tracking_key"] for rows in together])
        except AdapterError as error:
            if error.code in ABOUT_THE_NUMBER and asking.bad < MOST_BAD - 1 and len(together) == 1:
                asking.bad += 1
                found = [Tracked(together[0][0]["tracking_key"], problem=UNREADABLE, detail=error.detail)]
            else:
                until = await note_trouble(asking.account, error, asking.now)
                asking.said[error.code] += 1
                log.warning("carrier account left alone", account=asking.account.name, problem=error.code,
                            merchant=str(asking.account.merchant_id), until=until.isoformat(),
                            until_changed=error.permanent)  # fmt: skip
                await _put_off(asking, [row for rows in [*together, *numbers] for row in rows], until)
                return
        else:
            asking.bad = 0
            await note_success(asking.account.merchant_id, asking.account.id)
        by_number = {one.number: one for one in found}
        for rows in together:
            number = rows[0]["tracking_key"]
            await _take(asking, rows, by_number.get(number, Tracked(number, problem=UNREADABLE)))
    await _put_off(asking, [row for rows in numbers for row in rows], asking.now)


async def _ask(asking: Asking, numbers: list[str]) -> list[Tracked]:
    """One call. Raises AdapterError."""
    credentials = asking.credentials or await credentials_of(asking.account)
    asking.credentials = credentials
    missing = asking.adapter.missing(credentials)
    if missing:
        raise AdapterError("unauthorised", permanent=True, detail=missing)
    asking.calls += 1
    try:
        async with asyncio.timeout(asking.patience):
            return await asking.adapter.track(asking.client, credentials, numbers, asking.now)
    except TimeoutError as error:
        raise AdapterError("unreachable", detail=f"no answer in {asking.patience:.0f} seconds") from error


async def _take(asking: Asking, rows: list[Any], tracked: Tracked) -> None:
    """Give what was said to the parcels with this number, and say when they are asked about again."""
    account, now = asking.account, asking.now
    scans = readable_scans(tracked, rows, now)
    if scans:
        heard = await record_scans(account.merchant_id, account.name, scans, now)
        asking.said["news" if heard.taken else "nothing"] += 1
    else:
        asking.said[tracked.problem or "nothing"] += 1
    if tracked.problem or tracked.bad:
        log.info("carrier said little", account=account.name, number=tracked.number, problem=tracked.problem,
                 bad=tracked.bad, detail=tracked.detail[:200])  # fmt: skip
    for row in await list_watched(account.merchant_id, [row["id"] for row in rows]):
        failures = min(row["check_failures"] + 1, 1000) if tracked.problem else 0
        again = next_check(watched_of(row, account, failures), now)
        # One statement for each parcel: two that hold several could wait for each other.
        await connection().execute_query(
            CHECKED, [account.merchant_id, row["id"], now, failures, again, account.carrier]
        )


def readable_scans(tracked: Tracked, rows: Sequence[Any], now: datetime) -> list[HeardScan]:
    """The scans of an answer that can be about these parcels: none from the future, none of an earlier owner of the
    number; and the promised day, when it is another than the one we know.
    """
    scans = [
        heard_scan(record)
        for record in tracked.scans
        if record.occurred_at <= now + FUTURE and any(belongs(record.occurred_at, row["shipped_at"]) for row in rows)
    ]
    coming = [row for row in rows if ParcelStatus(row["status"]) not in ENDED]
    delivered = any(scan.status is ParcelStatus.DELIVERED for scan in scans)
    if tracked.expected and not delivered and any(row["carrier_date"] != tracked.expected for row in coming):
        scans.append(
            HeardScan(
                tracked.number,
                ParcelStatus.UNKNOWN,
                now,
                event_id=f"{ESTIMATE}|{tracked.expected}|{now.isoformat()}",
                code=ESTIMATE,
                estimated_date=tracked.expected,
            )
        )
    return scans


async def _put_off(asking: Asking, rows: Sequence[Any], until: datetime) -> None:
    """Parcels that were not asked about are due again when the account may be asked, not all in one second."""
    for row in rows:
        await connection().execute_query(
            "UPDATE parcels SET next_check_at = $3 WHERE merchant_id = $1 AND id = $2 AND asked_of = $4",
            [asking.account.merchant_id, row["id"], until + spread(row["id"]) * LEFT_OVER, asking.account.carrier],
        )
