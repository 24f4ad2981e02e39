"""A scan as a source reports it, and what became of a delivery of them."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import orjson

from portal.integrations.scans import ScanRecord
from portal.tracking.rules import ParcelStatus


@dataclass(frozen=True, slots=True)
class HeardScan:
    """One scan as a source reports it. `event_id` is the source's own id or "": then the facts tell repetitions
    apart. `extra` is for operators: the carrier's own text, who signed.
    """

    tracking_number: str
    status: ParcelStatus
    occurred_at: datetime
    carrier: str = ""
    event_id: str = ""
    reason: str | None = None
    code: str = ""
    city: str = ""
    country: str = ""
    estimated_date: date | None = None
    estimated_window: tuple[str, str] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def digest(self, source: str) -> bytes:
        """What makes it the same scan when it comes again."""
        facts = [self.event_id] if self.event_id else [self.status, self._instant(), self.code, self.city]
        return hashlib.sha256(orjson.dumps([source, *facts])).digest()

    def _instant(self) -> str:
        """The moment itself: the same one is told in one time zone today and in another tomorrow."""
        return self.occurred_at.astimezone(UTC).isoformat()


class Outcome(StrEnum):
    """What became of one scan: taken anew, known already, kept for a parcel that is nobody's here yet."""

    TAKEN = "taken"
    KNOWN = "known"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Heard:
    """How many scans of a delivery had each outcome."""

    taken: int
    known: int
    strangers: int

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> "Heard":
        """Counted."""
        found = Counter(outcomes)
        return cls(found[Outcome.TAKEN], found[Outcome.KNOWN], found[Outcome.STRANGER])


def heard_scan(record: ScanRecord) -> HeardScan:
    """A vendor's scan as this room takes it."""
    return HeardScan(
        tracking_number=record.tracking_number,
        status=ParcelStatus(record.meaning.status),
        occurred_at=record.occurred_at,
        carrier=record.carrier,
        event_id=record.event_id,
        reason=record.meaning.reason,
        code=record.code[:128],
        city=record.city,
        country=record.country,
        estimated_date=record.estimated_date,
        extra=record.extra,
    )
