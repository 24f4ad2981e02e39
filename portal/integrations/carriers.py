"""What carriers are asked about parcels, whoever they are: the port, its answers, and what they have in common.

A carrier's folder has `tracking.py`, whose `adapter()` makes a `Carrier`. It retries nothing: whoever asks knows
when to come again. One number's trouble is told in its `Tracked`; trouble with the carrier or the account is an
AdapterError.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import httpx2

from portal.integrations.scans import ScanRecord, text

Credentials = Mapping[str, Any]
"""What the operator's file holds. `api_url` stands in for the carrier's own address."""

MOST_SCANS = 500
"""The newest scans that are taken from one answer about one parcel."""
LARGEST_ANSWER = 4 * 1024 * 1024
"""Bytes. 5,000 scans are less; what is larger is no answer about a parcel."""

UNKNOWN, REFUSED, UNREADABLE, OTHERS = "unknown", "refused", "unreadable", "others"
"""Why there is no news of one number: the carrier does not know it, does not take it, answered nonsense, or told of
another parcel.
"""


@dataclass(frozen=True, slots=True)
class Tracked:
    """What a carrier said of one number. `expected` is the day it promises, `problem` one of the words above or "".

    `bad` counts scans in the answer that could not be read.
    """

    number: str
    scans: tuple[ScanRecord, ...] = ()
    expected: date | None = None
    problem: str = ""
    detail: str = ""
    bad: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """What a carrier documents for its smallest account; an operator may know better. `daily` calls, UTC days."""

    numbers_per_call: int
    pace: timedelta
    daily: int


class Carrier(Protocol):
    """A carrier that answers questions."""

    limits: Limits

    def missing(self, credentials: Credentials) -> str:
        """What the credentials lack, in words for the operator; "" when they can be used."""
        ...

    async def track(
        self, client: httpx2.AsyncClient, credentials: Credentials, numbers: Sequence[str], now: datetime
    ) -> list[Tracked]:
        """One entry for each number, at most `limits.numbers_per_call` of them. Raises AdapterError."""
        ...


def newest(scans: Iterable[ScanRecord]) -> tuple[ScanRecord, ...]:
    """Oldest first, no more than 500: the newest ones are kept."""
    return tuple(sorted(scans, key=_moment_of)[-MOST_SCANS:])


def with_proof(scans: Sequence[ScanRecord], facts: Mapping[str, str]) -> list[ScanRecord]:
    """The last delivery says what proves it (`signed_by`, `pod_url`, `pod_kind`, `left_at`).

    A proof that comes later makes the delivery another scan at the same moment, which moves nothing.
    """
    proof = {name: value for name, value in facts.items() if value}
    last = max((scan for scan in scans if scan.meaning.status == "delivered"), key=_moment_of, default=None)
    if last is None or not proof:
        return list(scans)
    known = "|".join([last.event_id, *proof.values()])
    proven = replace(last, event_id=known, extra={**last.extra, **proof})
    return [scan for scan in scans if scan is not last] + [proven]


def _moment_of(scan: ScanRecord) -> datetime:
    return scan.occurred_at


def lacking(credentials: Credentials, *names: str) -> str:
    """The first of these that is no text of a useful length, named for the operator; "" when all are there."""
    for name in names:
        if not 4 <= len(text(credentials.get(name), 4096)) <= 2048:
            return f'"{name}" is missing'
    return bad_address(credentials)


def bad_address(credentials: Credentials) -> str:
    """What is wrong with `api_url`, "" when it is left out or can be used: a secret leaves over TLS, or not at all."""
    url = credentials.get("api_url", "")
    safe = isinstance(url, str) and (not url or url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")))
    return "" if safe else '"api_url" has to begin with https://'


def api_url(credentials: Credentials, own: str) -> str:
    """Where to call."""
    return (text(credentials.get("api_url"), 300) or own).rstrip("/")


def https_url(value: object) -> str:
    """An https address of reasonable length, "" for anything else."""
    found = text(value, 1001)
    return found if found.startswith("https://") and len(found) <= 1000 and " " not in found else ""


ZONES = {
    "AE": "Asia/Dubai", "AT": "Europe/Vienna", "AU": "Australia/Sydney", "BE": "Europe/Brussels",
    "BG": "Europe/Sofia", "CA": "America/Toronto", "CH": "Europe/Zurich", "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia", "CZ": "Europe/Prague", "DE": "Europe/Berlin", "DK": "Europe/Copenhagen",
    "EE": "Europe/Tallinn", "EG": "Africa/Cairo", "ES": "Europe/Madrid", "FI": "Europe/Helsinki",
    "FR": "Europe/Paris", "GB": "Europe/London", "GR": "Europe/Athens", "HK": "Asia/Hong_Kong",
    "HR": "Europe/Zagreb", "HU": "Europe/Budapest", "IE": "Europe/Dublin", "IL": "Asia/Jerusalem",
    "IN": "Asia/Kolkata", "IS": "Atlantic/Reykjavik", "IT": "Europe/Rome", "JP": "Asia/Tokyo",
    "KR": "Asia/Seoul", "LT": "Europe/Vilnius", "LU": "Europe/Luxembourg", "LV": "Europe/Riga",
    "MA": "Africa/Casablanca", "MT": "Europe/Malta", "MX": "America/Mexico_City", "NL": "Europe/Amsterdam",
    "NO": "Europe/Oslo", "NZ": "Pacific/Auckland", "PL": "Europe/Warsaw", "PT": "Europe/Lisbon",
    "QA": "Asia/Qatar", "RO": "Europe/Bucharest", "RS": "Europe/Belgrade", "SA": "Asia/Riyadh",
    "SE": "Europe/Stockholm", "SG": "Asia/Singapore", "SI": "Europe/Ljubljana", "SK": "Europe/Bratislava",
    "TR": "Europe/Istanbul", "TW": "Asia/Taipei", "UA": "Europe/Kyiv", "US": "America/New_York",
    "ZA": "Africa/Johannesburg",
}  # fmt: skip
"""The clock that most of a country's people live by."""


def zone_of(country: str, otherwise: str = "UTC") -> ZoneInfo:
    """The zone of a country by its two letters: right for most, near enough for the rest."""
    return ZoneInfo(ZONES.get(country, otherwise))
