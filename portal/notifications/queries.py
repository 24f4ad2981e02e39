"""Reads of the notifications room."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal.merchants.queries import MerchantFacts
from portal.notifications.models import Message, MessageChoice
from portal.notifications.rules import Channel, Scope, mobile_number
from portal.web.locale import negotiate


@dataclass(frozen=True, slots=True)
class Choice:
    """What a shopper wants to hear of one order, where, and in which language."""

    scope: Scope
    channel: Channel
    locale: str


async def find_choice(merchant_id: UUID, order_id: UUID) -> MessageChoice | None:
    """What was chosen for an order, if anything was."""
    return await MessageChoice.get_or_none(merchant_id=merchant_id, order_id=order_id)


def choice_of(row: MessageChoice | None, ordered_in: str, merchant: MerchantFacts) -> Choice:
    """What holds for an order: what was chosen, else what the shop does for everybody, by email, in the language it was
    ordered in ("de_DE", or "" when the shop does not say).
    """
    if row is not None:
        locale = row.locale if row.locale in merchant.locales else merchant.locale
        return Choice(Scope(row.scope), Channel(row.channel), locale)
    locale = negotiate(merchant.locales, merchant.locale, "", ordered_in.replace("_", "-"))
    return Choice(Scope(merchant.messages), Channel.EMAIL, locale)


def mobile_of(customer: Mapping[str, Any], address: Mapping[str, Any] | None, merchant: MerchantFacts) -> str:
    """The number that gets texts about an order, in E.164 form: the customer's, else the parcel's; "" for none."""
    goes_to = address or {}
    phone = customer.get("phone", "") or goes_to.get("phone", "")
    return mobile_number(phone, goes_to.get("country", "") or merchant.country)


async def find_message(merchant_id: UUID, news: str) -> Message | None:
    """The message about one piece of news."""
    return await Message.get_or_none(merchant_id=merchant_id, news=news)


async def get_message(merchant_id: UUID, message_id: UUID) -> Message | None:
    """A message by its id."""
    return await Message.get_or_none(merchant_id=merchant_id, id=message_id)


async def list_messages(merchant_id: UUID, order_id: UUID | None = None, limit: int = 100) -> list[Message]:
    """Messages of a merchant, or of one order, newest first."""
    found = Message.filter(merchant_id=merchant_id)
    found = found.filter(order_id=order_id) if order_id else found
    return await found.order_by("-created_at", "-id").limit(limit)
