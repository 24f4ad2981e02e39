"""AfterShip's webhooks: `msg` is a tracking with all its checkpoints; `edd_revise` brings the same with a new date.

Signed by the header `aftership-hmac-sha256`: base64 of the HMAC-SHA256 of the body. AfterShip signs no time, so a
delivery that comes again is known by its checkpoints.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from portal.integrations.aftership.vocabulary import TAGS, meaning_of
from portal.integrations.carriers import https_url
from portal.integrations.scans import (
    ESTIMATE,
    Delivery,
    Meaning,
    PayloadRefused,
    Reading,
    ScanRecord,
    day,
    entries,
    fields_of,
    last_of,
    moment,
    text,
)

# ISO 3166-1 alpha-3 as AfterShip writes countries. Others stay without a country: the city is told anyway.
COUNTRIES = """
AUT:AT AUS:AU BEL:BE BGR:BG BRA:BR CAN:CA CHE:CH CHN:CN CYP:CY CZE:CZ DEU:DE DNK:DK ESP:ES EST:EE FIN:FI FRA:FR GBR:GB
GRC:GR HKG:HK HRV:HR HUN:HU IND:IN IRL:IE ISL:IS ISR:IL ITA:IT JPN:JP KOR:KR KWT:KW LIE:LI LTU:LT LUX:LU LVA:LV MEX:MX
MLT:MT NLD:NL NOR:NO NZL:NZ POL:PL PRT:PT QAT:QA ROU:RO SAU:SA SGP:SG SRB:RS SVK:SK SVN:SI SWE:SE TUR:TR TWN:TW UKR:UA
ARE:AE USA:US ZAF:ZA
"""
ALPHA_2 = {pair[:3]: pair[4:] for pair in COUNTRIES.split()}


def sign(secret: str, body: bytes) -> str:
    """The value of the signature header."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def is_signed(delivery: Delivery, secret: str, now: datetime) -> bool:
    """Whether the delivery was signed with this secret, compared in constant time."""
    given = delivery.headers.get("aftership-hmac-sha256", "").strip()
    return hmac.compare_digest(given.encode(), sign(secret, delivery.body).encode())


def read_scans(payload: Any) -> Reading:
    """Every checkpoint of the tracking. Raises PayloadRefused."""
    if not isinstance(payload, dict) or not isinstance(payload.get("msg"), dict):
        raise PayloadRefused("expected an object with msg")
    tracking = payload["msg"]
    number = text(tracking.get("tracking_number"))
    if len(number) < 4:
        raise PayloadRefused("msg has no tracking_number")
    reading = Reading()
    for index, entry in enumerate(entries(tracking.get("checkpoints"))):
        _read(reading, index, number, tracking, fields_of(entry))
    _read_result(reading, number, tracking, payload.get("ts"))
    return reading


def _read(reading: Reading, index: int, number: str, tracking: Mapping[str, Any], entry: Mapping[str, Any]) -> None:
    try:
        at = moment(entry.get("checkpoint_time"))
    except ValueError as error:
        reading.refuse(index, "checkpoint_time", str(error))
        return
    tag, subtag = text(entry.get("tag"), 60), text(entry.get("subtag"), 60)
    code = subtag or tag
    said, city = text(entry.get("message"), 200), text(entry.get("city"), 120)
    meaning = meaning_of(code) or TAGS.get(tag) or Meaning("unknown")
    extra: dict[str, Any] = {"said": said, "raw": text(entry.get("raw_tag"), 60)}
    extra["action_required"] = meaning.action_required
    if meaning.status == "delivered":
        extra["signed_by"] = text(tracking.get("signed_by"), 120)
        proofs = [https_url(fields_of(proof).get("url")) for proof in entries(tracking.get("proof_of_delivery"))]
        extra["pod_url"] = next((url for url in proofs if url), "")
    record = ScanRecord(
        number,
        code,
        meaning,
        at,
        event_id=text(entry.get("hash")) or f"{at.isoformat()}|{code}|{city}|{said}",
        carrier=text(tracking.get("slug"), 60),
        city=city,
        country=_country(entry),
        extra={name: value for name, value in extra.items() if value},
    )
    reading.scans.append(record)


def _read_result(reading: Reading, number: str, tracking: Mapping[str, Any], stamp: object) -> None:
    """The carrier's day, and the tag of a tracking that has no checkpoint yet."""
    carrier = fields_of(tracking.get("courier_estimated_delivery_date"))
    latest = fields_of(tracking.get("latest_estimated_delivery"))
    expected = (
        day(carrier.get("estimated_delivery_date"))
        or day(tracking.get("expected_delivery"))
        or day(latest.get("date") or latest.get("datetime"))
    )
    newest = last_of(reading.scans)
    at = _updated_at(tracking, stamp) or (newest.occurred_at if newest else None)
    if at is None:
        return
    if expected:
        known = f"{ESTIMATE}|{expected}|{at.isoformat()}"
        reading.scans.append(ScanRecord(number, ESTIMATE, Meaning("unknown"), at, known, estimated_date=expected))
    if newest is None and tracking.get("tag"):
        code = text(tracking.get("subtag"), 60) or text(tracking.get("tag"), 60)
        meaning = meaning_of(code) or TAGS.get(text(tracking.get("tag"))) or Meaning("unknown")
        reading.scans.append(ScanRecord(number, code, meaning, at, f"{at.isoformat()}|{code}"))


def _updated_at(tracking: Mapping[str, Any], stamp: object) -> datetime | None:
    try:
        return moment(tracking.get("updated_at"))
    except ValueError:
        if not isinstance(stamp, int) or not 0 < stamp < 10**10:
            return None
        return datetime.fromtimestamp(stamp, UTC)


def _country(entry: Mapping[str, Any]) -> str:
    given = text(entry.get("country_region") or entry.get("country_iso3"), 3).upper()
    return given if len(given) == 2 else ALPHA_2.get(given, "")
