"""Tracking: what the worker does when carriers are to be asked about parcels."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from portal.db.outbox import Claim
from portal.tracking import polling
from portal.tracking.polling_answers import check_parcels
from workers.schedule import Every
from workers.workshop import Workshop


async def ask_carrier(claim: Claim, workshop: Workshop) -> None:
    """Topic `tracking.checks_due`, payload `account_id`, `parcel_ids`, `asked_at`."""
    payload = claim.payload
    parcels = [UUID(one) for one in payload["parcel_ids"]]
    asked_at = datetime.fromisoformat(payload["asked_at"])
    account_id = UUID(payload["account_id"])
    await check_parcels(claim.merchant_id, account_id, parcels, asked_at, workshop.http, datetime.now(UTC))


async def find_due(now: datetime, workshop: Workshop) -> None:
    """Parcels that a carrier is to be asked about now."""
    await polling.publish_due(now)


async def enrol(now: datetime, workshop: Workshop) -> None:
    """Parcels that nobody has decided about yet."""
    await polling.enrol_parcels(now)


DUE = Every("carriers-due", polling.TURN, find_due)
ENROL = Every("carriers-enrol", timedelta(seconds=20), enrol)
