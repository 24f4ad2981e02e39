"""Verbs of the notifications room: tell a shopper about a parcel, once; keep what they chose."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from portal.db.setup import connection
from portal.integrations.ports import AdapterError, Messenger, Postman
from portal.kernel.ids import new_id
from portal.merchants.queries import MerchantFacts, find_canonical_host, get_merchant
from portal.notifications.letters import Links, Stationery, version_of, write_letter
from portal.notifications.models import Message, MessageChoice
from portal.notifications.presenters import parcel_letter, short_text
from portal.notifications.queries import Choice, choice_of, find_choice, find_message, mobile_of
from portal.notifications.rules import (
    Channel,
    Decision,
    News,
    Scope,
    decide,
    is_required,
    masked_address,
)
from portal.notifications.tokens import Purpose, make_token
from portal.orders.queries import find_order
from portal.tracking.events import ParcelMoved, Standing
from portal.tracking.queries import find_page
from portal.tracking.reading import Parcel, read_parcels
from portal.web.locale import Speech

log = structlog.get_logger(__name__)
SENDING, SENT, SKIPPED, REFUSED = "sending", "sent", "skipped", "refused"
KIND = "parcel"


@dataclass(frozen=True, slots=True)
class Desk:
    """What messages are written and sent with. `public_url` makes the address of a host's pages."""

    postman: Postman
    stationery: Stationery
    public_url: Callable[[str], str]
    messenger: Messenger | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One piece of news with everything that is known about its order now. `parcel` is None when it is gone."""

    merchant: MerchantFacts
    event: ParcelMoved
    content: Mapping[str, Any]
    parcel: Parcel | None
    choice: Choice
    address: str


async def tell_parcel_news(merchant_id: UUID, event: ParcelMoved, desk: Desk, now: datetime) -> None:
    """Send the message about a parcel's news, if one is due; again: nothing. Raises AdapterError when it did not go out
    and may be tried again.

    The row is there before the mail leaves and says so after: a worker that dies in between sends the same Message-ID
    a second time, by which mailboxes drop the twin.
    """
    news = f"{event.parcel_id}:{event.key}"
    known = await find_message(merchant_id, news)
    if known is not None and known.state != SENDING:
        return
    case = await _open_case(merchant_id, event, desk)
    if case is None:
        return  # the order is gone, and with it whoever might have been told
    decision = decide(_news(case), now)
    message = await _enter(known, news, case, decision, now)
    if decision.send:
        await _send(message, case, desk, now)
    log.info("message", message=str(message.id), milestone=str(event.milestone), rule=decision.rule)


async def save_choice(merchant_id: UUID, order_id: UUID, choice: Choice, now: datetime) -> None:
    """Keep what a shopper wants to hear of an order."""
    await connection().execute_query(
        "INSERT INTO message_choices (id, merchant_id, order_id, scope, channel, locale, updated_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (merchant_id, order_id) DO UPDATE "
        "SET scope = $4, channel = $5, locale = $6, updated_at = $7",
        [new_id(), merchant_id, order_id, choice.scope, choice.channel, choice.locale, now],
    )


async def leave(merchant: MerchantFacts, order_id: UUID, now: datetime) -> bool:
    """No more messages about an order but those that need the shopper. False when there is no such order."""
    order = await find_order(merchant.id, order_id)
    if order is None:
        return False
    row: MessageChoice | None = await find_choice(merchant.id, order_id)
    found = choice_of(row, order.customer.get("locale", ""), merchant)
    await save_choice(merchant.id, order_id, Choice(Scope.NONE, found.channel, found.locale), now)
    return True


async def _open_case(merchant_id: UUID, event: ParcelMoved, desk: Desk) -> Case | None:
    order = await find_order(merchant_id, event.order_id)
    page = await find_page(merchant_id, event.order_id)
    if order is None or page is None:
        return None
    merchant = await get_merchant(merchant_id)
    choice = choice_of(await find_choice(merchant_id, event.order_id), order.customer.get("locale", ""), merchant)
    number = mobile_of(order.customer, order.shipping_address, merchant)
    # Without a way or a number for texts the message comes by email: chosen or not, it is not lost.
    by_sms = choice.channel is Channel.SMS and desk.messenger is not None and number
    choice = choice if by_sms else Choice(choice.scope, Channel.EMAIL, choice.locale)
    parcels = read_parcels(page.content, merchant, event.at)
    parcel = next((one for one in parcels if one.facts["id"] == str(event.parcel_id)), None)
    to = number if by_sms else order.customer.get("email", "")
    return Case(merchant, event, page.content, parcel, choice, to)


def _news(case: Case) -> News:
    event, standing = case.event, ""
    if case.parcel is not None:
        facts = case.parcel.facts
        standing = Standing(case.parcel.status, facts["reason"], datetime.fromisoformat(facts["status_at"])).key
    return News(
        milestone=event.milestone,
        reason=event.reason,
        key=event.key,
        at=event.at,
        standing=standing,
        scope=case.choice.scope,
        shop_writes=case.merchant.messages != "none",
        order_cancelled=bool(case.content["order"]["cancelled_at"]),
        parcel_there=case.parcel is not None,
        reachable=bool(case.address),
    )


async def _enter(known: Message | None, news: str, case: Case, decision: Decision, now: datetime) -> Message:
    """The message's row with what was decided: new, or that of an earlier try."""
    decided: dict[str, Any] = {
        "state": SENDING if decision.send else SKIPPED,
        "rule": decision.rule,
        "channel": str(case.choice.channel),
        "locale": case.choice.locale,
        "template": version_of(KIND) if decision.send else "",
        "recipient": masked_address(case.address) if case.address else "",
    }
    if known is None:
        new = {"id": new_id(), "created_at": now, **_happened(case.event), **decided}
        known, made = await Message.get_or_create(new, merchant_id=case.merchant.id, news=news)
        if made:
            return known
    await Message.filter(merchant_id=case.merchant.id, id=known.id).update(**decided)
    return known


def _happened(event: ParcelMoved) -> dict[str, Any]:
    said = {"milestone": event.milestone, "status": event.status, "reason": event.reason, "at": event.at.isoformat()}
    return {"order_id": event.order_id, "parcel_id": event.parcel_id, "kind": KIND, "event": said}


async def _send(message: Message, case: Case, desk: Desk, now: datetime) -> None:
    mine = Message.filter(merchant_id=case.merchant.id, id=message.id)
    try:
        await _hand_over(message, case, desk, now)
    except AdapterError as error:
        await mine.update(error=error.code, **({"state": REFUSED} if error.permanent else {}))
        if error.permanent:
            return  # said once and for all; `doorstep messages list` shows it
        raise
    await mine.update(state=SENT, sent_at=now, error="")


async def _hand_over(message: Message, case: Case, desk: Desk, now: datetime) -> None:
    assert case.parcel is not None
    merchant, event, locale = case.merchant, case.event, case.choice.locale
    base = f"{desk.public_url(await find_canonical_host(merchant.id))}/{locale}"
    today = now.date()
    order_url = f"{base}/o/{make_token(Purpose.OPEN, merchant.id, event.order_id, today)}"
    if case.choice.channel is Channel.SMS and desk.messenger is not None:
        speech = Speech(locale, merchant.country, merchant.time_zone)
        text = speech.say(short_text(event.milestone, merchant.name, order_url))
        await desk.messenger.send(case.address, text, str(message.id))
        return
    optional = not is_required(event.milestone, event.reason)
    leave_url = f"{base}/messages/leave/{make_token(Purpose.LEAVE, merchant.id, event.order_id, today)}"
    links = Links(home=f"{base}/", settings=f"{order_url}/messages", leave=leave_url if optional else "")
    about = parcel_letter(event.milestone, case.parcel, case.content, merchant, order_url, now)
    mail = write_letter(desk.stationery, merchant, locale, KIND, about, case.address, message.id.hex, links)
    await desk.postman.send(mail)
