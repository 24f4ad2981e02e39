"""Carriers that we have no adapter for, by way of karrio: an optional extra (`carriers`, LGPL), and for each carrier a
package of its own (`karrio-fedex`, `karrio-dpd` …). Imported only when an account asks for it.

karrio blocks and says what went wrong in messages, so it runs in a thread, under a time limit. A thread that hangs
cannot be ended: it ends with the process, and no more than a few may hang. karrio forgets time zones; `time_zone` of
the credentials says whose clock its carrier writes.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx2

from portal.integrations.carriers import UNKNOWN, UNREADABLE, Credentials, Limits, Tracked, newest, with_proof
from portal.integrations.karrio.vocabulary import REASONS, code_of, meaning_of
from portal.integrations.ports import AdapterError
from portal.integrations.scans import Meaning, ScanRecord, country_code, day, fields_of, text

Result = TypeVar("Result")

EXTRA = "karrio is not installed: install the extra `carriers` and the carrier's own package, such as karrio-fedex"
SECONDS = 8.0
MOST_HANGING = 4
INTERNAL = "SHIPPING_SDK_INTERNAL_ERROR"
"""karrio's code for whatever it did not expect, a server that is away among it."""
AWAY = ("urlopen error", "timed out", "connection", "remote end closed", "http error 5")


class KarrioTracking:
    """Asks by way of karrio. Credentials: `carrier` (karrio's name of it), `settings` (what its package wants),
    `time_zone` if the carrier does not write UTC. `load` gives the module `karrio.sdk`.
    """

    limits = Limits(numbers_per_call=5, pace=timedelta(seconds=1), daily=10_000)

    def __init__(self, load: Callable[[], Any], seconds: float = SECONDS) -> None:
        self._load, self._seconds, self._hanging = load, seconds, 0

    def missing(self, credentials: Credentials) -> str:
        """What the credentials lack, in words for the operator; or that karrio is not there."""
        if not text(credentials.get("carrier"), 60):
            return '"carrier" is missing'
        if not isinstance(credentials.get("settings"), dict):
            return '"settings" is missing'
        try:
            ZoneInfo(text(credentials.get("time_zone"), 60) or "UTC")
            self._load()
        except (ZoneInfoNotFoundError, ValueError):
            return '"time_zone" is none, such as Europe/Berlin'
        except ImportError:
            return EXTRA
        return ""

    async def track(
        self, client: httpx2.AsyncClient, credentials: Credentials, numbers: Sequence[str], now: datetime
    ) -> list[Tracked]:
        """One call of karrio's for all of them. Raises AdapterError."""
        if self._hanging >= MOST_HANGING:
            raise AdapterError("unreachable", detail=f"{MOST_HANGING} earlier calls have not come back")
        details, messages = await self._in_thread(lambda: _ask(self._load(), credentials, numbers))
        zone = ZoneInfo(text(credentials.get("time_zone"), 60) or "UTC")
        found = {_plain(getattr(one, "tracking_number", "")): one for one in details or ()}
        if not found:
            _raise_for(messages)
        said = "; ".join(text(str(getattr(one, "message", "")), 100) for one in messages)
        return [
            read_details(number, found[_plain(number)], zone)
            if _plain(number) in found
            else Tracked(number, problem=UNREADABLE if _internal(messages) else UNKNOWN, detail=said[:200])
            for number in numbers
        ]

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        """The result of blocking work. Raises AdapterError when it takes too long."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Result] = loop.create_future()

        def settle(result: Result | None, error: Exception | None) -> None:
            self._hanging -= 1
            if answer.done():
                return
            if error is None:
                answer.set_result(result)  # type: ignore[arg-type]  # without an error there is a result
            else:
                answer.set_exception(AdapterError("refused", detail=f"{type(error).__name__}: {error}"))

        def run() -> None:
            result, fault = None, None
            try:
                result = work()
            except Exception as error:
                fault = error  # told where it is waited for
            if not loop.is_closed():
                loop.call_soon_threadsafe(settle, result, fault)

        self._hanging += 1
        # A daemon: one that hangs must not keep the process from ending.
        threading.Thread(target=run, name="karrio", daemon=True).start()
        try:
            async with asyncio.timeout(self._seconds):
                return await answer
        except TimeoutError as error:
            raise AdapterError("unreachable", detail=f"no answer in {self._seconds:.0f} seconds") from error


def adapter() -> KarrioTracking:
    """The one that a process uses."""
    return KarrioTracking(_load_sdk)


def read_details(number: str, details: Any, zone: ZoneInfo) -> Tracked:
    """karrio's TrackingDetails as we read them."""
    scans: dict[str, ScanRecord] = {}
    bad = 0
    for event in getattr(details, "events", None) or ():
        try:
            scan = _read_event(number, event, zone, text(getattr(details, "carrier_name", ""), 60))
        except (ValueError, OverflowError):
            bad += 1
            continue
        scans.setdefault(scan.event_id, scan)
    signed = text(getattr(getattr(details, "info", None), "signed_by", ""), 120)
    expected: date | None = day(getattr(details, "estimated_delivery", None))
    return Tracked(number, newest(with_proof(list(scans.values()), {"signed_by": signed})), expected, bad=bad)


def _read_event(number: str, event: Any, zone: ZoneInfo, carrier: str) -> ScanRecord:
    at = _moment(event, zone)
    status, reason = text(event.status, 40), text(event.reason, 60)
    code = code_of(status, reason if reason in REASONS else "") if status else text(event.code, 60)
    said, place = text(event.description, 200), [part.strip() for part in text(event.location, 200).split(",")]
    country = country_code(place[-1])
    city = place[0][:120] if place[0] != place[-1] or not country else ""
    extra = {"said": said, "carrier_code": text(event.code, 60)}
    return ScanRecord(
        number, code, meaning_of(code) or Meaning("unknown"), at, f"{at.isoformat()}|{code}|{city}|{said}", carrier,
        city, country, extra={name: value for name, value in extra.items() if value},
    )  # fmt: skip


def _moment(event: Any, zone: ZoneInfo) -> datetime:
    """When it happened. Raises ValueError."""
    if event.timestamp:
        # karrio writes Z behind whatever the carrier's clock said.
        found = datetime.fromisoformat(str(event.timestamp)[:40].replace("Z", ""))
    else:
        wanted = "%Y-%m-%d %I:%M %p" if event.time else "%Y-%m-%d"
        found = datetime.strptime(f"{event.date} {event.time or ''}".strip(), wanted)
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def _ask(sdk: Any, credentials: Credentials, numbers: Sequence[str]) -> tuple[list[Any] | None, list[Any]]:
    models = import_module("karrio.core.models") if find_spec("karrio") else sdk
    settings = dict(fields_of(credentials.get("settings")))
    gateway = sdk.gateway[text(credentials["carrier"], 60)].create(settings)
    request = models.TrackingRequest(tracking_numbers=list(numbers))
    return sdk.Tracking.fetch(request).from_(gateway).parse()


def _raise_for(messages: Sequence[Any]) -> None:
    """Raises AdapterError when the messages are about the carrier or the account, not about numbers."""
    for one in messages:
        code, said = str(getattr(one, "code", "") or "").lower(), str(getattr(one, "message", "") or "")
        if code in {"401", "403"} or "unauthori" in said.lower() or "authentication" in said.lower():
            raise AdapterError("unauthorised", permanent=True, detail=said)
        if code == "429" or "too many requests" in said.lower():
            raise AdapterError("throttled", detail=said)
        if code in {"500", "502", "503", "504"} or any(word in said.lower() for word in AWAY):
            raise AdapterError("outage", detail=said)


def _internal(messages: Sequence[Any]) -> bool:
    return any(getattr(one, "code", "") == INTERNAL for one in messages)


def _plain(value: object) -> str:
    return "".join(character for character in str(value).upper() if character.isalnum())


def _load_sdk() -> Any:
    """The module karrio.sdk. Raises ImportError. It logs whole answers and requests otherwise, credentials in them."""
    sdk = import_module("karrio.sdk")
    import_module("loguru").logger.disable("karrio")
    return sdk
