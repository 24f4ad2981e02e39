"""DHL's Shipment Tracking - Unified API: `GET /track/shipments?trackingNumber=…`, one number a call.

The smallest account has 250 calls a day (they begin anew at midnight UTC) and one every five seconds; DHL asks for no
more than ten a parcel and day, spread out. Without `service` a number may find a parcel of another DHL business, so
an answer has to name the number. Times without a zone are those of the place.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx2

from portal.integrations.calls import call
from portal.integrations.carriers import (
    LARGEST_ANSWER,
    OTHERS,
    REFUSED,
    UNKNOWN,
    UNREADABLE,
    Credentials,
    Limits,
    Tracked,
    api_url,
    https_url,
    lacking,
    newest,
    with_proof,
    zone_of,
)
from portal.integrations.dhl.vocabulary import code_of, meaning_of
from portal.integrations.scans import Meaning, ScanRecord, country_code, day, entries, fields_of, text

API = "https://api-eu.dhl.com"
HOME = "DE"
"""Where most events without a country are from."""


class DhlTracking:
    """Asks DHL. Credentials: `api_key`; `service` ("parcel-de", "express" …) if all parcels are of one business."""

    limits = Limits(numbers_per_call=1, pace=timedelta(seconds=5), daily=250)

    def missing(self, credentials: Credentials) -> str:
        """What the credentials lack, in words for the operator."""
        return lacking(credentials, "api_key")

    async def track(
        self, client: httpx2.AsyncClient, credentials: Credentials, numbers: Sequence[str], now: datetime
    ) -> list[Tracked]:
        """One call for each number. Raises AdapterError."""
        return [await self._track(client, credentials, number) for number in numbers]

    async def _track(self, client: httpx2.AsyncClient, credentials: Credentials, number: str) -> Tracked:
        asked = {"trackingNumber": number, "language": "en"}
        if service := text(credentials.get("service"), 40):
            asked["service"] = service
        headers = {"DHL-API-Key": text(credentials.get("api_key"), 2048), "Accept": "application/json"}
        url = f"{api_url(credentials, API)}/track/shipments"
        answer = await call(client, "GET", url, headers=headers, params=asked, largest=LARGEST_ANSWER)
        if answer.status == 404:
            return Tracked(number, problem=UNKNOWN)
        if answer.status != 200:
            return Tracked(number, problem=REFUSED, detail=_problem(answer.body))
        return read_answer(number, answer.json())


def adapter() -> DhlTracking:
    """The one that a process uses."""
    return DhlTracking()


def read_answer(number: str, payload: Any) -> Tracked:
    """What an answer says of one number. Never raises for what is in it."""
    shipments = [one for one in entries(fields_of(payload).get("shipments")) if isinstance(one, dict)]
    if not isinstance(payload, dict) or "shipments" not in payload:
        return Tracked(number, problem=UNREADABLE, detail="no shipments in the answer")
    meant = next((one for one in shipments if _names(one, number)), None)
    if meant is None:
        return Tracked(number, problem=OTHERS if shipments else UNKNOWN, detail="the answer is about another parcel")
    return _read_shipment(number, meant)


def _read_shipment(number: str, shipment: Mapping[str, Any]) -> Tracked:
    events, bad = [*entries(shipment.get("events"))], 0
    # The newest stands beside the events and is usually one of them too: then it is known by its facts.
    events += [shipment["status"]] if isinstance(shipment.get("status"), dict) else []
    scans: dict[str, ScanRecord] = {}
    for entry in events:
        try:
            scan = _read_event(number, shipment, fields_of(entry))
        except ValueError:
            bad += 1
            continue
        scans.setdefault(scan.event_id, scan)
    return Tracked(number, newest(with_proof(list(scans.values()), _proof(shipment))), _expected(shipment), bad=bad)


def _read_event(number: str, shipment: Mapping[str, Any], entry: Mapping[str, Any]) -> ScanRecord:
    """One event. Raises ValueError when it has no time."""
    where = _address(entry)
    country = country_code(where.get("countryCode"))
    at = _moment(entry.get("timestamp"), country or country_code(_address(shipment.get("origin")).get("countryCode")))
    said = text(entry.get("description"), 200) or text(entry.get("status"), 200)
    words = " | ".join(text(entry.get(name), 200) for name in ("status", "statusDetailed", "description"))
    code = code_of(text(entry.get("statusCode"), 40).lower(), words)
    meaning = meaning_of(code) or Meaning("unknown")
    if shipment.get("returnFlag") is True and meaning.status == "delivered":
        meaning = Meaning("returned_to_sender")
    city = text(where.get("addressLocality"), 120)
    extra = {"said": said, "remark": text(entry.get("remark"), 200), "next": text(entry.get("nextSteps"), 200)}
    return ScanRecord(
        number, code, meaning, at, f"{at.isoformat()}|{code}|{city}|{said}", "DHL", city, country,
        extra={name: value for name, value in extra.items() if value},
    )  # fmt: skip


def _proof(shipment: Mapping[str, Any]) -> dict[str, str]:
    """Who signed, and where the proof can be had."""
    proof = fields_of(fields_of(shipment.get("details")).get("proofOfDelivery"))
    signed = fields_of(proof.get("signed"))
    name = " ".join(part for part in (text(signed.get(key), 60) for key in ("givenName", "familyName")) if part)
    url = https_url(proof.get("signatureUrl")) or https_url(proof.get("documentUrl"))
    signed_by = text(signed.get("name"), 120) or name
    return {"signed_by": signed_by, "pod_url": url, "pod_kind": "signature" if url else ""}


def _expected(shipment: Mapping[str, Any]) -> date | None:
    frame = fields_of(shipment.get("estimatedDeliveryTimeFrame"))
    return day(frame.get("estimatedThrough")) or day(shipment.get("estimatedTimeOfDelivery"))


def _names(shipment: Mapping[str, Any], number: str) -> bool:
    """Whether a shipment is the one asked for: by its id, one of its pieces, or a number it is also known by."""
    details = fields_of(shipment.get("details"))
    also = [fields_of(one).get("number") for one in entries(details.get("references"))]
    also += [fields_of(details.get("references")).get("number")]
    return _plain(number) in {_plain(one) for one in [shipment.get("id"), *entries(details.get("pieceIds")), *also]}


def _plain(value: object) -> str:
    return "".join(character for character in str(value).upper() if character.isalnum())


def _address(holder: object) -> Mapping[str, Any]:
    found = fields_of(holder)
    place = fields_of(found.get("location")) if "location" in found else found
    return fields_of(place.get("address"))


def _moment(value: object, country: str) -> datetime:
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError("not a time")
    try:
        found = datetime.fromisoformat(value.strip())
        return (found if found.tzinfo else found.replace(tzinfo=zone_of(country or HOME))).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("not a time") from error


def _problem(body: bytes) -> str:
    return body[:200].decode("utf-8", "replace")
