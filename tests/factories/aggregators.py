"""Webhooks as EasyPost, AfterShip and Shippo document them, signed as they sign."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

from tests.factories.merchants import NOW

NUMBER = "00340434161094042557"
HANDED_OVER = NOW - timedelta(days=2)


def at(hours: float) -> str:
    """A moment after the handover, as vendors write it."""
    return (HANDED_OVER + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def easypost(*details: tuple[str, str, float, str], number: str = NUMBER, **tracker: Any) -> dict[str, Any]:
    """An Event with a Tracker. Each detail: status, status_detail, hours after the handover, city."""
    listed = [
        {
            "object": "TrackingDetail",
            "message": f"{status} in {city}",
            "status": status,
            "status_detail": detail,
            "datetime": at(hours),
            "source": "DHLParcel",
            "tracking_location": {"object": "TrackingLocation", "city": city, "country": "DE", "zip": "04435"},
        }
        for status, detail, hours, city in details
    ]
    newest = details[-1] if details else ("unknown", "unknown", 0, "")
    result = {
        "id": "trk_6fed95331ba64df9ad9e1fd2fbcd4a32",
        "object": "Tracker",
        "mode": "production",
        "tracking_code": number,
        "status": newest[0],
        "status_detail": newest[1],
        "created_at": at(0),
        "updated_at": at(newest[2]),
        "signed_by": None,
        "carrier": "DHLParcel",
        "est_delivery_date": None,
        "tracking_details": listed,
        **tracker,
    }
    return {"id": "evt_1", "object": "Event", "description": "tracker.updated", "mode": "production", "result": result}


def aftership(*checkpoints: tuple[str, float, str], number: str = NUMBER, **msg: Any) -> dict[str, Any]:
    """A `tracking_update`. Each checkpoint: subtag, hours after the handover, city."""
    listed = [
        {
            "slug": "dhl-germany",
            "city": city,
            "country_iso3": "DEU",
            "message": f"{subtag} in {city}",
            "tag": subtag.partition("_")[0],
            "subtag": subtag,
            "checkpoint_time": at(hours),
            "raw_tag": "AA",
        }
        for subtag, hours, city in checkpoints
    ]
    newest = checkpoints[-1] if checkpoints else ("Pending_001", 0, "")
    message = {
        "id": "5b74f4958776db0e00b6f5ed",
        "tracking_number": number,
        "slug": "dhl-germany",
        "tag": newest[0].partition("_")[0],
        "subtag": newest[0],
        "updated_at": at(newest[1]),
        "signed_by": None,
        "expected_delivery": None,
        "checkpoints": listed,
        **msg,
    }
    return {"event": "tracking_update", "event_id": "e1", "ts": int(NOW.timestamp()), "msg": message}


def shippo(*history: tuple[str, str, float, str], number: str = NUMBER, **track: Any) -> dict[str, Any]:
    """A `track_updated`. Each entry: status, substatus, hours after the handover, city."""
    listed = [
        {
            "object_created": at(hours),
            "object_id": f"{place:032x}",
            "status": status,
            "status_details": f"{substatus} in {city}",
            "status_date": at(hours),
            "substatus": {"code": substatus, "text": substatus, "action_required": False} if substatus else None,
            "location": {"city": city, "state": "", "zip": "", "country": "DE"},
        }
        for place, (status, substatus, hours, city) in enumerate(history)
    ]
    data = {
        "carrier": "dhl_germany",
        "tracking_number": number,
        "eta": None,
        "tracking_status": {**listed[-1], "object_id": "f" * 32} if listed else None,
        "tracking_history": listed,
        **track,
    }
    return {"event": "track_updated", "test": False, "data": data}


def packed(payload: object) -> bytes:
    """The bytes of a payload."""
    return json.dumps(payload).encode()


def easypost_headers(secret: str, body: bytes) -> dict[str, str]:
    """EasyPost's first signature, made without our code."""
    made = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"x-hmac-signature": f"hmac-sha256-hex={made}"}


def easypost_v2_headers(secret: str, body: bytes, path: str, minutes_ago: float = 0) -> dict[str, str]:
    """EasyPost's second signature."""
    stamp = format_datetime(NOW - timedelta(minutes=minutes_ago))
    made = hmac.new(secret.encode(), f"{stamp}POST{path}".encode() + body, hashlib.sha256).hexdigest()
    return {"x-hmac-signature-v2": f"hmac-sha256-hex={made}", "x-timestamp": stamp, "x-path": path}


def aftership_headers(secret: str, body: bytes) -> dict[str, str]:
    """AfterShip's signature."""
    made = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
    return {"aftership-hmac-sha256": made.decode()}


def shippo_headers(secret: str, body: bytes, minutes_ago: float = 0) -> dict[str, str]:
    """Shippo's signature."""
    stamp = int(NOW.timestamp() - minutes_ago * 60)
    made = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"shippo-auth-signature": f"t={stamp},v1={made}"}
