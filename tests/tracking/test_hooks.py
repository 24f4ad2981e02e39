"""The carriers' door: signed, forgiving to repetition and disorder, deaf to forgeries."""

import asyncio
import json
import random
from datetime import timedelta, timezone
from typing import Any

import pytest
from httpx2 import Response
from starlette.applications import Starlette

from portal.intake.service import record_order
from portal.merchants.queries import MerchantFacts
from portal.tracking.hooks import sign
from portal.tracking.inbox import apply_waiting
from portal.tracking.models import Parcel, ScanDelivery, TrackingEvent
from portal.tracking.service import ensure_source
from tests.factories.browsers import open_browser
from tests.factories.merchants import NOW
from tests.factories.records import order_record, parcel_record
from tests.factories.scans import applied

NUMBER = "00340434161094042557"
STAMP = int(NOW.timestamp())


def scan(status: str, hours: float, **facts: Any) -> dict[str, Any]:
    at = (NOW - timedelta(days=2) + timedelta(hours=hours)).isoformat()
    return {"tracking_number": NUMBER, "status": status, "occurred_at": at, **facts}


async def deliver(
    app: Starlette, merchant: MerchantFacts, body: bytes, secret: str, stamp: int = STAMP, source: str = "demo"
) -> Response:
    signature = f"t={stamp},v1={sign(secret, stamp, body)}"
    client = open_browser(app, merchant).client
    answer = await client.post(f"/hooks/tracking/{source}", content=body, headers={"doorstep-signature": signature})
    await apply_waiting(merchant.id, NOW)
    return answer


@pytest.fixture
async def secret(merchant: MerchantFacts) -> str:
    parcel = parcel_record(tracking_number=NUMBER)
    await record_order(merchant.id, order_record(parcels=(parcel,)), NOW)
    return await ensure_source(merchant.id, "demo", NOW)


def packed(*scans: Any) -> bytes:
    return json.dumps({"events": scans}).encode()


async def test_a_scan_moves_the_parcel(app: Starlette, merchant: MerchantFacts, secret: str) -> None:
    answer = await deliver(app, merchant, packed(scan("in_transit", 5, city="Leipzig", country="DE")), secret)
    assert answer.json() == {"read": 1, "refused": []}
    assert (await Parcel.get(merchant_id=merchant.id)).status == "in_transit"


async def test_shuffled_tripled_and_late_scans_end_the_same(
    app: Starlette, merchant: MerchantFacts, secret: str
) -> None:
    stream = [scan("picked_up", 1), scan("in_transit", 9), scan("out_for_delivery", 30), scan("delivered", 34)] * 3
    random.Random(7).shuffle(stream)
    for one in stream:
        await deliver(app, merchant, packed(one), secret)
    parcel = await Parcel.get(merchant_id=merchant.id)
    assert (parcel.status, parcel.delivered_at) == ("delivered", NOW - timedelta(days=2) + timedelta(hours=34))
    assert await TrackingEvent.filter(merchant_id=merchant.id, source="demo").count() == 4


async def test_one_bad_scan_does_not_stop_the_others(app: Starlette, merchant: MerchantFacts, secret: str) -> None:
    body = packed(
        scan("in_transit", 3), scan("teleported", 4), scan("delivered", 24 * 30), "nonsense", scan("delayed", 5)
    )
    answer = (await deliver(app, merchant, body, secret)).json()
    assert answer["read"] == 2
    assert [(entry["index"], entry["field"]) for entry in answer["refused"]] == [
        (1, "status"),
        (2, "occurred_at"),
        (3, ""),
    ]


@pytest.mark.parametrize("change", ["body", "stamp", "secret", "source", "header"])
async def test_a_forged_delivery_changes_nothing(
    app: Starlette, merchant: MerchantFacts, secret: str, change: str
) -> None:
    body = packed(scan("delivered", 3))
    client = open_browser(app, merchant).client
    signature = {
        "body": f"t={STAMP},v1={sign(secret, STAMP, body + b' ')}",
        "stamp": f"t={STAMP - 301},v1={sign(secret, STAMP - 301, body)}",
        "secret": f"t={STAMP},v1={sign('guess', STAMP, body)}",
        "source": f"t={STAMP},v1={sign(secret, STAMP, body)}",
        "header": "v1=,,t=x;",
    }[change]
    path = "/hooks/tracking/other" if change == "source" else "/hooks/tracking/demo"
    answer = await client.post(path, content=body, headers={"doorstep-signature": signature})
    assert answer.status_code == 401
    assert (await Parcel.get(merchant_id=merchant.id)).status == "info_received"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"events": {}}', b"\xff\xfe", b'{"events":' + b"[" * 5000])
async def test_what_cannot_be_read_is_said(app: Starlette, merchant: MerchantFacts, secret: str, body: bytes) -> None:
    assert (await deliver(app, merchant, body, secret)).status_code == 400


async def test_the_same_number_at_another_merchant_stays_untouched(
    app: Starlette, merchant: MerchantFacts, other_merchant: MerchantFacts, secret: str
) -> None:
    await record_order(other_merchant.id, order_record(parcels=(parcel_record(tracking_number=NUMBER),)), NOW)
    await deliver(app, merchant, packed(scan("delivered", 3)), secret)
    assert (await Parcel.get(merchant_id=other_merchant.id)).status == "info_received"


async def test_a_number_that_is_nobodys_is_counted_and_not_kept(
    app: Starlette, merchant: MerchantFacts, secret: str
) -> None:
    body = packed({**scan("delivered", 3), "tracking_number": "UNKNOWN123"})
    await deliver(app, merchant, body, secret)
    assert await applied(merchant.id) == {"taken": 0, "known": 0, "strangers": 1}


@pytest.mark.parametrize(
    "poison",
    [{"country": "ßß"}, {"occurred_at": "0001-01-01T00:00:00+14:00"}, {"code": "A\x00B"}, {"city": "\ud800"}],
    ids=["country", "first-day", "nul", "half-a-character"],
)
async def test_one_scan_that_cannot_be_kept_does_not_fail_the_delivery(
    app: Starlette, merchant: MerchantFacts, secret: str, poison: dict[str, Any]
) -> None:
    answer = await deliver(app, merchant, packed({**scan("in_transit", 3), **poison}, scan("delivered", 9)), secret)
    assert answer.status_code in {200, 400}, "a carrier repeats what is answered 500 for ever"
    if answer.status_code == 200:
        assert (await Parcel.get(merchant_id=merchant.id)).status == "delivered"


async def test_the_same_scan_in_another_time_zones_words_is_the_same(
    app: Starlette, merchant: MerchantFacts, secret: str
) -> None:
    one = scan("in_transit", 3, city="Leipzig")
    there = (NOW - timedelta(days=2) + timedelta(hours=3)).astimezone(timezone(timedelta(hours=9))).isoformat()
    await deliver(app, merchant, packed(one), secret)
    await deliver(app, merchant, packed({**one, "occurred_at": there}), secret)
    assert await applied(merchant.id) == {"taken": 0, "known": 1, "strangers": 0}


async def test_what_comes_again_is_kept_once(app: Starlette, merchant: MerchantFacts, secret: str) -> None:
    body = packed(scan("in_transit", 5))
    answers = await asyncio.gather(*(deliver(app, merchant, body, secret) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert await ScanDelivery.filter(merchant_id=merchant.id).count() == 1


async def test_what_could_not_be_read_stays_readable(app: Starlette, merchant: MerchantFacts, secret: str) -> None:
    body = packed(scan("in_transit", 3), scan("teleported", 4))
    await deliver(app, merchant, body, secret)
    row = await ScanDelivery.get(merchant_id=merchant.id)
    assert (bytes(row.body), row.state, row.taken) == (body, "applied", 1)
    assert row.refused[0]["field"] == "status"


async def test_a_delivery_too_large_is_not_read(app: Starlette, merchant: MerchantFacts, secret: str) -> None:
    assert (await deliver(app, merchant, packed(scan("delayed", 5, note="x" * 300_000)), secret)).status_code == 413
    assert await ScanDelivery.filter(merchant_id=merchant.id).count() == 0


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_deliveries_are_posted(app: Starlette, merchant: MerchantFacts, method: str) -> None:
    answer = await open_browser(app, merchant).client.request(method, "/hooks/tracking/demo")
    assert answer.status_code == 405
