"""Reading what sources deliver: a vendor's documented payload, or our own language for everybody else.

Our own: {"events": [{"tracking_number", "occurred_at", "status" or "vocabulary" and "code", …}]}. One scan that cannot
be read never stops the others.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from portal.integrations.scans import PayloadRefused
from portal.tracking.heard import HeardScan, heard_scan
from portal.tracking.normalising import list_vocabularies, meaning_of, webhooks_of
from portal.tracking.rules import FUTURE, ParcelStatus, tracking_key

EARLIEST_YEAR = 2000
"""What is older is a clock that was never set; at year 1 even the conversion to UTC fails."""
MOST_SCANS = 500
"""Scans in one delivery that speaks our own language; an aggregator sends a parcel's whole history at once."""

Text = Annotated[str, StringConstraints(max_length=128, strip_whitespace=True)]
Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Refused = list[dict[str, Any]]


class ScanIn(BaseModel):
    """One scan as it is delivered: with our status, or with a vendor's `vocabulary` and its `code`."""

    model_config = ConfigDict(extra="ignore")

    tracking_number: Annotated[str, StringConstraints(min_length=4, max_length=128)]
    status: ParcelStatus | None = None
    vocabulary: str = ""
    occurred_at: AwareDatetime
    id: Text = ""
    carrier: Text = ""
    reason: Annotated[str, StringConstraints(max_length=64, pattern=r"^[a-z_]+$")] | None = None
    code: Text = ""
    city: Annotated[str, StringConstraints(max_length=120)] = ""
    country: Annotated[str, StringConstraints(pattern=r"^([A-Za-z]{2})?$")] = ""
    estimated_delivery: date | None = None
    estimated_window: Annotated[list[Clock], Field(min_length=2, max_length=2)] | None = None
    signed_by: Text | None = None
    pod_url: Annotated[str, StringConstraints(max_length=1000, pattern=r"^(https://[^\s]+)?$")] | None = None
    pod_kind: Literal["photo", "signature", ""] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "ScanIn":
        if self.vocabulary and self.vocabulary not in list_vocabularies():
            raise ValueError(f"vocabulary: one of {', '.join(list_vocabularies())}")
        if self.status is None and not (self.vocabulary and self.code):
            raise ValueError("status: missing, and no code of a known vocabulary instead")
        return self

    def heard(self) -> HeardScan:
        """The scan as the service takes it."""
        window = (self.estimated_window[0], self.estimated_window[1]) if self.estimated_window else None
        meaning = meaning_of(self.vocabulary, self.code) if self.status is None else None
        status = self.status or ParcelStatus(meaning.status if meaning else ParcelStatus.UNKNOWN)
        return HeardScan(
            tracking_number=self.tracking_number,
            status=status,
            occurred_at=self.occurred_at,
            carrier=self.carrier,
            event_id=self.id.replace("\x00", ""),
            reason=self.reason or (meaning.reason if meaning else None),
            code=self.code.replace("\x00", ""),
            city=self.city.replace("\x00", ""),
            country=self.country.upper(),
            estimated_date=self.estimated_delivery,
            estimated_window=window,
            extra=self._proof(),
        )

    def _proof(self) -> dict[str, str]:
        """What proves the delivery."""
        signed_by = (self.signed_by or "").replace("\x00", "")
        said = {"signed_by": signed_by, "pod_url": self.pod_url, "pod_kind": self.pod_kind}
        return {name: value for name, value in said.items() if value}


def read_delivery(source: str, body: bytes, now: datetime) -> tuple[list[HeardScan], Refused]:
    """The scans of a delivery, and each entry that is none, with the reason. Raises PayloadRefused. `now` is when it
    came: what lies after it is refused.
    """
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise PayloadRefused("the body is not JSON") from error
    vendor = webhooks_of(source)
    if vendor is None:
        return _sorted_out(_read_own(data), [], now)
    reading = vendor.read_scans(data)
    return _sorted_out(list(enumerate(map(heard_scan, reading.scans))), reading.refused, now)


def _read_own(data: Any) -> list[tuple[int, HeardScan | dict[str, Any]]]:
    entries = data.get("events") if isinstance(data, dict) else None
    if not isinstance(entries, list) or len(entries) > MOST_SCANS:
        raise PayloadRefused(f"expected {{'events': [...]}} with at most {MOST_SCANS} entries")
    return [(index, _one(index, entry)) for index, entry in enumerate(entries)]


def _one(index: int, entry: Any) -> HeardScan | dict[str, Any]:
    try:
        return ScanIn.model_validate(entry).heard()
    except ValidationError as error:
        first = error.errors()[0]
        return {"index": index, "field": ".".join(map(str, first["loc"])), "reason": first["msg"]}


def _sorted_out(
    found: list[tuple[int, HeardScan | dict[str, Any]]], refused: Refused, now: datetime
) -> tuple[list[HeardScan], Refused]:
    """Scans to take, and every entry that cannot be one, with the reason."""
    scans: list[HeardScan] = []
    refused = list(refused)
    for index, one in found:
        if isinstance(one, dict):
            refused.append(one)
        elif one.occurred_at.year < EARLIEST_YEAR:
            refused.append({"index": index, "field": "occurred_at", "reason": "lies before parcels were scanned"})
        elif one.occurred_at > now + FUTURE:
            refused.append({"index": index, "field": "occurred_at", "reason": "lies in the future"})
        elif len(tracking_key(one.tracking_number)) < 4:
            refused.append({"index": index, "field": "tracking_number", "reason": "has no letters and digits"})
        else:
            scans.append(one)
    return scans, refused
