"""Products: what the worker does when a feed has named pictures that we do not hold."""

from datetime import UTC, datetime

from portal.db.outbox import Claim
from portal.products.events import PicturesWanted
from portal.products.pictures import keep_pictures
from workers.workshop import Workshop


async def fetch_pictures(claim: Claim, workshop: Workshop) -> None:
    """Topic `products.pictures_wanted`, payload `language`, `feed` and `after`."""
    wanted = PicturesWanted(claim.payload["language"], claim.payload["feed"], claim.payload["after"])
    await keep_pictures(claim.merchant_id, wanted, workshop.http, workshop.store, datetime.now(UTC))
