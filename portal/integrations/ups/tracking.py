"""UPS's Track API: a token for client credentials, then `GET /api/track/v1/details/{number}`, one number a call.

UPS publishes no rate; it answers 429 when there were too many. Pictures of proof come as bytes and only to whom the
shipment belongs, so they are not asked for: who received it, and where it was left, is in every answer.
"""

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx2

from portal.integrations.calls import Answer, call
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
    lacking,
    newest,
    with_proof,
    zone_of,
)
from portal.integrations.ports import AdapterError
from portal.integrations.scans import ScanRecord, country_code, entries, fields_of, text
from portal.integrations.ups.vocabulary import coarse_meaning_of, code_of, meaning_of

API = "https://onlinetools.ups.com"
HOME = "US"
EARLIER = timedelta(minutes=2)
"""A token is taken for expired so much before it is."""
LONGEST_TOKEN = timedelta(hours=12)
MOST_TOKENS = 1000
NOT_FOUND = frozenset({"TW0001", "TV0002", "TV1001"})


class UpsTracking:
    """Asks UPS. Credentials: `client_id`, `client_secret`. Tokens are kept, for each client, until they expire."""

    limits = Limits(numbers_per_call=1, pace=timedelta(milliseconds=250), daily=20_000)

    def __init__(self) -> None:
        self._tokens: dict[tuple[str, str, str], tuple[str, datetime]] = {}

    def missing(self, credentials: Credentials) -> str:
        """What the credentials lack, in words for the operator."""
        return lacking(credentials, "client_id", "client_secret")

    async def track(
        self, client: httpx2.AsyncClient, credentials: Credentials, numbers: Sequence[str], now: datetime
    ) -> list[Tracked]:
        """One call for each number, and one for a token now and then. Raises AdapterError."""
        return [await self._track(client, credentials, number, now) for number in numbers]

    async def _track(self, client: httpx2.AsyncClient, credentials: Credentials, number: str, now: datetime) -> Tracked:
        try:
            answer = await self._ask(client, credentials, number, now)
        except AdapterError as error:
            if error.code != "unauthorised":
                raise
            # The token may have ended early, or with a new secret: once more with a new one, then it is final.
            self._tokens.pop(_key(credentials), None)
            answer = await self._ask(client, credentials, number, now)
        if answer.status == 404:
            return Tracked(number, problem=UNKNOWN)
        if answer.status != 200:
            return Tracked(number, problem=REFUSED, detail=answer.body[:200].decode("utf-8", "replace"))
        return read_answer(number, answer.json())

    async def _ask(self, client: httpx2.AsyncClient, credentials: Credentials, number: str, now: datetime) -> Answer:
        headers = {
            "Authorization": f"Bearer {await self._token(client, credentials, now)}",
            "transId": uuid4().hex,
            "transactionSrc": "doorstep",
            "Accept": "application/json",
        }
        url = f"{api_url(credentials, API)}/api/track/v1/details/{quote(number, safe='')}"
        return await call(client, "GET", url, headers=headers, params={"locale": "en_US"}, largest=LARGEST_ANSWER)

    async def _token(self, client: httpx2.AsyncClient, credentials: Credentials, now: datetime) -> str:
        token, until = self._tokens.get(_key(credentials), ("", now))
        if token and now < until - EARLIER:
            return token
        pair = f"{credentials['client_id']}:{credentials['client_secret']}"
        headers = {
            "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        url = f"{api_url(credentials, API)}/security/v1/oauth/token"
        answer = await call(client, "POST", url, headers=headers, content=b"grant_type=client_credentials")
        told = fields_of(answer.json())
        token = text(told.get("access_token"), 8192)
        if answer.status != 200 or not token:
            raise AdapterError("unauthorised", permanent=True, detail=f"no token: {answer.status}")
        if len(self._tokens) >= MOST_TOKENS:
            self._tokens.clear()
        self._tokens[_key(credentials)] = (token, now + _lifetime(told.get("expires_in")))
        return token


def adapter() -> UpsTracking:
    """The one that a process uses."""
    return UpsTracking()


def read_answer(number: str, payload: Any) -> Tracked:
    """What an answer says of one number. Never raises for what is in it."""
    response = fields_of(payload).get("trackResponse")
    if not isinstance(response, dict):
        return Tracked(number, problem=UNREADABLE, detail="no trackResponse in the answer")
    shipments = [fields_of(one) for one in entries(response.get("shipment"))]
    warned = {
        text(fields_of(one).get("code"), 20) for shipment in shipments for one in entries(shipment.get("warnings"))
    }
    packages = [
        (fields_of(package), shipment) for shipment in shipments for package in entries(shipment.get("package"))
    ]
    meant = next((package for package, shipment in packages if _names(package, shipment, number)), None)
    if meant is not None:
        return _read_package(number, meant)
    if packages:
        return Tracked(number, problem=OTHERS, detail="the answer is about another package")
    known = UNKNOWN if not warned or warned & NOT_FOUND else REFUSED
    return Tracked(number, problem=known, detail=", ".join(sorted(warned)))


def _read_package(number: str, package: Mapping[str, Any]) -> Tracked:
    scans: dict[str, ScanRecord] = {}
    bad = 0
    for entry in entries(package.get("activity")):
        try:
            scan = _read_activity(number, fields_of(entry))
        except (ValueError, OverflowError):
            bad += 1
            continue
        scans.setdefault(scan.event_id, scan)
    handed = fields_of(package.get("deliveryInformation"))
    proof = {"signed_by": text(handed.get("receivedBy"), 120), "left_at": text(handed.get("location"), 120)}
    return Tracked(number, newest(with_proof(list(scans.values()), proof)), _expected(package), bad=bad)


def _read_activity(number: str, entry: Mapping[str, Any]) -> ScanRecord:
    """One activity. Raises ValueError when it has no time."""
    status, where = fields_of(entry.get("status")), fields_of(fields_of(entry.get("location")).get("address"))
    country = country_code(where.get("countryCode")) or country_code(where.get("country"))
    at = _moment(entry, country)
    words = (text(status.get("type"), 8), text(status.get("code"), 16), text(status.get("statusCode"), 8))
    code = code_of(*words)
    meaning = meaning_of(code) or coarse_meaning_of(*words)
    said, city = text(status.get("description"), 200), text(where.get("city"), 120)
    extra = {"said": said} if said else {}
    return ScanRecord(number, code, meaning, at, f"{at.isoformat()}|{code}|{city}", "UPS", city, country, extra=extra)


def _moment(entry: Mapping[str, Any], country: str) -> datetime:
    """When it happened: by Greenwich if told, else by the clock there. Raises ValueError."""
    if entry.get("gmtDate") and entry.get("gmtTime"):
        return _read_moment(entry["gmtDate"], entry["gmtTime"]).replace(tzinfo=UTC)
    local = _read_moment(entry.get("date"), entry.get("time") or "120000")
    offset = text(entry.get("gmtOffset"), 6)
    if offset:
        return datetime.fromisoformat(local.isoformat() + offset).astimezone(UTC)
    return local.replace(tzinfo=zone_of(country or HOME)).astimezone(UTC)


def _read_moment(day: object, time: object) -> datetime:
    digits = str(time).replace(":", "").partition(".")[0]
    return datetime.strptime(f"{day}{digits.zfill(6)}", "%Y%m%d%H%M%S")


def _expected(package: Mapping[str, Any]) -> date | None:
    """The rescheduled day, else the scheduled one."""
    dates = [fields_of(one) for one in entries(package.get("deliveryDate"))]
    told = {text(one.get("type")): text(one.get("date")) for one in dates}
    try:
        return datetime.strptime(str(told.get("RDD") or told.get("SDD") or ""), "%Y%m%d").date()
    except ValueError:
        return None


def _names(package: Mapping[str, Any], shipment: Mapping[str, Any], number: str) -> bool:
    also = [fields_of(one).get("number") for one in entries(package.get("alternateTrackingNumber"))]
    own = package.get("trackingNumber") or shipment.get("inquiryNumber")
    return _plain(number) in {_plain(one) for one in [own, *also]}


def _plain(value: object) -> str:
    return "".join(character for character in str(value).upper() if character.isalnum())


def _key(credentials: Credentials) -> tuple[str, str, str]:
    return api_url(credentials, API), str(credentials["client_id"]), str(credentials["client_secret"])


def _lifetime(seconds: object) -> timedelta:
    try:
        return min(timedelta(seconds=max(float(str(seconds)), 0.0)), LONGEST_TOKEN)
    except (ValueError, OverflowError):
        return timedelta(0)
