"""Reads of the intake room."""

from collections.abc import Sequence
from uuid import UUID

from portal.intake.inbox import State
from portal.intake.models import InboxMessage, PrivacyRequest, ShopConnection

COLUMNS = ("id", "platform", "shop", "topic", "event_id", "state", "subject", "outcome", "reason", "path",
           "received_at", "ended_at")  # fmt: skip
"""What lists tell of a delivery: everything but its body."""


async def find_connection(merchant_id: UUID, platform: str, shop: str) -> ShopConnection | None:
    """The merchant's live connection to this shop."""
    return await ShopConnection.get_or_none(merchant_id=merchant_id, platform=platform, shop=shop, state="active")


async def get_connection(merchant_id: UUID, connection_id: UUID) -> ShopConnection | None:
    """One of the merchant's live connections."""
    return await ShopConnection.get_or_none(merchant_id=merchant_id, id=connection_id, state="active")


async def list_connections(merchant_id: UUID) -> list[ShopConnection]:
    """Every connection of a merchant, also closed ones."""
    return await ShopConnection.filter(merchant_id=merchant_id).order_by("platform", "shop")


async def list_deliveries(merchant_id: UUID, state: State | None = None, limit: int = 100) -> Sequence[InboxMessage]:
    """The newest deliveries, without their bodies."""
    found = InboxMessage.filter(merchant_id=merchant_id)
    if state:
        found = found.filter(state=state)
    return await found.order_by("-received_at", "-id").limit(limit).only(*COLUMNS)


async def find_delivery(merchant_id: UUID, message_id: UUID) -> InboxMessage | None:
    """One delivery with its body."""
    return await InboxMessage.get_or_none(merchant_id=merchant_id, id=message_id)


async def list_said(merchant_id: UUID, platform: str, shop: str, subject: str) -> list[InboxMessage]:
    """Everything readable that was said of one order, oldest word first."""
    found = InboxMessage.filter(merchant_id=merchant_id, platform=platform, shop=shop, subject=subject)
    return await found.filter(state__in=[State.EARLY, State.APPLIED]).order_by("version", "id")


async def list_privacy_requests(merchant_id: UUID, open_only: bool = False) -> list[PrivacyRequest]:
    """What privacy law asks of the merchant, the most urgent first."""
    found = PrivacyRequest.filter(merchant_id=merchant_id)
    return await (found.filter(done_at=None) if open_only else found).order_by("due_at", "id")
