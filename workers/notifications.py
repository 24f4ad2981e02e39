"""Notifications: what the worker does when a parcel has moved."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from portal.db.outbox import Claim
from portal.notifications.service import Desk, tell_parcel_news
from portal.tracking.events import Milestone, ParcelMoved
from portal.tracking.rules import ParcelStatus
from workers.workshop import Workshop


async def tell_parcel_moved(claim: Claim, workshop: Workshop) -> None:
    """Topic `parcel.moved`, payload that of ParcelMoved."""
    desk = Desk(workshop.postman, workshop.stationery, workshop.settings.public_url, workshop.messenger)
    await tell_parcel_news(claim.merchant_id, read_event(claim.payload), desk, datetime.now(UTC))


def read_event(payload: dict[str, Any]) -> ParcelMoved:
    """The event as it was told."""
    return ParcelMoved(
        order_id=UUID(payload["order_id"]),
        parcel_id=UUID(payload["parcel_id"]),
        milestone=Milestone(payload["milestone"]),
        status=ParcelStatus(payload["status"]),
        reason=payload["reason"],
        at=datetime.fromisoformat(payload["at"]),
        key=payload["key"],
    )
