"""karrio as a way to more carriers. karrio itself is no part of the tests' environment: a stand-in has the shape that
its release 2026.1.32 showed when it was tried (details or None, and messages).
"""

import threading
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest

from portal.integrations.carriers import UNKNOWN, UNREADABLE
from portal.integrations.karrio.tracking import EXTRA, KarrioTracking, adapter
from portal.integrations.ports import AdapterError
from tests.factories.merchants import NOW

CREDENTIALS = {"carrier": "fedex", "settings": {"api_key": "a", "secret_key": "b"}, "time_zone": "Europe/Berlin"}
NUMBERS = ["986578788855", "986578788866"]


def event(**facts: Any) -> SimpleNamespace:
    values: dict[str, Any] = {
        "date": "2026-11-19", "time": "07:13 AM", "timestamp": "2026-11-19T07:13:00.000Z", "code": "OD",
        "description": "On FedEx vehicle for delivery", "location": "Wayne, NJ, 07470, US",
        "status": "out_for_delivery", "reason": None, **facts,
    }  # fmt: skip
    return SimpleNamespace(**values)


def details(number: str, *events: SimpleNamespace, signed_by: str = "") -> SimpleNamespace:
    info = SimpleNamespace(signed_by=signed_by)
    return SimpleNamespace(
        tracking_number=number, carrier_name="fedex", events=list(events), info=info, estimated_delivery="2026-11-19"
    )


def message(code: str, said: str) -> SimpleNamespace:
    return SimpleNamespace(code=code, message=said)


class Sdk:
    """As much of karrio.sdk as is used."""

    def __init__(self, found: list[Any] | None, *messages: Any, wait: threading.Event | None = None) -> None:
        self.gateway = {"fedex": self}
        self.Tracking = self
        self.answer, self.wait = (found, list(messages)), wait
        self.settings: dict[str, Any] = {}
        self.numbers: list[str] = []

    def create(self, settings: dict[str, Any]) -> "Sdk":
        self.settings = settings
        return self

    def TrackingRequest(self, tracking_numbers: list[str]) -> list[str]:  # noqa: N802  # karrio's name
        self.numbers = tracking_numbers
        return tracking_numbers

    def fetch(self, request: list[str]) -> "Sdk":
        return self

    def from_(self, gateway: "Sdk") -> "Sdk":
        return self

    def parse(self) -> Any:
        if self.wait:
            self.wait.wait()
        return self.answer


async def ask(sdk: Sdk, seconds: float = 5.0) -> Any:
    async with httpx2.AsyncClient() as client:
        return await KarrioTracking(lambda: sdk, seconds).track(client, CREDENTIALS, NUMBERS, NOW)


async def test_details_become_scans_by_the_carriers_clock() -> None:
    sdk = Sdk([details(NUMBERS[0], event(), event(timestamp=None, status="in_transit", reason="weather_delay"))])
    first, second = await ask(sdk)
    assert [(scan.meaning.status, scan.meaning.reason) for scan in first.scans] == [
        ("out_for_delivery", None),
        ("in_transit", "weather_delay"),
    ]
    assert {scan.occurred_at for scan in first.scans} == {datetime(2026, 11, 19, 6, 13, tzinfo=UTC)}
    assert (first.scans[0].city, first.scans[0].country, str(first.expected)) == ("Wayne", "US", "2026-11-19")
    assert (second.problem, sdk.numbers, sdk.settings) == (UNKNOWN, NUMBERS, CREDENTIALS["settings"])


async def test_a_delivery_says_who_signed() -> None:
    sdk = Sdk([details(NUMBERS[0], event(status="delivered", code="DL"), signed_by="WEBER")])
    assert (await ask(sdk))[0].scans[0].extra["signed_by"] == "WEBER"


async def test_events_that_cannot_be_read_do_not_take_the_others_with_them() -> None:
    odd = [event(timestamp="soon"), event(timestamp=None, date=None), event(status=None, code="ZZ", location=None)]
    found = (await ask(Sdk([details(NUMBERS[0], event(), *odd)])))[0]
    assert (len(found.scans), found.bad) == (2, 2)
    assert {scan.code for scan in found.scans} == {"out_for_delivery", "ZZ"}


@pytest.mark.parametrize(
    ("code", "said", "wanted"),
    [
        ("SHIPPING_SDK_INTERNAL_ERROR", "<urlopen error [Errno -2] Name or service not known>", "outage"),
        ("401", "Invalid credentials", "unauthorised"),
        ("NOT.AUTHORIZED", "Authentication failed", "unauthorised"),
        ("429", "Too Many Requests", "throttled"),
        ("503", "Service Unavailable", "outage"),
    ],
)
async def test_trouble_with_the_carrier_is_told_from_trouble_with_a_number(code: str, said: str, wanted: str) -> None:
    with pytest.raises(AdapterError) as caught:
        await ask(Sdk(None, message(code, said)))
    assert caught.value.code == wanted


async def test_a_number_that_breaks_karrio_is_unreadable_and_one_it_does_not_know_unknown() -> None:
    broken = message("SHIPPING_SDK_INTERNAL_ERROR", "string indices must be integers")
    assert {one.problem for one in await ask(Sdk(None, broken))} == {UNREADABLE}
    assert {one.problem for one in await ask(Sdk([], message("TV1002", "Invalid inquiry number")))} == {UNKNOWN}


async def test_what_hangs_is_left_behind_and_only_so_often() -> None:
    release = threading.Event()
    karrio = KarrioTracking(lambda: Sdk([], wait=release), seconds=0.02)
    said = []
    async with httpx2.AsyncClient() as client:
        for _ in range(5):
            with pytest.raises(AdapterError) as caught:
                await karrio.track(client, CREDENTIALS, NUMBERS, NOW)
            said.append(caught.value.detail)
    release.set()
    assert said[3] == "no answer in 0 seconds"
    assert said[4] == "4 earlier calls have not come back"


async def test_a_carrier_that_karrio_does_not_have_is_the_operators_to_mend() -> None:
    sdk = Sdk([])
    sdk.gateway = {}
    with pytest.raises(AdapterError) as caught:
        await ask(sdk)
    assert caught.value.code == "refused"


def not_there() -> Any:
    raise ImportError("No module named 'karrio'")


@pytest.mark.parametrize(
    ("credentials", "lacks"),
    [
        (CREDENTIALS, ""),
        ({}, '"carrier" is missing'),
        ({"carrier": "fedex"}, '"settings" is missing'),
        ({**CREDENTIALS, "time_zone": "Mars/Olympus"}, '"time_zone" is none, such as Europe/Berlin'),
    ],
)
def test_credentials_are_looked_at_before_they_are_used(credentials: dict[str, Any], lacks: str) -> None:
    assert KarrioTracking(lambda: None).missing(credentials) == lacks


def test_without_the_extra_it_says_what_to_install() -> None:
    assert KarrioTracking(not_there).missing(CREDENTIALS) == EXTRA
    assert adapter().limits.numbers_per_call == 5
