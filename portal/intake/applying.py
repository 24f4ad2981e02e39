"""Applying deliveries: what all of them say of one order, in whatever order they came, makes one order.

Deliveries of one order take turns (an advisory lock). Each time the order is put together anew from everything that
was said of it: the newest whole order, and what was said of its parts where that is newer. So repeats, shuffles and
delays end in the same state. What cannot be put together yet waits (early); what cannot be read is refused.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from portal.db.outbox import publish
from portal.db.setup import connection, transaction
from portal.intake.erasing import is_erased
from portal.intake.events import OrderNamed
from portal.intake.fetched import FETCHED, NAMED, said_by_event
from portal.intake.inbox import State
from portal.intake.models import InboxMessage
from portal.intake.platforms import mapping_of, webhooks_of
from portal.intake.privacy import note_request
from portal.intake.queries import find_delivery, list_said
from portal.intake.redacting import is_forgotten
from portal.intake.service import record_order, take_back_delivery_time
from portal.integrations import deliveries
from portal.integrations.deliveries import Said, version
from portal.integrations.records import OrderRecord, ParcelRecord, RecordRefused
from portal.orders.importing_json import JsonRefused, parse_strictly
from portal.tracking.queries import lock_pages_of_sources

log = structlog.get_logger()
Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Spoken:
    """One delivery, read."""

    message: InboxMessage
    kind: str
    payload: Payload


async def apply_delivery(merchant_id: UUID, message_id: UUID, now: datetime) -> str:
    """Apply one delivery of the inbox; once it has ended, nothing more happens. Returns its state."""
    message = await find_delivery(merchant_id, message_id)
    if message is None or message.state != State.WAITING:
        return message.state if message else "gone"
    try:
        payload = parse_strictly(bytes(message.body))
        said = _said(message, payload)
    except JsonRefused as error:
        return await _end(message, State.REFUSED, now, reason=str(error))
    except RecordRefused as error:
        return await _end(message, State.REFUSED, now, reason=error.reason, path=error.path)
    if said.kind in (deliveries.DATA_REQUEST, deliveries.CUSTOMER_REDACT, deliveries.SHOP_REDACT):
        outcome = await note_request(message, said, now)
        return await _end(message, State.APPLIED, now, outcome=outcome)
    if said.kind == deliveries.NOTHING:
        return await _end(message, State.NOTED, now)
    return await _apply_to_order(message, said, payload, now)


async def _apply_to_order(message: InboxMessage, said: Said, payload: Payload, now: datetime) -> str:
    async with transaction():
        await _take_turns(message, said.subject)
        fresh = await find_delivery(message.merchant_id, message.id)
        if fresh is None or fresh.state != State.WAITING:
            return fresh.state if fresh else "gone"
        merchant_id, platform = message.merchant_id, message.platform
        if await is_erased(merchant_id, platform, message.shop):
            return await _end_blank(message, State.REFUSED, "its shop has left and was erased", now)
        # Held to the end: nobody is forgotten between our look and what we write.
        await lock_pages_of_sources(merchant_id, [(platform, said.subject)])
        if await is_forgotten(merchant_id, platform, said.subject):
            return await _end_blank(message, State.NOTED, "the person behind its order was forgotten", now)
        stamp = version(said.at, message.triggered_at, bytes(message.body))
        facts = {"subject": said.subject, "version": stamp}
        if said.kind == deliveries.POINTER:
            return await _ask_for(message, facts, now)
        try:
            mine = Spoken(message, said.kind, payload)
            if said.kind == deliveries.ORDER:
                _record(message.platform, payload)
        except RecordRefused as error:
            return await _end(message, State.REFUSED, now, reason=error.reason, path=error.path, **facts)
        await InboxMessage.filter(merchant_id=message.merchant_id, id=message.id).update(state=State.EARLY, **facts)
        return await _put_together(mine, said.subject, now)


async def _put_together(mine: Spoken, subject: str, now: datetime) -> str:
    message = mine.message
    spoken = _read(await list_said(message.merchant_id, message.platform, message.shop, subject))
    whole = [each for each in spoken if each.kind == deliveries.ORDER]
    if not whole:
        return await _end(message, State.EARLY, now, reason="its order has not come yet")
    parts = [each for each in spoken if each.kind != deliveries.ORDER]
    record, fitting = _fit(message.platform, whole[-1].payload, parts)
    heard = _heard(message.platform, record, whole, fitting)
    final = _with_deliveries(record, heard)
    await take_back_delivery_time(message.merchant_id, final)
    fresh = [each for each in spoken if each.message.state == State.EARLY and each in (*whole, *fitting)]
    for each in fresh:
        for earlier in _earlier_words(message.platform, final, whole[-1].payload, each):
            await record_order(message.merchant_id, earlier, now)
    outcome = await record_order(message.merchant_id, final, now)
    for each in fresh:
        await _end(each.message, State.APPLIED, now, outcome=outcome)
    if mine.message.id in {each.message.id for each in fresh}:
        return State.APPLIED
    return await _end(message, State.EARLY, now, reason="does not fit the order as it is known so far")


def _said(message: InboxMessage, payload: Any) -> Said:
    """What a delivery is about, whoever brought it: the platform, or we ourselves. Raises RecordRefused."""
    if message.topic == FETCHED:
        return said_by_event(message.event_id)
    return webhooks_of(message.platform).said(message.topic, payload)


async def _ask_for(message: InboxMessage, facts: Mapping[str, str], now: datetime) -> str:
    """Owe that the order which the delivery only names is fetched. Inside the caller's transaction."""
    key = f"{message.id}/{now.timestamp()}"
    await publish(OrderNamed(message.id), merchant_id=message.merchant_id, dedupe_key=key, now=now)
    reason = "names the order only; it is asked for when the shop's API is connected"
    return await _end(message, State.EARLY, now, reason=reason, outcome=NAMED, **facts)


def _record(platform: str, payload: Payload) -> OrderRecord:
    return mapping_of(platform).order_record(payload)


def _read(messages: Iterable[InboxMessage]) -> list[Spoken]:
    """Deliveries read once more; those that only point at the order are left out."""
    found = []
    for message in messages:
        payload = parse_strictly(bytes(message.body))
        kind = _said(message, payload).kind
        if kind in (deliveries.ORDER, deliveries.FULFILMENT, deliveries.REFUND):
            found.append(Spoken(message, kind, payload))
    return found


def _fit(platform: str, whole: Payload, parts: list[Spoken]) -> tuple[OrderRecord, list[Spoken]]:
    """The order with every part that fits it; a part that does not (yet) is left out, alike in any order of arrival."""
    if not parts:
        return _record(platform, whole), []
    try:
        return _record(platform, _merged(platform, whole, parts)), parts
    except RecordRefused:
        fitting: list[Spoken] = []
        record = _record(platform, whole)
        for part in parts:
            try:
                record = _record(platform, _merged(platform, whole, [*fitting, part]))
            except RecordRefused as error:
                log.info("part does not fit its order", message=str(part.message.id), reason=error.reason)
            else:
                fitting.append(part)
        return record, fitting


def _merged(platform: str, whole: Payload, parts: list[Spoken]) -> Payload:
    return webhooks_of(platform).merged(whole, [(part.kind, part.payload) for part in parts])


def _parcels(platform: str, whole: Payload, spoken: Spoken) -> tuple[ParcelRecord, ...]:
    """The parcels as one delivery tells them."""
    if spoken.kind == deliveries.REFUND:
        return ()
    payload = spoken.payload
    if spoken.kind == deliveries.FULFILMENT:
        payload = {**whole, "fulfillments": [spoken.payload]}
    try:
        return _record(platform, payload).parcels
    except RecordRefused:
        return ()


def _heard(platform: str, record: OrderRecord, whole: list[Spoken], parts: list[Spoken]) -> dict[str, datetime]:
    """When each parcel was first said to be delivered: platforms without a time of their own move it at each change."""
    first: dict[str, datetime] = {}
    for spoken in (*whole, *parts):
        for parcel in _parcels(platform, whole[-1].payload, spoken):
            if parcel.delivered_at:
                first[parcel.source_id] = min(parcel.delivered_at, first.get(parcel.source_id, parcel.delivered_at))
    return first


def _with_deliveries(record: OrderRecord, first: Mapping[str, datetime]) -> OrderRecord:
    parcels = tuple(
        replace(parcel, delivered_at=first.get(parcel.source_id, parcel.delivered_at))
        if parcel.delivered_at
        else parcel
        for parcel in record.parcels
    )
    return replace(record, parcels=parcels)


def _earlier_words(platform: str, final: OrderRecord, whole: Payload, spoken: Spoken) -> Iterable[OrderRecord]:
    """The order with what this delivery said of its parcels, where a newer one says something else: kept as history."""
    said = {parcel.source_id: parcel for parcel in _parcels(platform, whole, spoken) if parcel.status}
    parcels = tuple(
        replace(parcel, status=said[parcel.source_id].status, delivered_at=said[parcel.source_id].delivered_at)
        if parcel.source_id in said and not said[parcel.source_id].delivered_at
        else parcel
        for parcel in final.parcels
    )
    if parcels != final.parcels:
        yield replace(final, parcels=parcels)


async def _take_turns(message: InboxMessage, subject: str) -> None:
    key = f"inbox/{message.merchant_id}/{message.platform}/{message.shop}/{subject}"
    await connection().execute_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [key])


async def _end_blank(message: InboxMessage, state: State, reason: str, now: datetime) -> str:
    """End a delivery about somebody who was forgotten: it must not bring the person back."""
    await InboxMessage.filter(merchant_id=message.merchant_id, id=message.id).update(body=b"{}")
    return await _end(message, state, now, reason=reason)


async def _end(message: InboxMessage, state: State, now: datetime, **facts: str) -> str:
    reason = facts.pop("reason", "")[:500].replace("\x00", "")
    path = facts.pop("path", "")[:255].replace("\x00", "")
    await InboxMessage.filter(merchant_id=message.merchant_id, id=message.id).update(
        state=state, reason=reason, path=path, ended_at=None if state == State.EARLY else now, **facts
    )
    return state
