"""A question to a carrier, all the way: schedule, outbox, relay, queue, worker, the carrier's twin, the page."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from portal.db.outbox import Claim
from portal.integrations.dhl.twin import create_app, event
from portal.merchants.queries import MerchantFacts
from portal.settings import Settings
from portal.tracking.events import ChecksDue
from portal.tracking.models import Parcel
from tests.factories.carriers import client_of, make_parcel, open_dhl, page_of
from tests.workers.crew import running_relay, running_worker, until
from workers.main import HANDLERS, SCHEDULE
from workers.tracking import DUE, ENROL, ask_carrier


async def test_a_parcel_moves_because_its_carrier_was_asked(settings: Settings, merchant: MerchantFacts) -> None:
    now = datetime.now(UTC)
    depot = await open_dhl(merchant.id)
    parcel = await make_parcel(merchant.id, "00340434161094042557", shipped_at=now - timedelta(days=1))
    depot.put(parcel.tracking_number, event((now - timedelta(hours=1)).isoformat(), "transit", "Out for delivery"))

    async def moved() -> bool:
        return (await page_of(parcel))["status"] == "out_for_delivery"

    async with client_of(create_app(depot)) as client:
        tools: Any = SimpleNamespace(http=client)

        async def asks(claim: Claim, _: Any) -> None:
            await ask_carrier(claim, tools)

        async with running_relay(settings), running_worker(settings, {ChecksDue.topic: asks}):
            await ENROL.run(now, tools)
            await Parcel.filter(merchant_id=merchant.id, id=parcel.id).update(next_check_at=now)
            await DUE.run(now, tools)
            await until(moved)
    # The schedule is everybody's: other tests' parcels may be asked about too.
    assert depot.asked.count(parcel.tracking_number) >= 1
    kept = await Parcel.get(merchant_id=merchant.id, id=parcel.id)
    assert kept.checked_at


def test_a_worker_keeps_the_schedule_and_knows_the_topic() -> None:
    assert {ENROL, DUE} <= set(SCHEDULE)
    assert HANDLERS[ChecksDue.topic] is ask_carrier
