"""Accounts with carriers that are asked about parcels: who they are with, what they may, how they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from uuid import UUID

from portal import integrations
from portal.db.sealed import CannotOpen
from portal.db.setup import connection, transaction
from portal.integrations.carriers import Carrier, Credentials
from portal.integrations.ports import AdapterError
from portal.kernel.ids import new_id
from portal.kernel.refusal import Refusal
from portal.tracking.models import CarrierAccount, TrackingSource
from portal.tracking.normalising import vendor_of
from portal.tracking.numbers import carrier_key
from portal.tracking.polling_rules import TOO_OLD, account_wait
from portal.tracking.sources import NAME

PUBLIC = (
    *("id", "merchant_id", "name", "carrier", "state", "problem", "failures", "quiet_until"),
    *("daily_limit", "pace_ms", "used", "used_on", "watched"),
)
"""What of an account can be read without opening its credentials."""
SLOWEST = timedelta(minutes=1)
MOST_A_DAY = 10_000_000


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """An account as an operator sees it: never its credentials."""

    name: str
    carrier: str
    state: str
    problem: str
    quiet_until: datetime | None
    daily_limit: int
    used_today: int
    watched: int
    pace: timedelta


@cache
def adapter_of(name: str) -> Carrier | None:
    """Who asks for accounts of this name ("dhl", "dhl-express", "karrio-fedex"); None when nobody can."""
    module = f"{integrations.__name__}.{vendor_of(name)}"
    if not vendor_of(name).isidentifier() or not find_spec(module) or not find_spec(f"{module}.tracking"):
        return None
    made: Carrier = import_module(f"{module}.tracking").adapter()
    return made


async def add_account(
    merchant_id: UUID,
    name: str,
    credentials: Mapping[str, Any],
    now: datetime,
    *,
    daily: int | None = None,
    pace: timedelta | None = None,
) -> None:
    """Ask a carrier from now on; once more with the same name: with these credentials. Raises Refusal."""
    adapter = _require(name, credentials)
    limits = adapter.limits
    facts = {
        "carrier": carrier_key(str(credentials.get("carrier") or vendor_of(name))),
        "credentials": dict(credentials),
        "state": "active",
        "problem": "",
        "failures": 0,
        "quiet_until": None,
        "daily_limit": limits.daily if daily is None else daily,
        "pace_ms": int((limits.pace if pace is None else pace) / timedelta(milliseconds=1)),
        "updated_at": now,
    }
    if not 1 <= facts["daily_limit"] <= MOST_A_DAY or not 0 <= facts["pace_ms"] <= SLOWEST.total_seconds() * 1000:
        raise Refusal("account_limits", {"most": MOST_A_DAY, "slowest": int(SLOWEST.total_seconds())})
    if not facts["carrier"]:
        raise Refusal("account_carrier", {"name": str(credentials.get("carrier", ""))[:40]})
    async with transaction():
        if await TrackingSource.exists(merchant_id=merchant_id, name=name):
            raise Refusal("account_is_source", {"name": name})
        # Not read before it is written: what it holds may be sealed under a key that is lost.
        if not await CarrierAccount.filter(merchant_id=merchant_id, name=name).update(**facts):
            await CarrierAccount.create(id=new_id(), merchant_id=merchant_id, name=name, created_at=now, **facts)
        await _look_again(merchant_id, "", now)


async def remove_account(merchant_id: UUID, name: str, now: datetime) -> None:
    """Ask it no more; what it said stays. Raises Refusal."""
    async with transaction():
        found = CarrierAccount.filter(merchant_id=merchant_id, name=name).only(*PUBLIC)
        row = await found.select_for_update().first()
        if row is None:
            raise Refusal("account_unknown", {"name": name[:40]})
        await CarrierAccount.filter(merchant_id=merchant_id, id=row.id).delete()
        await _look_again(merchant_id, row.carrier, now)


async def list_accounts(merchant_id: UUID, now: datetime) -> list[AccountFacts]:
    """Every account of a merchant, by name."""
    today = now.astimezone(UTC).date()
    return [
        AccountFacts(
            row.name,
            row.carrier,
            row.state,
            row.problem,
            row.quiet_until if row.quiet_until and row.quiet_until > now else None,
            row.daily_limit,
            row.used if row.used_on == today else 0,
            row.watched,
            timedelta(milliseconds=row.pace_ms),
        )
        for row in await CarrierAccount.filter(merchant_id=merchant_id).only(*PUBLIC).order_by("name")
    ]


async def credentials_of(account: CarrierAccount) -> Credentials:
    """What its carrier wants. Raises AdapterError when it was sealed under another key."""
    try:
        row = await CarrierAccount.get(merchant_id=account.merchant_id, id=account.id)
    except CannotOpen as error:
        raise AdapterError("cannot_open", permanent=True, detail=str(error)) from error
    return row.credentials  # type: ignore[return-value]  # sealed text, opened as JSON


async def note_calls(merchant_id: UUID, account_id: UUID, calls: int, day: date) -> None:
    """Count calls against the account's day."""
    await connection().execute_query(
        "UPDATE carrier_accounts SET used = CASE WHEN used_on = $4 THEN used ELSE 0 END + $3, used_on = $4 "
        "WHERE id = $2 AND merchant_id = $1",
        [merchant_id, account_id, calls, day],
    )


async def note_success(merchant_id: UUID, account_id: UUID) -> None:
    """It answers: what was wrong is over."""
    await CarrierAccount.filter(merchant_id=merchant_id, id=account_id, failures__gt=0).update(
        failures=0, quiet_until=None, problem=""
    )


async def note_trouble(account: CarrierAccount, error: AdapterError, now: datetime) -> datetime:
    """Leave it alone for a while, or until its credentials are changed. Returns until when."""
    failures = min(account.failures + 1, 1000)
    until = now + account_wait(failures, error.retry_after)
    state = "refused" if error.permanent else "active"
    problem = "".join(one for one in f"{error.code} {error.detail}" if one.isprintable())[:200]
    await CarrierAccount.filter(merchant_id=account.merchant_id, id=account.id).update(
        failures=failures, quiet_until=until, state=state, problem=problem, updated_at=now
    )
    return until


def _require(name: str, credentials: Mapping[str, Any]) -> Carrier:
    if not 1 <= len(name) <= 32 or not set(name) <= set(NAME):
        raise Refusal("account_name", {"name": name[:40]})
    adapter = adapter_of(name)
    if adapter is None:
        raise Refusal("account_vendor", {"name": name})
    missing = adapter.missing(credentials)
    if missing:
        raise Refusal("account_credentials", {"missing": missing})
    return adapter


async def _look_again(merchant_id: UUID, carrier: str, now: datetime) -> None:
    """Let the schedule decide anew who is asked about the young parcels that this carrier ("": nobody) serves."""
    await connection().execute_query(
        "UPDATE parcels SET asked_of = NULL, next_check_at = NULL "
        "WHERE id IN (SELECT id FROM parcels WHERE merchant_id = $1 AND asked_of = $2 AND shipped_at > $3 "
        "FOR UPDATE SKIP LOCKED)",
        [merchant_id, carrier, now - TOO_OLD],
    )
