"""EasyPost's webhooks: an Event whose `result` is a Tracker with all its tracking details.

Signed in one of two documented ways: `X-Hmac-Signature-V2` covers time, method, path and body, and is not older than
five minutes; the first `X-Hmac-Signature` covers the body alone, with a secret normalised to NFKD as in EasyPost's own
libraries. Whoever sends the new header is held to it.
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from portal.integrations.easypost.vocabulary import code_of, meaning_of
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

PREFIX = "hmac-sha256-hex="
TOLERANCE = timedelta(minutes=5)


def sign(secret: str, body: bytes) -> str:
    """The value of X-Hmac-Signature."""
    return PREFIX + _hex(unicodedata.normalize("NFKD", secret), body)


def sign_v2(secret: str, stamp: str, method: str, path: str, body: bytes) -> str:
    """The value of X-Hmac-Signature-V2; `stamp` is the X-Timestamp header, `path` the X-Path header."""
    return PREFIX + _hex(secret, f"{stamp}{method.upper()}{path}".encode() + body)


def is_signed(delivery: Delivery, secret: str, now: datetime) -> bool:
    """Whether the delivery was signed with this secret, compared in constant time."""
    given = delivery.headers.get("x-hmac-signature-v2")
    if given is not None:
        stamp, path = delivery.headers.get("x-timestamp", ""), delivery.headers.get("x-path", "")
        expected = sign_v2(secret, stamp, delivery.method, path, delivery.body)
        return _same(given, expected) and path == delivery.path and _fresh(stamp, now)
    return _same(delivery.headers.get("x-hmac-signature", ""), sign(secret, delivery.body))


def read_scans(payload: Any) -> Reading:
    """Every tracking detail of the tracker, oldest first. Events about other objects hold none. Raises
    PayloadRefused.
    """
    if not isinstance(payload, dict) or not isinstance(payload.get("result"), dict):
        raise PayloadRefused("expected an Event with a result")
    tracker = payload["result"]
    if tracker.get("object") != "Tracker":
        return Reading()
    number = text(tracker.get("tracking_code"))
    if len(number) < 4:
        raise PayloadRefused("the tracker has no tracking_code")
    reading = Reading()
    for index, entry in enumerate(entries(tracker.get("tracking_details"))):
        _read(reading, index, number, tracker, fields_of(entry))
    _read_result(reading, number, tracker)
    return reading


def _read(reading: Reading, index: int, number: str, tracker: Mapping[str, Any], entry: Mapping[str, Any]) -> None:
    try:
        at = moment(entry.get("datetime"))
    except ValueError as error:
        reading.refuse(index, "datetime", str(error))
        return
    code = code_of(text(entry.get("status"), 60), text(entry.get("status_detail"), 60))
    where = fields_of(entry.get("tracking_location"))
    said, city = text(entry.get("message"), 200), text(where.get("city"), 120)
    meaning = meaning_of(code) or meaning_of(code.partition("/")[0]) or Meaning("unknown")
    signed_by = text(tracker.get("signed_by"), 120) if meaning.status == "delivered" else ""
    extra = {"said": said, "signed_by": signed_by, "action_required": meaning.action_required}
    record = ScanRecord(
        number,
        code,
        meaning,
        at,
        event_id=f"{at.isoformat()}|{code}|{city}|{said}",
        carrier=text(tracker.get("carrier"), 60),
        city=city,
        country=country_code(where.get("country")),
        extra={name: value for name, value in extra.items() if value},
    )
    reading.scans.append(record)


def _read_result(reading: Reading, number: str, tracker: Mapping[str, Any]) -> None:
    """What is said of the tracker as a whole: the expected day, and its state while there are no details yet."""
    local = fields_of(tracker.get("carrier_detail")).get("est_delivery_date_local")
    expected = day(local) or day(tracker.get("est_delivery_date"))
    newest = last_of(reading.scans)
    try:
        at = moment(tracker.get("updated_at"))
    except ValueError:
        if newest is None:
            return
        at = newest.occurred_at
    if expected:
        known = f"{ESTIMATE}|{expected}|{at.isoformat()}"
        reading.scans.append(ScanRecord(number, ESTIMATE, Meaning("unknown"), at, known, estimated_date=expected))
    if newest is None and tracker.get("status"):
        code = code_of(text(tracker.get("status"), 60), text(tracker.get("status_detail"), 60))
        meaning = meaning_of(code) or Meaning("unknown")
        reading.scans.append(ScanRecord(number, code, meaning, at, f"{at.isoformat()}|{code}"))


def _hex(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.strip().encode(), expected.encode())


def _fresh(stamp: str, now: datetime) -> bool:
    try:
        return abs(now - parsedate_to_datetime(stamp)) <= TOLERANCE
    except (ValueError, TypeError):
        return False
