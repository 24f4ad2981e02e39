"""The feed's own pictures, fetched once and kept by us: a page asks no other host for anything.

Only of the products that pages choose from, and only where no picture of that SKU was brought in by hand.
"""

from datetime import datetime
from uuid import UUID

import httpx2
import structlog

from portal.db.outbox import publish
from portal.db.setup import connection, transaction
from portal.integrations.pictures import Resolve, fetch_picture, resolve
from portal.kernel.refusal import Refusal
from portal.orders.images import keep_image
from portal.products.events import PicturesWanted
from portal.products.models import FeedProduct
from portal.products.queries import LOOKED_AT
from portal.storage.objects import ObjectStore

log = structlog.get_logger()
AT_ONCE = 6
MISSING = """
SELECT f.id, f.sku, f.picture FROM feed_products f
WHERE f.merchant_id = $1 AND f.language = $2 AND f.available AND f.picture <> '' AND f.position <= $3
    AND NOT EXISTS (SELECT FROM product_images i WHERE i.merchant_id = f.merchant_id AND i.sku = f.sku)
ORDER BY f.position LIMIT $4
"""


async def owe_pictures(merchant_id: UUID, language: str, feed: str, turn: int, now: datetime) -> None:
    """Owe the next pictures of a feed, in the transaction of the caller."""
    wanted = PicturesWanted(language, feed, turn)
    await publish(wanted, merchant_id=merchant_id, dedupe_key=f"{language}/{feed}/{turn}", now=now)


async def keep_pictures(
    merchant_id: UUID,
    wanted: PicturesWanted,
    client: httpx2.AsyncClient,
    store: ObjectStore,
    now: datetime,
    resolver: Resolve = resolve,
) -> None:
    """Fetch the next pictures that are missing. Raises AdapterError and StorageError: try again later.

    An address that holds no picture is forgotten; the next feed may name another.
    """
    _, rows = await connection().execute_query(MISSING, [merchant_id, wanted.language, LOOKED_AT, AT_ONCE])
    for row in rows:
        try:
            picture = await fetch_picture(client, row["picture"], resolver)
        except Refusal as refusal:
            log.info("picture of a product refused", sku=row["sku"], why=refusal.code)
            await FeedProduct.filter(merchant_id=merchant_id, id=row["id"]).update(picture="")
        else:
            await keep_image(store, merchant_id, row["sku"], picture, "image/jpeg")
    if len(rows) == AT_ONCE:
        async with transaction():
            await owe_pictures(merchant_id, wanted.language, wanted.feed, wanted.turn + 1, now)
