"""Reads of the tracking room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from tortoise.expressions import Q

from portal.db.setup import connection
from portal.kernel.ids import digest
from portal.orders.queries import find_person
from portal.tracking.models import ScanDelivery

DELIVERY_COLUMNS = ("id", "source", "state", "taken", "known", "strangers", "refused", "reason", "received_at",
                    "ended_at")  # fmt: skip
"""What lists tell of a delivery: everything but its body."""


@dataclass(frozen=True, slots=True)
class PageRow:
    """An order's page as stored: its facts and how often they changed.

    `proven`: this browser has shown that the order is its shopper's. Only then is there `person`: their {name, address}
    as the order has them (address: an AddressRecord as JSON, or null).
    """

    order_id: UUID
    version: int
    content: dict[str, Any]
    proven: bool = False
    person: dict[str, Any] | None = None


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


async def lock_pages_of_sources(merchant_id: UUID, orders: Sequence[tuple[str, str]]) -> None:
    """Hold the pages of orders that their shops name (source, id there), of those that have one yet."""
    await connection().execute_query(
        "SELECT p.id FROM unnest($2::varchar[], $3::varchar[]) AS named (source, source_id) "
        "JOIN orders o ON o.merchant_id = $1 AND o.source = named.source AND o.source_id = named.source_id "
        "JOIN order_pages p ON p.id = o.id ORDER BY p.id FOR UPDATE OF p",
        [merchant_id, [source for source, _ in orders], [source_id for _, source_id in orders]],
    )


async def list_deliveries(
    merchant_id: UUID, source: str = "", refused: bool = False, limit: int = 50
) -> list[ScanDelivery]:
    """The newest deliveries of scans, without their bodies; only those with entries that were no scans, if wanted."""
    found = ScanDelivery.filter(merchant_id=merchant_id)
    if source:
        found = found.filter(source=source)
    if refused:
        found = found.filter(Q(refused__isnull=False) | Q(state="refused"))
    return await found.order_by("-received_at", "-id").limit(limit).only(*DELIVERY_COLUMNS)


async def find_delivery(merchant_id: UUID, delivery_id: UUID) -> ScanDelivery | None:
    """One delivery with its body."""
    return await ScanDelivery.get_or_none(merchant_id=merchant_id, id=delivery_id)


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


async def find_visible_page(merchant_id: UUID, order_id: UUID, token: str, now: datetime) -> PageRow | None:
    """The page of an order that this session's lookups have found: session and page in one read."""
    return await _visible("p.content", merchant_id, order_id, token, now, -1)


async def find_changed_page(merchant_id: UUID, order_id: UUID, token: str, now: datetime, seen: int) -> PageRow | None:
    """The same; its content is empty while `seen` is still the newest version."""
    content = "CASE WHEN p.version = $5 THEN '{}'::jsonb ELSE p.content END AS content"
    return await _visible(content, merchant_id, order_id, token, now, seen)


async def _visible(
    shown: str, merchant_id: UUID, order_id: UUID, token: str, now: datetime, seen: int
) -> PageRow | None:
    rows = await connection().execute_query_dict(
        f"SELECT p.version, {shown}, $5::bigint AS seen, s.proven ->> $1::uuid::text AS until FROM shopper_sessions s "
        "JOIN order_pages p ON p.id = $1 AND p.merchant_id = s.merchant_id "
        "WHERE s.merchant_id = $2 AND s.token_hash = $3 AND s.expires_at > $4 AND s.order_ids ? $1::uuid::text",
        [order_id, merchant_id, digest(token), now, seen],
    )
    if not rows:
        return None
    version, facts = int(rows[0]["version"]), orjson.loads(rows[0]["content"])
    if int(rows[0]["until"] or 0) <= now.timestamp():
        return PageRow(order_id, version, facts)
    # A read of its own: within the statement above it cost every stub half as much again, though it never ran.
    person = await find_person(merchant_id, order_id) if facts else None
    name, address = person or ("", None)
    return PageRow(order_id, version, facts, proven=True, person={"name": name, "address": address})
