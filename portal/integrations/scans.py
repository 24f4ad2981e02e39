"""What carriers and aggregators tell of parcels, whoever they are: one scan, its meaning, a delivery of scans.

A vendor's folder has `vocabulary.py` (`meaning_of(code)`: every documented code) and, if it calls us, `webhooks.py`
(`is_signed(delivery, secret, now)`, `read_scans(payload)`). Statuses and reasons are the canonical ones, as text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

ESTIMATE = "estimate"
"""The code of an entry that only says when the parcel is expected: it moves nothing and is no line on the page."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code says: a canonical status, the reason of an incident, and whether the shopper has to act."""

    status: str
    reason: str | None = None
    action_required: bool = False


@dataclass(frozen=True, slots=True)
class ScanRecord:
    """One scan as an adapter hands it over. `code` is the vendor's own, `event_id` tells repetitions apart."""

    tracking_number: str
    code: str
    meaning: Meaning
    occurred_at: datetime
    event_id: str = ""
    carrier: str = ""
    city: str = ""
    country: str = ""
    estimated_date: date | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook as it came in: header names in lower case, the body as raw bytes."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Reading:
    """What a payload held. `refused` names each entry that could not be read; it never stops the others."""

    scans: list[ScanRecord] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, index: int, field_name: str, reason: str) -> None:
        """One entry that could not be read."""
        self.refused.append({"index": index, "field": field_name, "reason": reason})


class PayloadRefused(ValueError):
    """A signed payload that is not what its vendor documents. The text is for whoever set the webhook up."""


def moment(value: object) -> datetime:
    """An instant in UTC; text without a zone counts as UTC, a day alone as its beginning. Raises ValueError."""
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError("not a time")
    try:
        found = datetime.fromisoformat(value.strip())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError("not a time") from error


def day(value: object) -> date | None:
    """The calendar day at the beginning of a text, as its sender wrote it; None for anything else."""
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None


def text(value: object, limit: int = 128) -> str:
    """A text without control characters and surrounding space, cut to `limit`; "" for what is no text."""
    if not isinstance(value, str):
        return ""
    return "".join(character for character in value if character.isprintable()).strip()[:limit]


def country_code(value: object) -> str:
    """Two letters, or "" for anything else."""
    found = text(value, 3).upper()
    return found if len(found) == 2 and found.isalpha() and found.isascii() else ""


def entries(value: object) -> list[Any]:
    """A list, or an empty one when a vendor leaves it out."""
    return value if isinstance(value, list) else []


def fields_of(value: object) -> Mapping[str, Any]:
    """An object, or an empty one when a vendor leaves it out."""
    return value if isinstance(value, dict) else {}


def last_of(records: list[ScanRecord]) -> ScanRecord | None:
    """The newest by its own time."""
    return max(records, key=lambda record: record.occurred_at, default=None)
