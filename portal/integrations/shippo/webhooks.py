"""Shippo's webhooks: `track_updated`, whose `data` is a track with its whole history.

Shippo documents three protections. We take two: HMAC, which Shippo sets up on request (`Shippo-Auth-Signature:
t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>." + body>`, five minutes old at most), and a self-chosen token in the
webhook's address (`?token=…`) for everybody else. Whoever sends a signature is held to it. The third, a list of
Shippo's addresses, belongs into the proxy in front of us.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from portal.integrations.scans import (
    ESTIMATE,
    Delivery,
    Meaning,
    PayloadRefused,
    Reading,
    ScanRecord,
    country_code,
    day,
    entries,
    fields_of,
    last_of,
    moment,
    text,
)
from portal.integrations.shippo.vocabulary import code_of, meaning_of

TOLERANCE = timedelta(minutes=5)


def sign(secret: str, stamp: int, body: bytes) -> str:
    """The value of the signature header of a delivery made at `stamp` (unix seconds)."""
    return f"t={stamp},v1={_hex(secret, str(stamp), body)}"


def is_signed(delivery: Delivery, secret: str, now: datetime) -> bool:
    """Whether the delivery proves this secret, compared in constant time."""
    header = delivery.headers.get("shippo-auth-signature")
    if header is None:
        return hmac.compare_digest(delivery.query.get("token", "").encode(), secret.encode())
    parts = dict(part.strip().split("=", 1) for part in header.split(",") if "=" in part)
    stamp = parts.get("t", "")
    if not (stamp.isdecimal() and stamp.isascii() and len(stamp) <= 12):
        return False
    fresh = abs(now.timestamp() - int(stamp)) <= TOLERANCE.total_seconds()
    return hmac.compare_digest(parts.get("v1", "").encode(), _hex(secret, stamp, delivery.body).encode()) and fresh


def read_scans(payload: Any) -> Reading:
    """Every entry of the track's history. Events of other kinds hold none. Raises PayloadRefused."""
    if not isinstance(payload, dict) or not isinstance(payload.get("data", payload), dict):
        raise PayloadRefused("expected an object with data")
    if payload.get("event", "track_updated") != "track_updated":
        return Reading()
    track = payload.get("data", payload)
    number = text(track.get("tracking_number"))
    if len(number) < 4:
        raise PayloadRefused("data has no tracking_number")
    reading = Reading()
    history = entries(track.get("tracking_history"))
    newest = track.get("tracking_status")
    # The newest entry stands beside the history, and is usually in it too: then it is known by its facts.
    for index, entry in enumerate([*history, newest] if isinstance(newest, dict) else history):
        _read(reading, index, number, track, fields_of(entry))
    _read_expected(reading, number, track)
    return reading


def _read(reading: Reading, index: int, number: str, track: Mapping[str, Any], entry: Mapping[str, Any]) -> None:
    try:
        at = moment(entry.get("status_date"))
    except ValueError as error:
        reading.refuse(index, "status_date", str(error))
        return
    finer = fields_of(entry.get("substatus"))
    code = code_of(text(entry.get("status"), 60).upper(), text(finer.get("code"), 60))
    where = fields_of(entry.get("location"))
    said, city = text(entry.get("status_details"), 200), text(where.get("city"), 120)
    meaning = meaning_of(code) or meaning_of(code.partition("/")[0]) or Meaning("unknown")
    extra = {"said": said, "action_required": meaning.action_required or finer.get("action_required") is True}
    record = ScanRecord(
        number,
        code,
        meaning,
        at,
        event_id=f"{at.isoformat()}|{code}|{city}|{said}",
        carrier=text(track.get("carrier"), 60),
        city=city,
        country=country_code(where.get("country")),
        extra={name: value for name, value in extra.items() if value},
    )
    reading.scans.append(record)


def _read_expected(reading: Reading, number: str, track: Mapping[str, Any]) -> None:
    expected, newest = day(track.get("eta")), last_of(reading.scans)
    if expected is None or newest is None:
        return
    status = fields_of(track.get("tracking_status"))
    try:
        at = moment(status.get("object_updated") or status.get("object_created"))
    except ValueError:
        at = newest.occurred_at
    known = f"{ESTIMATE}|{expected}|{at.isoformat()}"
    reading.scans.append(ScanRecord(number, ESTIMATE, Meaning("unknown"), at, known, estimated_date=expected))


def _hex(secret: str, stamp: str, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
