"""Reads of the tracking room."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from portal.db.setup import connection
from portal.tracking.models import TrackingSource


@dataclass(frozen=True, slots=True)
class PageRow:
    """An order's page as stored: its facts and how often they changed."""

    order_id: UUID
    version: int
    content: dict[str, Any]


async def find_page(merchant_id: UUID, order_id: UUID) -> PageRow | None:
    """The page of this merchant's order: one row."""
    return await _page(
        "SELECT version, content FROM order_pages WHERE id = $1 AND merchant_id = $2",
        merchant_id,
        order_id,
    )


async def lock_page(merchant_id: UUID, order_id: UUID) -> PageRow | None:
    """The same, held until the caller's transaction ends: changes to one order take turns here."""
    return await _page(
        "SELECT version, content FROM order_pages WHERE id = $1 AND merchant_id = $2 FOR UPDATE",
        merchant_id,
        order_id,
    )


async def find_page_version(merchant_id: UUID, order_id: UUID) -> int | None:
    """How often the page has changed, without reading it."""
    rows = await connection().execute_query_dict(
        "SELECT version FROM order_pages WHERE id = $1 AND merchant_id = $2",
        [order_id, merchant_id],
    )
    return int(rows[0]["version"]) if rows else None


async def find_source_secret(merchant_id: UUID, name: str) -> str | None:
    """The secret of a source of tracking events."""
    row = await TrackingSource.get_or_none(merchant_id=merchant_id, name=name)
    return row.secret if row else None


async def _page(sql: str, merchant_id: UUID, order_id: UUID) -> PageRow | None:
    rows = await connection().execute_query_dict(sql, [order_id, merchant_id])
    if not rows:
        return None
    content = rows[0]["content"]
    return PageRow(
        order_id,
        int(rows[0]["version"]),
        orjson.loads(content) if isinstance(content, str) else content,
    )
