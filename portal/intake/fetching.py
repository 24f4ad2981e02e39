"""Orders that we fetched from a shop ourselves: kept in the inbox as deliveries, so that what is newer wins, whoever
brought it, and what was fetched twice is kept once.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import cast
from uuid import UUID

import httpx2
import orjson
from tortoise.queryset import QuerySet

from portal.db.setup import transaction
from portal.intake.erasing import is_open
from portal.intake.fetched import FETCHED, NAMED, UNFETCHED, event_of, unfetched_event_of
from portal.intake.inbox import State, event_key, keep_delivery
from portal.intake.models import InboxMessage, ShopConnection
from portal.intake.platforms import api_of
from portal.intake.queries import find_connection, find_delivery
from portal.intake.redacting import is_forgotten
from portal.intake.troubles import is_resting, note_trouble
from portal.integrations.deliveries import Delivery
from portal.integrations.ports import AdapterError
from portal.integrations.shop_api import ChangedOrder, Credentials, FetchedOrder
from portal.kernel.ids import new_id


def credentials_of(shop: ShopConnection) -> Credentials:
    """What the shop's API wants; empty when it is not asked."""
    return cast(Credentials, shop.credentials) or {}


async def known_changes(shop: ShopConnection, changes: Iterable[ChangedOrder]) -> set[ChangedOrder]:
    """Those that were fetched before, after their second was over: nothing of them is news."""
    keys = {event_key(shop.platform, _delivery(shop, event_of(one.source_id, one.updated_at))): one for one in changes}
    found = InboxMessage.filter(merchant_id=shop.merchant_id, event_key__in=list(keys))
    return {keys[bytes(row.event_key)] for row in await found.only("event_key")}


async def fetch_and_keep(client: httpx2.AsyncClient, shop: ShopConnection, order_id: str, now: datetime) -> bool:
    """Fetch one order and keep it. False when the shop has none of this id. Raises AdapterError.

    Deliveries that only named it have their answer with that, if they came before `now`.
    """
    order = await api_of(shop.platform).fetch_order(client, shop.shop, credentials_of(shop), order_id)
    if order is None:
        return False
    await _keep(shop, order, now)
    return True


async def fetch_named(merchant_id: UUID, message_id: UUID, client: httpx2.AsyncClient, now: datetime) -> str:
    """Fetch the order that a delivery only named. Returns the delivery's state.

    Trouble with the API is the connection's, not this delivery's: the next reading of the shop brings the order.
    """
    message = await find_delivery(merchant_id, message_id)
    if message is None or message.state != State.EARLY or message.outcome != NAMED:
        return message.state if message else "gone"
    shop = await find_connection(merchant_id, message.platform, message.shop)
    if shop is None or not credentials_of(shop) or is_resting(shop, now) or await _is_named_again(message):
        return message.state
    try:
        there = await fetch_and_keep(client, shop, message.subject, now)
    except AdapterError as error:
        await note_trouble(shop, error, now)
        return message.state
    if not there:
        named = InboxMessage.filter(merchant_id=merchant_id, id=message_id, state=State.EARLY)
        await named.update(state=State.NOTED, reason="the shop has no such order", ended_at=now)
    return State.APPLIED if there else State.NOTED


async def refuse_unfetched(shop: ShopConnection, order: ChangedOrder, reason: str, now: datetime) -> None:
    """Keep for the operator that an order which changed could not be had, once for each change, until it can."""
    delivery = _delivery(shop, unfetched_event_of(order.source_id, order.updated_at), now)
    await InboxMessage.get_or_create(
        {
            "id": new_id(),
            "platform": shop.platform,
            "shop": shop.shop,
            "topic": FETCHED,
            "event_id": delivery.event_id,
            "triggered_at": delivery.triggered_at,
            "body": b"{}",
            "state": State.REFUSED,
            "subject": order.source_id[:128],
            "outcome": UNFETCHED,
            "reason": f"could not be fetched: {reason}"[:500],
            "received_at": now,
            "ended_at": now,
        },
        merchant_id=shop.merchant_id,
        event_key=event_key(shop.platform, delivery),
    )


async def _is_named_again(message: InboxMessage) -> bool:
    """Whether a later delivery names the same order: one question to the shop answers both."""
    named = _named(message.merchant_id, message.platform, message.shop, message.subject)
    last = await named.order_by("-received_at", "-id").first()
    return last is not None and last.id != message.id


async def _keep(shop: ShopConnection, order: FetchedOrder, now: datetime) -> None:
    delivery = _delivery(shop, event_of(order.source_id, order.updated_at, now), now)
    named = _named(shop.merchant_id, shop.platform, shop.shop, order.source_id)
    missed = InboxMessage.filter(
        merchant_id=shop.merchant_id, platform=shop.platform, shop=shop.shop, subject=order.source_id, topic=FETCHED,
        outcome=UNFETCHED,
    )  # fmt: skip
    async with transaction():
        if not await is_open(shop.merchant_id, shop.platform, shop.shop):
            return
        await missed.delete()
        # An order whose person was forgotten is known to have been fetched; what was fetched is not kept.
        forgotten = await is_forgotten(shop.merchant_id, shop.platform, order.source_id)
        body = b"{}" if forgotten else orjson.dumps(order.payload)
        await keep_delivery(shop.merchant_id, shop.platform, delivery, body, now)
        await named.filter(received_at__lte=now).update(state=State.APPLIED, reason="", outcome="fetched", ended_at=now)


def _named(merchant_id: UUID, platform: str, shop: str, subject: str) -> QuerySet[InboxMessage]:
    return InboxMessage.filter(
        merchant_id=merchant_id, platform=platform, shop=shop, subject=subject, state=State.EARLY, outcome=NAMED
    )


def _delivery(shop: ShopConnection, event_id: str, fetched_at: datetime | None = None) -> Delivery:
    stamp = fetched_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if fetched_at else ""
    return Delivery(shop.shop, FETCHED, event_id, stamp)
