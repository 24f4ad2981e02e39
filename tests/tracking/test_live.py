"""An open order page hears of changes: nothing is lost, nothing outlives the right to see it, nobody waits in vain."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from starlette.applications import Starlette

from portal.db.setup import connection
from portal.intake.service import record_order
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.settings import Settings
from portal.tracking import live
from portal.tracking.live import Hub, Seat, Stream, newest_versions, watch
from portal.tracking.queries import find_page
from portal.tracking.rules import ParcelStatus
from portal.tracking.service import HeardScan, record_scans
from portal.web.sessions import open_session
from tests.factories.merchants import NOW
from tests.factories.records import order_record, parcel_record

NUMBER = "00340434161094042557"


class Listener:
    """A browser with an open stream, on the application without a network."""

    def __init__(self, app: Starlette, merchant: MerchantFacts, order: Order, token: str, **headers: str) -> None:
        self.said: asyncio.Queue[str] = asyncio.Queue()
        self.away = asyncio.Event()
        self.headers: dict[str, str] = {}
        self.status = 0
        named = {"host": f"{merchant.slug}.localhost", "cookie": f"doorstep={token}", "accept": "text/event-stream"}
        self._scope = {
            "type": "http",
            "method": "GET",
            "path": f"/orders/{order.id}/live",
            "query_string": b"version=0",
            "headers": [(name.encode(), value.encode()) for name, value in {**named, **headers}.items()],
            "client": ("127.0.0.1", 4000),
            "server": ("127.0.0.1", 8000),
            "scheme": "http",
            "http_version": "1.1",
            "root_path": "",
        }
        self.task = asyncio.create_task(app(self._scope, self._receive, self._send))

    async def version(self) -> int:
        """The next number that is told."""
        while True:
            for line in (await asyncio.wait_for(self.said.get(), 10)).splitlines():
                if line.startswith("data: "):
                    return int(line.removeprefix("data: "))

    async def _receive(self) -> dict[str, Any]:
        if "asked" not in self._scope:
            self._scope["asked"] = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.away.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        elif message.get("body"):
            self.said.put_nowait(message["body"].decode())


@pytest.fixture
async def order(merchant: MerchantFacts) -> Order:
    record = order_record(parcels=(parcel_record(tracking_number=NUMBER),))
    await record_order(merchant.id, record, NOW)
    return await Order.get(merchant_id=merchant.id, source_id=record.source_id)


@pytest.fixture
async def token(merchant: MerchantFacts, order: Order) -> str:
    return await open_session(merchant.id, None, order.id, order.number, NOW)


@pytest.fixture
async def hub(settings: Settings, app: Starlette) -> AsyncIterator[Hub]:
    """The application's hub, new for this test."""
    app.state.live = Hub(str(settings.database_url), lambda: NOW)
    yield app.state.live
    await app.state.live.stop()


@contextlib.asynccontextmanager
async def listening(app: Starlette, *facts: Any, **headers: str) -> AsyncIterator[Listener]:
    listener = Listener(app, *facts, **headers)
    yield listener
    listener.away.set()
    await asyncio.wait_for(listener.task, 10)


async def scanned(merchant: MerchantFacts, status: str, minutes: int = 0) -> None:
    scan = HeardScan(NUMBER, ParcelStatus(status), NOW - timedelta(hours=3) + timedelta(minutes=minutes))
    await record_scans(merchant.id, "demo", [scan], NOW)


async def version_of(merchant: MerchantFacts, order: Order) -> int:
    row = await find_page(merchant.id, order.id)
    assert row is not None
    return row.version


async def test_a_change_is_told_as_it_happens(
    app: Starlette, hub: Hub, merchant: MerchantFacts, order: Order, token: str
) -> None:
    async with listening(app, merchant, order, token) as listener:
        before = await listener.version()
        await scanned(merchant, "in_transit")
        after = await listener.version()
    assert (before, after) == (before, await version_of(merchant, order))
    assert after > before


async def test_an_answer_is_neither_kept_nor_compressed(
    app: Starlette, hub: Hub, merchant: MerchantFacts, order: Order, token: str
) -> None:
    async with listening(app, merchant, order, token, **{"accept-encoding": "gzip"}) as listener:
        await listener.version()
    assert listener.headers["content-type"].startswith("text/event-stream")
    assert "content-encoding" not in listener.headers
    assert listener.headers["cache-control"] == "no-store"


async def test_who_comes_back_is_told_what_went_by(
    app: Starlette, hub: Hub, merchant: MerchantFacts, order: Order, token: str
) -> None:
    async with listening(app, merchant, order, token) as listener:
        seen = await listener.version()
    await scanned(merchant, "in_transit")
    async with listening(app, merchant, order, token, **{"last-event-id": str(seen)}) as listener:
        assert await listener.version() == await version_of(merchant, order) > seen


async def test_a_stranger_gets_no_stream(
    app: Starlette, hub: Hub, merchant: MerchantFacts, order: Order, other_merchant: MerchantFacts
) -> None:
    foreign = await open_session(other_merchant.id, None, order.id, order.number, NOW)
    for stolen in ("", "x" * 43, foreign):
        async with listening(app, merchant, order, stolen) as listener:
            await listener.task
        assert listener.status == 204
    assert len(hub) == 0
    assert await connection().execute_query_dict("SELECT id FROM live_pages WHERE id = $1", [order.id]) == []


async def test_a_browser_that_goes_leaves_nothing_behind(
    app: Starlette, hub: Hub, merchant: MerchantFacts, order: Order, token: str
) -> None:
    async with listening(app, merchant, order, token) as listener:
        await listener.version()
        assert len(hub) == 1
    assert len(hub) == 0


async def test_one_session_has_only_so_many_streams(
    app: Starlette, hub: Hub, merchant: MerchantFacts, order: Order, token: str
) -> None:
    async with contextlib.AsyncExitStack() as many:
        for _ in range(live.MOST_OF_SESSION):
            await (await many.enter_async_context(listening(app, merchant, order, token))).version()
        async with listening(app, merchant, order, token) as one_more:
            await one_more.task
    assert one_more.status == 204


async def test_streams_end_with_the_process(
    app: Starlette, hub: Hub, merchant: MerchantFacts, order: Order, token: str
) -> None:
    async with listening(app, merchant, order, token) as listener:
        await listener.version()
        await hub.stop()
        await asyncio.wait_for(listener.task, 1)
    async with listening(app, merchant, order, token) as late:
        await late.task
    assert late.status == 204


async def test_a_stream_ends_when_its_session_does(merchant: MerchantFacts, order: Order, token: str) -> None:
    seats = [Seat.of(merchant.id, order.id, token), Seat.of(merchant.id, order.id, "revoked")]
    assert list(await newest_versions(seats, NOW)) == [0]
    assert await newest_versions(seats, NOW + timedelta(hours=13)) == {}


async def test_a_lost_connection_is_replaced_and_what_went_by_meanwhile_is_told(
    app: Starlette, hub: Hub, merchant: MerchantFacts, order: Order, token: str
) -> None:
    async with listening(app, merchant, order, token) as listener:
        before = await listener.version()
        await connection().execute_query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %doorstep_live%' "
            "AND datname = current_database()"
        )
        await scanned(merchant, "in_transit")
        after = await listener.version()
        while after == before:
            after = await listener.version()
        await scanned(merchant, "out_for_delivery", minutes=5)
        assert await listener.version() > after > before


async def test_nobody_is_told_of_an_order_that_nobody_watches(merchant: MerchantFacts, order: Order) -> None:
    rows = await connection().execute_query_dict("SELECT id FROM live_pages WHERE id = $1", [order.id])
    assert rows == []
    await watch([Stream(Seat.of(merchant.id, order.id, "token"), 0)])
    rows = await connection().execute_query_dict("SELECT merchant_id FROM live_pages WHERE id = $1", [order.id])
    assert [str(row["merchant_id"]) for row in rows] == [str(merchant.id)]


async def test_who_reads_slowly_gets_the_newest_alone(merchant: MerchantFacts, order: Order) -> None:
    stream = Stream(Seat.of(merchant.id, order.id, "token"), 1)
    for version in (2, 3, 5, 4):
        stream.tell(version)
    assert await stream.next() == 5
    stream.end()
    assert await stream.next() is None


async def test_an_open_stream_is_looked_at_again_and_ends_with_its_session(
    app: Starlette, hub: Hub, merchant: MerchantFacts, order: Order, token: str
) -> None:
    async with listening(app, merchant, order, token) as listener:
        await listener.version()
        await connection().execute_query("DELETE FROM shopper_sessions WHERE merchant_id = $1", [merchant.id])
        # The connection that hears is gone for a moment: then every stream is looked at again at once.
        await connection().execute_query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %doorstep_live%' "
            "AND datname = current_database()"
        )
        await asyncio.wait_for(listener.task, 10)
    assert len(hub) == 0
