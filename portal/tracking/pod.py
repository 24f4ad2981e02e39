"""Proof of delivery: who signed, and the carrier's picture, fetched once by a worker and kept by us.

Only whoever has proven the order sees any of it. The address comes with a scan (`pod_url` beside what it said).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import httpx2
import structlog

from portal.db.outbox import publish
from portal.db.setup import connection, transaction
from portal.integrations.pictures import Resolve, fetch_picture, resolve
from portal.kernel.refusal import Refusal
from portal.orders.rules import NEVER_AGAIN
from portal.storage.objects import ObjectStore, key_for
from portal.tracking.events import PictureWanted
from portal.tracking.models import DeliveryProof, Parcel

log = structlog.get_logger()
LOOKED_BACK = timedelta(days=7)
AT_ONCE = 100
JPEG = "image/jpeg"

# One row for each parcel, whatever else is said of it later: a worker that dies leaves its effect in the outbox.
WANTED = """
INSERT INTO delivery_proofs (id, merchant_id, parcel_id, url, state, why, storage_key, wanted_at)
SELECT gen_random_uuid(), e.merchant_id, e.parcel_id, e.extra ->> 'pod_url', 'wanted', '', '', $2
FROM tracking_events e
WHERE (e.extra ->> 'pod_url') IS NOT NULL AND e.received_at > $1 AND e.status = 'delivered'
    AND NOT EXISTS (SELECT FROM delivery_proofs d WHERE d.parcel_id = e.parcel_id)
    AND NOT EXISTS (
        SELECT FROM parcels p JOIN orders o ON o.id = p.order_id AND o.merchant_id = p.merchant_id
        WHERE p.id = e.parcel_id AND p.merchant_id = e.merchant_id AND o.source_updated_at >= $4
    )
ORDER BY e.received_at LIMIT $3
ON CONFLICT (parcel_id) DO NOTHING
RETURNING merchant_id, parcel_id
"""
HANDED = """
SELECT DISTINCT ON (p.id) p.id, p.delivered_at, d.state, e.extra ->> 'signed_by' AS signed_by,
    e.extra ->> 'pod_kind' AS kind
FROM parcels p
    LEFT JOIN tracking_events e ON e.parcel_id = p.id AND e.merchant_id = p.merchant_id AND e.status = 'delivered'
    LEFT JOIN delivery_proofs d ON d.parcel_id = p.id AND d.merchant_id = p.merchant_id
WHERE p.merchant_id = $1 AND p.order_id = $2 AND p.status = 'delivered'
ORDER BY p.id, (e.extra ->> 'signed_by') IS NULL, e.occurred_at DESC
"""
TOUCH = """
UPDATE order_pages o SET version = version + 1 FROM parcels p
WHERE p.merchant_id = $1 AND p.id = $2 AND o.id = p.order_id AND o.merchant_id = p.merchant_id
"""


@dataclass(frozen=True, slots=True)
class Handed:
    """How a parcel was handed over: the moment, who signed ("" when nobody said), and whether there is a picture."""

    at: datetime | None
    signed_by: str
    pictured: bool
    kind: str


async def publish_wanted(now: datetime) -> int:
    """Owe the fetching of pictures that scans of the last days have named. Returns how many."""
    async with transaction():
        rows = await connection().execute_query_dict(WANTED, [now - LOOKED_BACK, now, AT_ONCE, NEVER_AGAIN])
        for row in rows:
            wanted = PictureWanted(row["parcel_id"])
            await publish(wanted, merchant_id=row["merchant_id"], dedupe_key=str(row["parcel_id"]), now=now)
    return len(rows)


async def keep_picture(
    merchant_id: UUID,
    parcel_id: UUID,
    client: httpx2.AsyncClient,
    store: ObjectStore,
    now: datetime,
    resolver: Resolve = resolve,
) -> None:
    """Fetch a parcel's picture and keep it. Raises AdapterError and StorageError: try again later."""
    row = await DeliveryProof.get_or_none(merchant_id=merchant_id, parcel_id=parcel_id)
    if row is None or row.state != "wanted":
        return
    try:
        picture = await fetch_picture(client, row.url, resolver)
    except Refusal as refusal:
        log.info("picture of a delivery refused", parcel=str(parcel_id), why=refusal.code)
        await _end(merchant_id, row.id, now, state="refused", why=refusal.code)
        return
    # Whoever comes second writes the same object again.
    key = _key(row)
    await store.put(key, picture, JPEG)
    async with transaction():
        if await _end(merchant_id, row.id, now, state="ready", storage_key=key):
            await connection().execute_query(TOUCH, [merchant_id, parcel_id])
            return
    # Somebody ended it meanwhile: with the same picture, or because the person is to be forgotten.
    if not await DeliveryProof.exists(merchant_id=merchant_id, id=row.id, state="ready"):
        await store.delete(key)


async def list_handed(merchant_id: UUID, order_id: UUID) -> dict[str, Handed]:
    """How the order's delivered parcels were handed over, by the parcel's id. For proven eyes only."""
    rows = await connection().execute_query_dict(HANDED, [merchant_id, order_id])
    return {
        str(row["id"]): Handed(
            row["delivered_at"], row["signed_by"] or "", row["state"] == "ready", row["kind"] or "photo"
        )
        for row in rows
    }


async def read_picture(merchant_id: UUID, order_id: UUID, parcel_id: UUID, store: ObjectStore) -> bytes | None:
    """The picture of a parcel of this order. For proven eyes only."""
    rows = await connection().execute_query_dict(
        "SELECT d.storage_key FROM delivery_proofs d JOIN parcels p ON p.id = d.parcel_id "
        "WHERE d.merchant_id = $1 AND d.parcel_id = $2 AND p.order_id = $3 AND d.state = 'ready'",
        [merchant_id, parcel_id, order_id],
    )
    return await store.get(rows[0]["storage_key"]) if rows else None


async def forget_pictures(merchant_id: UUID, order_id: UUID, store: ObjectStore, now: datetime) -> None:
    """Forget what the pictures of an order's parcels showed. Can be done again."""
    parcels = await Parcel.filter(merchant_id=merchant_id, order_id=order_id).values_list("id", flat=True)
    proofs = DeliveryProof.filter(merchant_id=merchant_id, parcel_id__in=list(parcels))
    # Before the objects go: whoever is fetching one now finds out, and takes away what it has written.
    await proofs.update(state="refused", why="forgotten", url="", ended_at=now)
    for row in await proofs:
        await store.delete(_key(row))
    await proofs.update(storage_key="")


def _key(row: DeliveryProof) -> str:
    return key_for(row.merchant_id, row.wanted_at.date(), "deliveries", f"{row.parcel_id}.jpg")


async def _end(merchant_id: UUID, proof_id: UUID, now: datetime, **facts: str) -> bool:
    """End what is still wanted; False when somebody has ended it already."""
    wanted = DeliveryProof.filter(merchant_id=merchant_id, id=proof_id, state="wanted")
    return bool(await wanted.update(ended_at=now, **facts))
