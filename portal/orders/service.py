"""Keeping a shop's order: the newest word wins, the same word twice changes nothing."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from portal.db.rows import insert_rows, update_rows
from portal.db.setup import connection
from portal.integrations.records import (
    ChargeRecord,
    DiscountShare,
    LineRecord,
    OrderRecord,
    TaxShare,
    TenderRecord,
)
from portal.kernel.ids import new_id
from portal.orders.rules import email_key, number_key, postal_key


@dataclass(frozen=True, slots=True)
class StoredOrder:
    """What became of a record: created, updated, unchanged or outdated. `lines` maps the shop's line ids to ours."""

    id: UUID
    outcome: str
    lines: dict[str, UUID]


async def store_orders(
    merchant_id: UUID, records: Sequence[tuple[OrderRecord, UUID | None]], now: datetime
) -> list[StoredOrder]:
    """Store records, each with the policy version of its day, inside the caller's transaction; no order twice. Says
    what became of each, in the order given. A policy version is pinned once, when the order is first seen.
    """
    await _take_turns(merchant_id, [record for record, _ in records])
    known = await _stored(merchant_id, [record for record, _ in records])
    found: list[StoredOrder] = []
    rows: dict[str, list[dict[str, Any]]] = {"created": [], "updated": []}
    lines: list[dict[str, Any]] = []
    line_ids = await _line_ids(merchant_id, [row["id"] for row in known.values()])
    for record, policy_version_id in records:
        mark = _fingerprint(record)
        row = known.get((record.source, record.source_id))
        outcome = _outcome(row, mark, record)
        order_id = row["id"] if row else new_id()
        stored = StoredOrder(order_id, outcome, {})
        found.append(stored)
        if outcome not in rows:
            continue
        facts = {"id": order_id, "merchant_id": merchant_id, **_columns(record), "fingerprint": mark, "updated_at": now}
        created = {"created_at": now} if row is None else {}
        rows[outcome].append({**facts, "policy_version_id": policy_version_id, **created})
        lines += _lines(merchant_id, stored, record, line_ids)
    await insert_rows("orders", rows["created"])
    await update_rows(
        merchant_id, "orders", rows["updated"], policy_version_id="coalesce(t.policy_version_id, n.policy_version_id)"
    )
    await _store_lines(merchant_id, [row["id"] for row in rows["updated"]], lines)
    return found


def _outcome(row: Any, mark: bytes, record: OrderRecord) -> str:
    if row is None:
        return "created"
    if row["fingerprint"] == mark:
        return "unchanged"
    return "outdated" if row["source_updated_at"] > record.updated_at else "updated"


def _fingerprint(record: OrderRecord) -> bytes:
    return hashlib.sha256(orjson.dumps(record, option=orjson.OPT_SORT_KEYS)).digest()


async def _take_turns(merchant_id: UUID, records: Sequence[OrderRecord]) -> None:
    """Two deliveries of one order wait for each other, also when the row is not there yet."""
    await connection().execute_query(
        "SELECT pg_advisory_xact_lock(key) FROM (SELECT DISTINCT hashtextextended(name, 0) AS key "
        "FROM unnest($1::text[]) AS name ORDER BY 1) AS orders",
        [[f"{merchant_id}/{record.source}/{record.source_id}" for record in records]],
    )


async def _stored(merchant_id: UUID, records: Sequence[OrderRecord]) -> dict[tuple[str, str], Any]:
    """What we have of these orders, by the shop's names of them."""
    _, rows = await connection().execute_query(
        "SELECT o.id, o.source, o.source_id, o.fingerprint, o.source_updated_at "
        "FROM unnest($2::varchar[], $3::varchar[]) AS named (source, source_id) "
        "JOIN orders o ON o.merchant_id = $1 AND o.source = named.source AND o.source_id = named.source_id",
        [merchant_id, [record.source for record in records], [record.source_id for record in records]],
    )
    return {(row["source"], row["source_id"]): row for row in rows}


async def _line_ids(merchant_id: UUID, order_ids: Sequence[UUID]) -> dict[tuple[UUID, str], UUID]:
    """Our ids of the lines of orders, by the shop's names of them."""
    if not order_ids:
        return {}
    _, rows = await connection().execute_query(
        "SELECT id, order_id, source_id FROM order_lines WHERE merchant_id = $1 AND order_id = ANY($2::uuid[])",
        [merchant_id, order_ids],
    )
    return {(row["order_id"], row["source_id"]): row["id"] for row in rows}


def _lines(
    merchant_id: UUID, stored: StoredOrder, record: OrderRecord, known: Mapping[tuple[UUID, str], UUID]
) -> Iterator[dict[str, Any]]:
    for position, line in enumerate(record.lines, start=1):
        line_id = known.get((stored.id, line.source_id)) or new_id()
        stored.lines[line.source_id] = line_id
        own = {"id": line_id, "merchant_id": merchant_id, "order_id": stored.id, "position": position}
        yield {**own, **_line_columns(line)}


async def _store_lines(merchant_id: UUID, earlier: Sequence[UUID], lines: Sequence[dict[str, Any]]) -> None:
    """Keep lines. Those of `earlier` orders that the shop no longer names are cancelled, not deleted: parcels and
    returns may point at them.
    """
    if lines:
        # Without the keys among the changes this is no key update, and waits for nobody's foreign key.
        keys = {"id", "merchant_id", "order_id", "source_id"}
        await insert_rows("order_lines", lines, [name for name in lines[0] if name not in keys])
    if earlier:
        await connection().execute_query(
            "UPDATE order_lines SET cancelled_quantity = quantity - refunded_quantity "
            "WHERE merchant_id = $1 AND order_id = ANY($2::uuid[]) AND NOT id = ANY($3::uuid[])",
            [merchant_id, earlier, [line["id"] for line in lines]],
        )


def _columns(record: OrderRecord) -> dict[str, object]:
    addresses = [address for address in (record.shipping_address, record.billing_address) if address]
    postal_keys = sorted({postal_key(address.postal_code) for address in addresses} - {""})
    return {
        "source": record.source,
        "source_id": record.source_id,
        "number": record.number,
        "number_key": number_key(record.number),
        "email_key": email_key(record.customer.email),
        "postal_keys": postal_keys,
        "placed_at": record.placed_at,
        "source_updated_at": record.updated_at,
        "cancelled_at": record.cancelled_at,
        "cancel_reason": record.cancel_reason,
        "currency": record.currency,
        "shop_currency": record.shop_currency,
        "taxes_included": record.taxes_included,
        "total": record.total.minor,
        "paid": record.paid.minor if record.paid is not None else None,
        "refunded": record.refunded.minor if record.refunded else 0,
        "customer": record.customer,
        "shipping_address": record.shipping_address,
        "billing_address": record.billing_address,
        "charges": [_charge(charge) for charge in record.charges],
        "tenders": [_tender(tender) for tender in record.tenders],
        "tags": list(record.tags),
        "note": record.note,
        "gift": record.gift,
        "channel": record.channel,
        "location": record.location,
        "extra": record.extra,
    }


def _charge(charge: ChargeRecord) -> dict[str, object]:
    return {
        "kind": charge.kind,
        "title": charge.title,
        "price": charge.price.minor,
        "discounts": _discounts(charge.discounts),
        "taxes": _taxes(charge.taxes),
    }


def _tender(tender: TenderRecord) -> dict[str, object]:
    return {
        "method": tender.method,
        "gateway": tender.gateway,
        "amount": tender.amount.minor if tender.amount else None,
    }


def _line_columns(line: LineRecord) -> dict[str, object]:
    return {
        "source_id": line.source_id,
        "title": line.title,
        "variant": line.variant,
        "sku": line.sku,
        "product_id": line.product_id,
        "product_type": line.product_type,
        "vendor": line.vendor,
        "tags": list(line.tags),
        "quantity": line.quantity,
        "unit_price": line.unit_price.minor,
        "discounts": _discounts(line.discounts),
        "taxes": _taxes(line.taxes),
        "grams": line.grams,
        "requires_shipping": line.requires_shipping,
        "gift_card": line.gift_card,
        "final_sale": line.final_sale,
        "personalised": line.personalised,
        "properties": [list(pair) for pair in line.properties],
        "cancelled_quantity": line.cancelled_quantity,
        "refunded_quantity": line.refunded_quantity,
        "refunded": line.refunded.minor if line.refunded else 0,
    }


def _discounts(shares: tuple[DiscountShare, ...]) -> list[dict[str, object]]:
    return [{"label": share.label, "amount": share.amount.minor} for share in shares]


def _taxes(shares: tuple[TaxShare, ...]) -> list[dict[str, object]]:
    return [{"label": share.label, "rate": share.rate, "amount": share.amount.minor} for share in shares]
