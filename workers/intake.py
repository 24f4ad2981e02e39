"""Intake: what the worker does when a shop has delivered, and when a shop's API is due to be asked."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from portal.db.outbox import Claim
from portal.intake import applying, fetching, reconciling
from workers.schedule import Every
from workers.workshop import Workshop


async def apply_delivery(claim: Claim, workshop: Workshop) -> None:
    """Topic `inbox.delivery_kept`, payload `message_id`."""
    await applying.apply_delivery(claim.merchant_id, UUID(claim.payload["message_id"]), _now())


async def fetch_named(claim: Claim, workshop: Workshop) -> None:
    """Topic `inbox.order_named`, payload `message_id`."""
    await fetching.fetch_named(claim.merchant_id, UUID(claim.payload["message_id"]), workshop.http, _now())


async def read_shop(claim: Claim, workshop: Workshop) -> None:
    """Topic `shop.reading_due`, payload `connection_id`."""
    await reconciling.read_on(claim.merchant_id, UUID(claim.payload["connection_id"]), workshop.http, _now)


async def _owe_readings(now: datetime, workshop: Workshop) -> None:
    await reconciling.owe_readings(now)


OWE_READINGS: Every[Workshop] = Every("shops.owe_readings", timedelta(seconds=15), _owe_readings)


def _now() -> datetime:
    return datetime.now(UTC)
