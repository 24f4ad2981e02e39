"""Deliveries at once share a transaction, and nobody pays for another's fault."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from portal.intake.service import record_order
from portal.merchants.queries import MerchantFacts
from portal.tracking.gathering import gather_scans
from portal.tracking.heard import Heard
from portal.tracking.models import TrackingEvent
from portal.tracking.rules import ParcelStatus
from portal.tracking.service import HeardScan
from tests.factories.merchants import NOW
from tests.factories.records import order_record, parcel_record

NUMBER = "00340434161094042557"


def scan(event_id: str, **facts: Any) -> HeardScan:
    return HeardScan(NUMBER, ParcelStatus.IN_TRANSIT, NOW - timedelta(hours=3), event_id=event_id, **facts)


@pytest.fixture(autouse=True)
async def parcel(merchant: MerchantFacts) -> None:
    await record_order(merchant.id, order_record(parcels=(parcel_record(tracking_number=NUMBER),)), NOW)


async def test_each_delivery_is_told_what_became_of_its_own_scans(merchant: MerchantFacts) -> None:
    stranger = HeardScan("NOBODYS1", ParcelStatus.DELIVERED, NOW)
    deliveries = [[scan(str(place)), scan("same"), stranger] for place in range(20)]
    found = await asyncio.gather(*(gather_scans(merchant.id, "demo", one, NOW) for one in deliveries))
    assert sum(heard.taken for heard in found) == 21
    assert {(heard.taken + heard.known, heard.strangers) for heard in found} == {(2, 1)}


async def test_one_delivery_that_cannot_be_stored_fails_alone(merchant: MerchantFacts) -> None:
    deliveries = [[scan(str(place), city="\x00" if place == 3 else "Leipzig")] for place in range(6)]
    found = await asyncio.gather(
        *(gather_scans(merchant.id, "demo", one, NOW) for one in deliveries), return_exceptions=True
    )
    assert [place for place, heard in enumerate(found) if isinstance(heard, Exception)] == [3]
    assert await TrackingEvent.filter(merchant_id=merchant.id, source="demo").count() == 5


async def test_a_door_is_quiet_again_after_its_deliveries(merchant: MerchantFacts) -> None:
    first = await gather_scans(merchant.id, "demo", [scan("a")], NOW)
    second = await gather_scans(merchant.id, "demo", [scan("a")], NOW)
    nothing = await gather_scans(merchant.id, "demo", [], NOW)
    assert (first, second, nothing) == (Heard(1, 0, 0), Heard(0, 1, 0), Heard(0, 0, 0))
