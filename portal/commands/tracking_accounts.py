"""Carriers that are asked about parcels, from the command line. Credentials are read from a file, never printed."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from portal.commands.installation import Mistake, now
from portal.commands.tracking import MOMENT, ask

MISTAKES = {
    "account_name": "An account's name is 1 to 32 small letters, digits and dashes. Got: {name!r}",
    "account_vendor": "Nobody here can ask {name!r}. A name begins with dhl, ups or karrio, as in dhl-express.",
    "account_credentials": "With these credentials nobody can be asked: {missing}.",
    "account_limits": "--daily is 1 to {most} calls, --pace 0 to {slowest} seconds.",
    "account_carrier": 'The "carrier" of the credentials is none that we know: {name!r}.',
    "account_is_source": "{name!r} is a source that reports by webhook. Give the account another name.",
    "account_unknown": "There is no account {name!r}. `doorstep tracking account list` shows those there are.",
}


def add(merchant: str, name: str, credentials: Path, daily: int | None, pace: float | None) -> None:
    """Ask a carrier from now on. Raises Mistake."""
    from portal.tracking.accounts import add_account

    known = read_credentials(credentials)
    between = None if pace is None else timedelta(seconds=pace)
    ask(
        merchant,
        lambda merchant_id: add_account(merchant_id, name, known, now(), daily=daily, pace=between),
        MISTAKES,
    )


def remove(merchant: str, name: str) -> None:
    """Ask it no more. Raises Mistake."""
    from portal.tracking.accounts import remove_account

    ask(merchant, lambda merchant_id: remove_account(merchant_id, name, now()), MISTAKES)


def rows(merchant: str) -> list[tuple[str, ...]]:
    """Name, carrier, state, calls of today, parcels that are asked about, and what is wrong."""
    from portal.tracking.accounts import list_accounts

    return [
        (
            one.name,
            one.carrier,
            one.state,
            f"{one.used_today} of {one.daily_limit} calls today",
            f"{one.watched} parcels",
            f"quiet until {one.quiet_until:{MOMENT}}" if one.quiet_until else "may be asked",
            one.problem or "-",
        )
        for one in ask(merchant, lambda merchant_id: list_accounts(merchant_id, now()))
    ]


def faulty_numbers(merchant: str) -> list[tuple[str, ...]]:
    """Order, carrier, number, handover and fault of numbers that nobody can be asked about."""
    from portal.tracking.polling_numbers import list_faulty_numbers

    return [
        (one.order, one.carrier or "carrier not named", one.number, f"{one.shipped_at:%Y-%m-%d}", one.fault)
        for one in ask(merchant, lambda merchant_id: list_faulty_numbers(merchant_id, now()))
    ]


def read_credentials(file: Path) -> dict[str, Any]:
    """A JSON object from a file. Raises Mistake, which never repeats what the file holds."""
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Mistake(f"{file}: not a JSON file ({type(error).__name__})") from error
    if not isinstance(found, dict):
        raise Mistake(f'{file}: expected a JSON object, for example {{"api_key": "…"}}')
    return found
