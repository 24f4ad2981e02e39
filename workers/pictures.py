"""Pictures of deliveries: what the worker does when a carrier has named one."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from portal.db.outbox import Claim
from portal.tracking import pod
from workers.schedule import Every
from workers.workshop import Workshop


async def keep_picture(claim: Claim, workshop: Workshop) -> None:
    """Topic `tracking.picture_wanted`, payload `parcel_id`."""
    parcel_id = UUID(claim.payload["parcel_id"])
    await pod.keep_picture(claim.merchant_id, parcel_id, workshop.http, workshop.store, datetime.now(UTC))


async def find_wanted(now: datetime, workshop: Workshop) -> None:
    """Pictures that scans have named and nobody has fetched."""
    await pod.publish_wanted(now)


WANTED = Every("pictures-wanted", timedelta(seconds=15), find_wanted)
