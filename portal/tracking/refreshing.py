"""Writing orders' page rows anew from all that is stored of them, many orders at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import orjson

from portal.db.setup import connection
from portal.orders.images import list_image_urls
from portal.orders.rules import NEVER_AGAIN
from portal.tracking.content import build_content
from portal.tracking.histories import list_histories

JSON_COLUMNS = frozenset(
    {"customer", "shipping_address", "charges", "tenders", "tags", "discounts", "taxes", "properties", "carrier_window"}
)
PARTS = {
    "orders": "SELECT * FROM orders WHERE merchant_id = $1 AND id = ANY($2::uuid[])",
    "lines": "SELECT * FROM order_lines WHERE merchant_id = $1 AND order_id = ANY($2::uuid[]) ORDER BY position",
    "parcels": "SELECT * FROM parcels WHERE merchant_id = $1 AND order_id = ANY($2::uuid[]) ORDER BY position",
    "inside": "SELECT i.*, p.order_id FROM parcel_lines i JOIN parcels p ON p.id = i.parcel_id "
    "WHERE i.merchant_id = $1 AND p.order_id = ANY($2::uuid[])",
}
WRITE = """
INSERT INTO order_pages (id, merchant_id, version, content)
SELECT id, $1, 1, content::jsonb || '{"returns": []}' FROM unnest($2::uuid[], $3::text[]) AS t (id, content) ORDER BY id
ON CONFLICT (id) DO UPDATE SET version = order_pages.version + 1,
    content = order_pages.content || (EXCLUDED.content - 'returns')
"""


class Facts:
    """A stored row by its columns' names, without the cost of a model."""

    __slots__ = ("_row",)

    def __init__(self, row: Any) -> None:
        self._row = row

    def __getattr__(self, name: str) -> Any:
        value = self._row[name]
        return orjson.loads(value) if name in JSON_COLUMNS and isinstance(value, str) else value


async def refresh_pages(merchant_id: UUID, order_ids: Sequence[UUID]) -> None:
    """Write the orders' page rows anew, inside the caller's transaction; what the rooms above wrote stays."""
    # Held before anything is read: what another changes meanwhile must not be overwritten by what was read before it.
    await hold_pages(merchant_id, order_ids)
    found = {name: await _by_order(merchant_id, sql, order_ids) for name, sql in PARTS.items()}
    histories = await list_histories(merchant_id, [row.id for rows in found["parcels"].values() for row in rows])
    lines = [row for rows in found["lines"].values() for row in rows]
    images = await list_image_urls(merchant_id, sorted({line.sku for line in lines if line.sku}))
    pages = {}
    for order_id in order_ids:
        parcels = found["parcels"][order_id]
        content = build_content(
            found["orders"][order_id][0],
            found["lines"][order_id],
            [parcel for parcel in parcels if not parcel.cancelled],
            found["inside"][order_id],
            [event for parcel in parcels for event in histories[parcel.id].shown()],
            images,
        )
        if found["orders"][order_id][0].source_updated_at >= NEVER_AGAIN:
            # Here, where `applying` reads it anyway: what a carrier tells of the person from now on is not kept.
            content["order"]["forgotten"] = True
        pages[order_id] = orjson.dumps(content).decode()
    await connection().execute_query(WRITE, [merchant_id, list(pages), list(pages.values())])


async def hold_pages(merchant_id: UUID, order_ids: Iterable[UUID]) -> None:
    """Whoever changes the parcels of orders holds their pages first (see `applying`)."""
    await connection().execute_query(
        "SELECT 1 FROM order_pages WHERE merchant_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR UPDATE",
        [merchant_id, list(order_ids)],
    )


async def _by_order(merchant_id: UUID, sql: str, order_ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
    _, rows = await connection().execute_query(sql, [merchant_id, list(order_ids)])
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row["order_id"] if "order_id" in row else row["id"]].append(Facts(row))
    return found
