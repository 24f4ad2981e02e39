"""Kept deliveries: applied once whatever dies meanwhile, together where possible, none at another's cost."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta

import orjson
import pytest

from portal.db.gathering import Together
from portal.db.outbox_models import Outbox
from portal.db.setup import connection
from portal.intake.service import record_order
from portal.merchants.queries import MerchantFacts
from portal.settings import Settings
from portal.tracking.events import ScansKept
from portal.tracking.inbox import (
    CLAIMED_FOR,
    GIVE_UP,
    OVERDUE,
    Kept,
    State,
    apply_waiting,
    keep_deliveries,
    ring_for_overdue,
)
from portal.tracking.models import ScanDelivery, TrackingEvent
from tests.factories.merchants import NOW
from tests.factories.records import order_record, parcel_record

NUMBER = "00340434161094042557"


@pytest.fixture(autouse=True)
async def parcel(merchant: MerchantFacts) -> None:
    await record_order(merchant.id, order_record(parcels=(parcel_record(tracking_number=NUMBER),)), NOW)


def kept(merchant: MerchantFacts, name: str, *, source: str = "demo", **facts: object) -> Kept:
    """A delivery of one scan."""
    at = (NOW - timedelta(hours=3)).isoformat()
    scan = {"tracking_number": NUMBER, "status": "in_transit", "occurred_at": at, "id": name, **facts}
    return Kept(merchant.id, source, orjson.dumps({"events": [scan]}), NOW)


async def events(merchant: MerchantFacts) -> int:
    return await TrackingEvent.filter(merchant_id=merchant.id).exclude(source="shop").count()


async def test_many_deliveries_are_applied_together_and_each_is_told_its_own(merchant: MerchantFacts) -> None:
    both = [kept(merchant, str(place), source=f"s{place % 2}") for place in range(40)]
    assert all(await keep_deliveries(both))
    assert not any(await keep_deliveries(both))
    assert await apply_waiting(merchant.id, NOW) == 40
    assert await ScanDelivery.filter(merchant_id=merchant.id, state="applied", taken=1).count() == 40


async def test_what_another_worker_has_claimed_is_left_to_it_until_it_must_have_died(merchant: MerchantFacts) -> None:
    await keep_deliveries([kept(merchant, "a")])
    claim = "UPDATE scan_deliveries SET claimed_until = clock_timestamp() + $2::interval WHERE merchant_id = $1"
    await connection().execute_query(claim, [merchant.id, CLAIMED_FOR])
    assert (await apply_waiting(merchant.id, NOW), await events(merchant)) == (0, 0)
    await connection().execute_query(claim, [merchant.id, timedelta(seconds=-1)])
    assert (await apply_waiting(merchant.id, NOW), await events(merchant)) == (1, 1)


async def test_two_workers_at_once_apply_each_delivery_once(merchant: MerchantFacts) -> None:
    await keep_deliveries([kept(merchant, str(place)) for place in range(30)])
    done = await asyncio.gather(*(apply_waiting(merchant.id, NOW) for _ in range(4)))
    assert sum(done) == 30
    assert await ScanDelivery.filter(merchant_id=merchant.id, taken=1).count() == 30


async def test_a_delivery_that_nobody_was_rung_for_is_found(merchant: MerchantFacts) -> None:
    await keep_deliveries([kept(merchant, "a")])
    await ring_for_overdue(NOW)
    assert await Outbox.filter(merchant_id=merchant.id, topic=ScansKept.topic).count() == 0
    await ring_for_overdue(NOW + OVERDUE + timedelta(seconds=1))
    assert await Outbox.filter(merchant_id=merchant.id, topic=ScansKept.topic).count() == 1


async def test_a_delivery_that_a_later_release_cannot_read_is_refused_alone(merchant: MerchantFacts) -> None:
    await keep_deliveries([kept(merchant, "a"), Kept(merchant.id, "demo", b"[]", NOW), kept(merchant, "b")])
    await apply_waiting(merchant.id, NOW)
    refused = await ScanDelivery.get(merchant_id=merchant.id, state=State.REFUSED)
    assert "expected" in refused.reason
    assert await events(merchant) == 2


async def test_one_delivery_that_cannot_be_stored_fails_alone(merchant: MerchantFacts) -> None:
    poison = kept(merchant, "poison", vocabulary="", code="A\x00B", tracking_number="\x00" + NUMBER + "\x00")
    await keep_deliveries([kept(merchant, "a"), poison, kept(merchant, "b")])
    await apply_waiting(merchant.id, NOW)
    assert await ScanDelivery.filter(merchant_id=merchant.id, state="waiting").count() == 0
    assert await events(merchant) >= 2


async def test_a_delivery_that_breaks_unforeseen_is_left_alone_and_refused_in_the_end(merchant: MerchantFacts) -> None:
    other = "00340434161094042564"
    broken = order_record(parcels=(parcel_record(tracking_number=other),))
    await record_order(merchant.id, broken, NOW)
    # What the code cannot read, whatever the reason: the page of one order.
    spoil = (
        "UPDATE order_pages SET content = jsonb_set(content, '{parcels}', '5') WHERE id IN "
        "(SELECT order_id FROM parcels WHERE merchant_id = $1 AND tracking_number = $2)"
    )
    await connection().execute_query(spoil, [merchant.id, other])
    await keep_deliveries([kept(merchant, "a"), kept(merchant, "sick", tracking_number=other), kept(merchant, "b")])
    assert (await apply_waiting(merchant.id, NOW), await events(merchant)) == (2, 2)
    left = await ScanDelivery.get(merchant_id=merchant.id, state=State.WAITING)
    assert left.claimed_until is not None
    later = NOW + GIVE_UP + timedelta(seconds=1)
    again = "UPDATE scan_deliveries SET claimed_until = NULL WHERE merchant_id = $1"
    await connection().execute_query(again, [merchant.id])
    assert await apply_waiting(merchant.id, later) == 1
    assert "TypeError" in (await ScanDelivery.get(merchant_id=merchant.id, state=State.REFUSED)).reason


async def test_nobody_is_rung_for_again_while_a_worker_is_owed(merchant: MerchantFacts) -> None:
    await keep_deliveries([kept(merchant, "a")])
    owed = Outbox.filter(merchant_id=merchant.id, topic=ScansKept.topic)
    for turn in range(1, 5):
        await ring_for_overdue(NOW + turn * (OVERDUE + timedelta(seconds=1)))
    assert await owed.count() == 1
    # One that was put off for long after failures is not waited for.
    put_off = "UPDATE outbox SET available_at = clock_timestamp() + interval '1 hour' WHERE merchant_id = $1"
    await connection().execute_query(put_off, [merchant.id])
    await ring_for_overdue(NOW + timedelta(hours=1))
    assert await owed.count() == 2


async def test_writes_that_come_at_once_share_calls_and_fail_alone() -> None:
    sizes: list[int] = []

    async def write(numbers: Sequence[int]) -> list[int]:
        sizes.append(len(numbers))
        await asyncio.sleep(0)
        if 13 in numbers:
            raise ValueError(numbers)
        return [2 * number for number in numbers]

    together = Together(write, most=8, lanes=1)
    found = await asyncio.gather(*(together.add(number) for number in range(20)), return_exceptions=True)
    assert [place for place, one in enumerate(found) if isinstance(one, ValueError)] == [13]
    assert [one for one in found if isinstance(one, int)] == [2 * number for number in range(20) if number != 13]
    assert max(sizes) == 8
    assert await together.add(50) == 100


async def test_an_operator_sees_what_was_refused(merchant: MerchantFacts, settings: Settings) -> None:
    await keep_deliveries([kept(merchant, "a"), kept(merchant, "b", status="teleported\x1b[2J")])
    await apply_waiting(merchant.id, NOW)
    listed = doorstep(settings, "list", "--merchant", merchant.slug, "--refused")
    assert listed.returncode == 0, listed.stderr
    assert "0 taken, 0 known, 0 without a parcel, 1 refused" in listed.stdout
    shown = doorstep(settings, "show", "--merchant", merchant.slug, listed.stdout.split()[0])
    refusal = json.loads(next(line for line in shown.stdout.splitlines() if line.startswith("refused: "))[9:])
    assert (refusal["index"], refusal["field"], "\x1b" in shown.stdout) == (0, "status", False)


def doorstep(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    own = {name: text for name, text in os.environ.items() if not name.startswith(("DOORSTEP_", "DATABASE_", "REDIS_"))}
    shell = {
        **own, "DATABASE_URL": str(settings.database_url), "REDIS_URL": str(settings.redis_url),
        "DOORSTEP_ENV": "development", "DOORSTEP_SECRET_KEY": settings.secret_key,
    }  # fmt: skip
    command = [sys.executable, "-m", "portal.cli", "tracking", "deliveries", *arguments]
    return subprocess.run(command, env=shell, capture_output=True, text=True, check=False)
