"""The door for carriers: signed deliveries of scans in our own vocabulary, `POST /hooks/tracking/{source}`.

The signature covers the raw bytes: `Doorstep-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>." + body>`.
One scan that cannot be read never stops the others; the answer names it. The merchant is the host's, so a number
that another merchant also has stays untouched there.
"""

import hashlib
import hmac
from datetime import date, datetime, timedelta
from typing import Annotated, Any

import orjson
import structlog
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from portal.merchants.visits import visit_of
from portal.tracking.queries import find_source_secret
from portal.tracking.rules import ParcelStatus
from portal.tracking.service import HeardScan, record_scans

log = structlog.get_logger()
TOLERANCE = timedelta(minutes=5)
MOST_SCANS = 500
FUTURE = timedelta(hours=24)
"""A carrier's clock may be in another zone; a scan further ahead than a day is a mistake."""

Text = Annotated[str, StringConstraints(max_length=128, strip_whitespace=True)]
Clock = Annotated[str, StringConstraints(pattern=r"^\d{2}:\d{2}$")]


class ScanIn(BaseModel):
    """One scan as it is delivered."""

    model_config = ConfigDict(extra="ignore")

    tracking_number: Annotated[str, StringConstraints(min_length=4, max_length=128)]
    status: ParcelStatus
    occurred_at: AwareDatetime
    id: Text = ""
    carrier: Text = ""
    reason: Annotated[str, StringConstraints(max_length=64, pattern=r"^[a-z_]+$")] | None = None
    code: Text = ""
    city: Annotated[str, StringConstraints(max_length=120)] = ""
    country: Annotated[str, StringConstraints(max_length=2)] = ""
    estimated_delivery: date | None = None
    estimated_window: Annotated[list[Clock], Field(min_length=2, max_length=2)] | None = None

    def heard(self) -> HeardScan:
        """The scan as the service takes it."""
        window = (self.estimated_window[0], self.estimated_window[1]) if self.estimated_window else None
        return HeardScan(
            tracking_number=self.tracking_number,
            status=self.status,
            occurred_at=self.occurred_at,
            carrier=self.carrier,
            event_id=self.id,
            reason=self.reason,
            code=self.code,
            city=self.city.replace("\x00", ""),
            country=self.country.upper(),
            estimated_date=self.estimated_delivery,
            estimated_window=window,
        )


async def receive_scans(request: Request) -> Response:
    """POST /hooks/tracking/{source}: 200 with what became of each scan, 401 unsigned, 400 unreadable."""
    body, now = await request.body(), request.app.state.clock()
    merchant_id = visit_of(request).merchant.id
    secret = await find_source_secret(merchant_id, request.path_params["source"])
    if not is_signed(request.headers.get("doorstep-signature", ""), body, secret or "", now) or secret is None:
        log.warning("tracking delivery refused", source=request.path_params["source"], size=len(body))
        return JSONResponse({"error": "the signature does not fit"}, 401)
    raw = _entries(body)
    if raw is None:
        return JSONResponse({"error": f"expected {{'events': [...]}} with at most {MOST_SCANS} entries"}, 400)
    scans, refused = _read(raw, now)
    heard = await record_scans(merchant_id, request.path_params["source"], scans, now)
    answer = {"taken": heard.taken, "known": heard.known, "strangers": heard.strangers, "refused": refused}
    return JSONResponse(answer)


def is_signed(header: str, body: bytes, secret: str, now: datetime) -> bool:
    """Whether the header proves the body, in constant time and not older than five minutes."""
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    stamp = parts.get("t", "")
    if not (stamp.isdecimal() and len(stamp) <= 12):
        return False
    fresh = abs(now.timestamp() - int(stamp)) <= TOLERANCE.total_seconds()
    expected = sign(secret, int(stamp), body)
    return hmac.compare_digest(expected.encode(), parts.get("v1", "").encode()) and fresh


def sign(secret: str, stamp: int, body: bytes) -> str:
    """The hex signature of a delivery made at `stamp` (unix seconds)."""
    return hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()


def _entries(body: bytes) -> list[Any] | None:
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    entries = data.get("events") if isinstance(data, dict) else None
    return entries if isinstance(entries, list) and len(entries) <= MOST_SCANS else None


def _read(raw: list[Any], now: datetime) -> tuple[list[HeardScan], list[dict[str, Any]]]:
    scans, refused = [], []
    for index, entry in enumerate(raw):
        try:
            scan = ScanIn.model_validate(entry)
        except ValidationError as error:
            first = error.errors()[0]
            refused.append({"index": index, "field": ".".join(map(str, first["loc"])), "reason": first["msg"]})
            continue
        if scan.occurred_at > now + FUTURE:
            refused.append({"index": index, "field": "occurred_at", "reason": "lies in the future"})
            continue
        scans.append(scan.heard())
    return scans, refused
