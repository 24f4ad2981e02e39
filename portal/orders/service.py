"""Keeping a shop's order: the newest word wins, the same word twice changes nothing."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

import orjson
from tortoise.expressions import F

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
from portal.orders.models import Order, OrderLine
from portal.orders.rules import email_key, number_key, postal_key


@dataclass(frozen=True, slots=True)
class StoredOrder:
    """What became of a record: created, updated, unchanged or outdated. `lines` maps the shop's line ids to ours."""

    id: UUID
    outcome: str
    lines: dict[str, UUID]


async def store_order(
    merchant_id: UUID,
    record: OrderRecord,
    policy_version_id: UUID | None,
    now: datetime,
) -> StoredOrder:
    """Store a record inside the caller's transaction. A policy version is pinned once, when the order is first seen."""
    fingerprint = hashlib.sha256(orjson.dumps(asdict(record), option=orjson.OPT_SORT_KEYS)).digest()
    await _take_turns(merchant_id, record)
    row = await Order.get_or_none(merchant_id=merchant_id, source=record.source, source_id=record.source_id)
    if row is not None and row.fingerprint == fingerprint:
        return StoredOrder(row.id, "unchanged", {})
    if row is not None and row.source_updated_at > record.updated_at:
        return StoredOrder(row.id, "outdated", {})
    columns = {**_columns(record), "fingerprint": fingerprint, "updated_at": now}
    if row is not None and row.policy_version_id is None:
        columns["policy_version_id"] = policy_version_id
    if row is None:
        row = await Order.create(
            id=new_id(),
            merchant_id=merchant_id,
            policy_version_id=policy_version_id,
            created_at=now,
            **columns,
        )
        outcome = "created"
    else:
        await Order.filter(merchant_id=merchant_id, id=row.id).update(**columns)
        outcome = "updated"
    return StoredOrder(row.id, outcome, await _store_lines(merchant_id, row.id, record))


async def _take_turns(merchant_id: UUID, record: OrderRecord) -> None:
    """Two deliveries of one order wait for each other, also when the row is not there yet."""
    await connection().execute_query(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
        [f"{merchant_id}/{record.source}/{record.source_id}"],
    )


async def _store_lines(merchant_id: UUID, order_id: UUID, record: OrderRecord) -> dict[str, UUID]:
    rows = await OrderLine.filter(merchant_id=merchant_id, order_id=order_id).values_list("source_id", "id")
    known: dict[str, UUID] = dict(rows)  # type: ignore[arg-type]  # pairs, as asked for
    lines = [
        OrderLine(
            id=known.get(line.source_id) or new_id(),
            merchant_id=merchant_id,
            order_id=order_id,
            position=position,
            **_line_columns(line),
        )
        for position, line in enumerate(record.lines, start=1)
    ]
    if lines:
        changing = [column for column in _line_columns(record.lines[0]) if column != "source_id"]
        # Without the shop's id among the changes this is no key update, and waits for nobody's foreign key.
        await OrderLine.bulk_create(lines, on_conflict=["id"], update_fields=["position", *changing])
    await _drop_lines(merchant_id, order_id, [line.source_id for line in lines])
    return {line.source_id: line.id for line in lines}


async def _drop_lines(merchant_id: UUID, order_id: UUID, kept: list[str]) -> None:
    """Lines that the shop no longer names are cancelled, not deleted: parcels and returns may point at them."""
    gone = OrderLine.filter(merchant_id=merchant_id, order_id=order_id).exclude(source_id__in=kept)
    await gone.update(cancelled_quantity=F("quantity") - F("refunded_quantity"))


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
        "customer": asdict(record.customer),
        "shipping_address": asdict(record.shipping_address) if record.shipping_address else None,
        "billing_address": asdict(record.billing_address) if record.billing_address else None,
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
