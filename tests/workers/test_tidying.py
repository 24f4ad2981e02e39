"""Tidying: what was kept long enough goes, what is young or waits stays."""

from datetime import timedelta
from typing import cast
from uuid import UUID

from portal.db.setup import connection
from portal.intake.inbox import prune_deliveries
from portal.intake.models import InboxMessage
from portal.kernel.ids import new_id
from portal.merchants.queries import MerchantFacts
from portal.tracking.inbox import KEPT_FOR, Kept, State, keep_deliveries
from portal.tracking.models import ScanDelivery, StrayScan
from portal.tracking.rules import ParcelStatus
from portal.tracking.service import HeardScan, record_scans
from portal.web.models import ShopperSession
from portal.web.sessions import LIFETIME, open_session
from tests.factories.merchants import NOW
from workers.tidying import tidy
from workers.workshop import Workshop

LATER = NOW + timedelta(days=40)
NOTHING = cast(Workshop, None)


async def delivered(merchant_id: UUID, state: State, days_ago: int) -> UUID:
    """A delivery of scans that has this state."""
    at = LATER - timedelta(days=days_ago)
    await keep_deliveries([Kept(merchant_id, "demo", f"{state}{days_ago}".encode(), at)])
    row = await ScanDelivery.filter(merchant_id=merchant_id).order_by("-id").first()
    assert row is not None
    ended = None if state is State.WAITING else at
    await ScanDelivery.filter(merchant_id=merchant_id, id=row.id).update(state=state, ended_at=ended)
    return row.id


async def test_old_deliveries_go_and_those_that_wait_stay(merchant: MerchantFacts) -> None:
    old = KEPT_FOR.days + 1
    await delivered(merchant.id, State.APPLIED, old)
    await delivered(merchant.id, State.REFUSED, old)
    kept = {await delivered(merchant.id, State.WAITING, old), await delivered(merchant.id, State.APPLIED, 1)}
    await tidy(LATER, NOTHING)
    assert set(await ScanDelivery.filter(merchant_id=merchant.id).values_list("id", flat=True)) == kept


async def test_strays_and_sessions_that_are_over_go(merchant: MerchantFacts) -> None:
    await record_scans(merchant.id, "demo", [HeardScan("NOBODYS1", ParcelStatus.DELIVERED, NOW)], NOW)
    await open_session(merchant.id, None, None, "FW-1", LATER - LIFETIME - timedelta(seconds=1))
    await tidy(LATER, NOTHING)
    assert await StrayScan.filter(merchant_id=merchant.id).count() == 0
    assert await ShopperSession.filter(merchant_id=merchant.id).count() == 0


async def test_pages_that_nobody_looks_at_any_longer_go(merchant: MerchantFacts) -> None:
    for until in ("now() - interval '1 second'", "now() + interval '5 minutes'"):
        await connection().execute_query(
            f"INSERT INTO live_pages (id, merchant_id, until) VALUES ($1, $2, {until})", [new_id(), merchant.id]
        )
    await tidy(LATER, NOTHING)
    rows = await connection().execute_query_dict(
        "SELECT until > now() AS open FROM live_pages WHERE merchant_id = $1", [merchant.id]
    )
    assert [row["open"] for row in rows] == [True]


async def test_a_shops_deliveries_go_in_bites(merchant: MerchantFacts) -> None:
    for number in range(3):
        await InboxMessage.create(
            id=new_id(), merchant_id=merchant.id, platform="shopify", shop="x", topic="t", event_id=str(number),
            event_key=bytes([number]), body=b"{}", state="noted", received_at=NOW, ended_at=NOW,
        )  # fmt: skip
    assert await prune_deliveries(merchant.id, LATER, most=2) == 2
    assert await prune_deliveries(merchant.id, LATER, most=2) == 1
