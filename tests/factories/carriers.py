"""Carriers' twins with an account of a merchant, and one round of asking them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
from starlette.applications import Starlette

from portal.db.outbox import Claim
from portal.db.setup import connection
from portal.intake.service import record_order
from portal.integrations.dhl import twin as dhl
from portal.integrations.ups import twin as ups
from portal.kernel.ids import new_id
from portal.orders.models import Order
from portal.tracking.accounts import add_account
from portal.tracking.events import ChecksDue
from portal.tracking.models import CarrierAccount, Parcel
from portal.tracking.polling import enrol_parcels, publish_due
from portal.tracking.polling_answers import check_parcels
from portal.tracking.queries import find_page
from tests.factories.merchants import NOW
from tests.factories.records import order_record, parcel_record

TWIN = "http://127.0.0.1:1"
NO_PACE = timedelta(0)


async def open_dhl(merchant_id: UUID, name: str = "dhl", **limits: Any) -> dhl.Depot:
    """DHL's twin, and an account with it that may be asked without a pause."""
    depot = dhl.Depot(f"key-{new_id().hex}", slow=0.05)
    credentials = {"api_key": depot.api_key, "api_url": TWIN}
    await add_account(merchant_id, name, credentials, NOW, **{"pace": NO_PACE, "daily": 100_000, **limits})
    return depot


async def open_ups(merchant_id: UUID, **limits: Any) -> ups.Hub:
    """UPS's twin, and an account with it."""
    hub = ups.Hub(f"client-{new_id().hex}", "secret-1", slow=0.05)
    credentials = {"client_id": hub.client_id, "client_secret": hub.client_secret, "api_url": TWIN}
    await add_account(merchant_id, "ups", credentials, NOW, **{"pace": NO_PACE, **limits})
    return hub


async def make_parcel(merchant_id: UUID, number: str, carrier: str = "DHL", **facts: Any) -> Parcel:
    """A parcel of an order of its own, handed over two days ago."""
    record = order_record(parcels=(parcel_record(tracking_number=number, carrier=carrier, **facts),))
    await record_order(merchant_id, record, NOW)
    order = await Order.get(merchant_id=merchant_id, source_id=record.source_id)
    return await Parcel.get(merchant_id=merchant_id, order_id=order.id)


async def page_of(parcel: Parcel) -> dict[str, Any]:
    """The parcel as its order's page has it."""
    page = await find_page(parcel.merchant_id, parcel.order_id)
    assert page is not None
    return next(one for one in page.content["parcels"] if one["id"] == str(parcel.id))


async def parcel_now(parcel: Parcel) -> Parcel:
    """What has become of it."""
    return await Parcel.get(merchant_id=parcel.merchant_id, id=parcel.id)


async def make_due(merchant_id: UUID, now: datetime = NOW) -> None:
    """Let every parcel that is asked about at all be due."""
    await enrol_parcels(now)
    due = Parcel.filter(merchant_id=merchant_id, next_check_at__not_isnull=True)
    await due.update(next_check_at=now - timedelta(seconds=1))


async def owed(merchant_id: UUID) -> list[Claim]:
    """The questions that were owed and not yet taken, oldest first; taking them here."""
    rows = await connection().execute_query_dict(
        "UPDATE outbox SET state = 'done', ended_at = now() WHERE merchant_id = $1 AND topic = $2 "
        "AND state = 'pending' RETURNING id, payload, created_at",
        [merchant_id, ChecksDue.topic],
    )
    rows.sort(key=lambda row: row["created_at"])
    return [Claim(row["id"], merchant_id, ChecksDue.topic, _loaded(row["payload"]), 1, 1) for row in rows]


async def ask(merchant_id: UUID, app: Starlette, now: datetime = NOW) -> dict[str, int]:
    """One turn of the schedule, and what the worker then does with the merchant's questions."""
    await publish_due(now)
    said: dict[str, int] = {}
    for claim in await owed(merchant_id):
        found = await answer(claim, app, now)
        said = {word: said.get(word, 0) + found.get(word, 0) for word in {*said, *found}}
    return said


async def answer(claim: Claim, app: Starlette, now: datetime = NOW, patience: float = 5.0) -> dict[str, int]:
    """What the worker does with one question, over the twin."""
    async with client_of(app) as client:
        return await check_parcels(
            claim.merchant_id,
            UUID(claim.payload["account_id"]),
            [UUID(one) for one in claim.payload["parcel_ids"]],
            datetime.fromisoformat(claim.payload["asked_at"]).astimezone(UTC),
            client,
            now,
            patience,
        )


@asynccontextmanager
async def client_of(app: Starlette) -> AsyncIterator[httpx2.AsyncClient]:
    """A client whose every call goes to the twin."""
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), timeout=5) as client:
        yield client


async def account_of(merchant_id: UUID, name: str = "dhl") -> CarrierAccount:
    """An account as it stands."""
    return await CarrierAccount.get(merchant_id=merchant_id, name=name)


def _loaded(payload: Any) -> dict[str, Any]:
    import orjson

    return orjson.loads(payload) if isinstance(payload, str) else payload
