"""The schedule of questions to carriers: who is asked about a parcel, and which parcels are due now.

Nothing here talks to a carrier. A parcel that is due is put off by a while and owed to the outbox in one transaction:
whoever dies then leaves it due again. Parcels that others hold are passed over, so nobody waits.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from portal.db.outbox import publish
from portal.db.setup import connection, transaction
from portal.integrations.carriers import ZONES, zone_of
from portal.tracking.accounts import PUBLIC
from portal.tracking.content import SHOP
from portal.tracking.events import ChecksDue
from portal.tracking.models import CarrierAccount
from portal.tracking.numbers import carrier_key, carrier_of, fault_of
from portal.tracking.polling_rules import TOO_OLD, Watched, allowance, first_check, is_over, next_check, share_of
from portal.tracking.rules import ParcelStatus

TURN = timedelta(seconds=10)
"""How often the schedule looks for what is due."""
MOST_AT_ONCE = 20
"""Numbers in one effect."""
PUT_OFF = timedelta(minutes=10)
"""When a parcel is due again whose effect came to nothing."""
ENROLLED_AT_ONCE = 500
BITES = 8
"""Transactions that a turn of enrolling may take for one merchant: an import of many orders is not decided in one."""

FACTS = """
SELECT p.id, p.carrier, p.tracking_number, p.tracking_key, p.status, p.status_at, p.shipped_at, p.cancelled,
       p.delivered_at, p.carrier_date, p.check_failures, p.checked_at,
       o.shipping_address ->> 'country' AS country, m.time_zone,
       (SELECT max(e.received_at) FROM tracking_events e
        WHERE e.parcel_id = p.id AND e.source <> $3 AND e.source <> ALL($4::varchar[])) AS heard_at
FROM parcels p JOIN orders o ON o.id = p.order_id AND o.merchant_id = p.merchant_id
     JOIN merchants m ON m.id = p.merchant_id
WHERE p.merchant_id = $1 AND p.id = ANY($2::uuid[])
"""
LOCK_UNASKED = """
SELECT id FROM parcels WHERE merchant_id = $1 AND asked_of IS NULL AND shipped_at > $2
ORDER BY shipped_at DESC LIMIT $3 FOR UPDATE SKIP LOCKED
"""
LOCK_DUE = """
SELECT id FROM parcels WHERE merchant_id = $1 AND asked_of = $2 AND next_check_at <= $3
ORDER BY next_check_at LIMIT $4 FOR UPDATE SKIP LOCKED
"""
SET = """
UPDATE parcels p SET asked_of = t.asked_of, next_check_at = t.next_check_at
FROM unnest($2::uuid[], $3::varchar[], $4::timestamptz[]) AS t (id, asked_of, next_check_at)
WHERE p.id = t.id AND p.merchant_id = $1
"""


async def enrol_parcels(now: datetime) -> int:
    """Decide for parcels that nobody has looked at yet who is asked about them, and when first; some thousand of each
    merchant with an account, the youngest first. Returns how many were decided.
    """
    accounts = (
        await CarrierAccount.all().only(*PUBLIC).order_by("merchant_id", "name")
    )  # every merchant's: this is the schedule's
    merchants = {account.merchant_id: [] for account in accounts}
    for account in accounts:
        merchants[account.merchant_id].append(account)
    return sum([await _enrol(merchant_id, theirs, now) for merchant_id, theirs in merchants.items()])


async def publish_due(now: datetime) -> int:
    """Owe a question for every account that may be asked and has parcels due. Returns how many parcels."""
    ready = await CarrierAccount.filter(state="active").only(*PUBLIC).order_by("id")
    return sum([await _publish(account, now) for account in ready])


async def list_watched(merchant_id: UUID, parcel_ids: Sequence[UUID]) -> list[Any]:
    """The facts of parcels as rows of FACTS."""
    names = await CarrierAccount.filter(merchant_id=merchant_id).values_list("name", flat=True)
    _, rows = await connection().execute_query(FACTS, [merchant_id, list(parcel_ids), SHOP, list(names)])
    return list(rows)


def watched_of(row: Any, account: CarrierAccount | None, failures: int | None = None) -> Watched:
    """A row of FACTS as the rules need it."""
    return Watched(
        parcel_id=row["id"],
        status=ParcelStatus.CANCELLED if row["cancelled"] else ParcelStatus(row["status"]),
        status_at=row["status_at"],
        shipped_at=row["shipped_at"],
        zone=zone_of(row["country"] if row["country"] in ZONES else "", row["time_zone"]),
        delivered_at=row["delivered_at"],
        expected=row["carrier_date"],
        heard_at=row["heard_at"],
        failures=row["check_failures"] if failures is None else failures,
        share=share_of(account.watched, account.daily_limit) if account else timedelta(0),
    )


def asked_of(carrier: str, number: str) -> str:
    """Which carrier is asked about a parcel: the one that the shop names, else the one whose number it is. Nobody is
    asked about a number that cannot be right.
    """
    if not number or fault_of(number, carrier):
        return ""
    return carrier_key(carrier) or carrier_key(carrier_of(number))


async def _enrol(merchant_id: UUID, accounts: Sequence[CarrierAccount], now: datetime) -> int:
    done = 0
    for _ in range(BITES):
        bite = await _enrol_some(merchant_id, accounts, now)
        done += bite
        if bite < ENROLLED_AT_ONCE:
            break
    for account in accounts:
        await _count_watched(account)
    return done


async def _enrol_some(merchant_id: UUID, accounts: Sequence[CarrierAccount], now: datetime) -> int:
    serving = {account.carrier: account for account in accounts}
    async with transaction():
        unasked = [merchant_id, now - TOO_OLD, ENROLLED_AT_ONCE]
        rows = await connection().execute_query_dict(LOCK_UNASKED, unasked)
        facts = await list_watched(merchant_id, [row["id"] for row in rows]) if rows else []
        decided: list[tuple[UUID, str, datetime | None]] = []
        for row in facts:
            who = asked_of(row["carrier"], row["tracking_number"])
            account = serving.get(who)
            decided.append((row["id"], who, _first(row, account, now)) if account else (row["id"], "", None))
        await _set(merchant_id, decided)
    return len(decided)


def _first(row: Any, account: CarrierAccount, now: datetime) -> datetime | None:
    """When a parcel is due that was not decided about, or is decided about anew because its shop spoke of it."""
    watched = watched_of(row, account)
    checked: datetime | None = row["checked_at"]
    if checked is None or is_over(watched, now):
        return first_check(watched, now)
    return max(next_check(watched, checked) or now, now)


async def _publish(account: CarrierAccount, now: datetime) -> int:
    number = _may_ask(account, now)
    if number <= 0:
        return 0
    async with transaction():
        # More than are asked about, for those that are found to be over.
        due = [account.merchant_id, account.carrier, now, 4 * number]
        rows = await connection().execute_query_dict(LOCK_DUE, due)
        facts = {row["id"]: row for row in await list_watched(account.merchant_id, [row["id"] for row in rows])}
        held = [(row["id"], watched_of(facts[row["id"]], account)) for row in rows if row["id"] in facts]
        over = [parcel_id for parcel_id, watched in held if is_over(watched, now)]
        chosen = tuple([parcel_id for parcel_id, watched in held if not is_over(watched, now)][:number])
        until = now + max(PUT_OFF, TURN)
        decided = [(one, account.carrier, None) for one in over] + [(one, account.carrier, until) for one in chosen]
        await _set(account.merchant_id, decided)
        if chosen:
            await publish(
                ChecksDue(account.id, chosen, now),
                merchant_id=account.merchant_id,
                dedupe_key=f"{chosen[0]}:{now.isoformat()}",
                now=now,
            )
    return len(chosen)


def _may_ask(account: CarrierAccount, now: datetime) -> int:
    """How many parcels of an account may be asked about in this turn."""
    if account.quiet_until is not None and account.quiet_until > now:
        return 0
    pace = timedelta(milliseconds=max(account.pace_ms, 1))
    # An account whose pace is slower than our turns has its turn only now and then.
    if pace > TURN and int(now.timestamp() / TURN.total_seconds()) % -(-pace // TURN):
        return 0
    used = account.used if account.used_on == now.astimezone(UTC).date() else 0
    return min(MOST_AT_ONCE, max(1, TURN // pace), allowance(account.daily_limit, used, now))


async def _set(merchant_id: UUID, decided: Sequence[tuple[UUID, str, datetime | None]]) -> None:
    if decided:
        ids, carriers, moments = zip(*decided, strict=True)
        await connection().execute_query(SET, [merchant_id, list(ids), list(carriers), list(moments)])


async def _count_watched(account: CarrierAccount) -> None:
    """How many parcels the account is asked about; its day's calls are dealt out over them."""
    await connection().execute_query(
        "UPDATE carrier_accounts a SET watched = t.watched FROM (SELECT count(*) AS watched FROM parcels "
        "WHERE merchant_id = $1 AND asked_of = $3 AND next_check_at IS NOT NULL) AS t "
        "WHERE a.id = $2 AND a.merchant_id = $1 AND a.watched <> t.watched",
        [account.merchant_id, account.id, account.carrier],
    )
