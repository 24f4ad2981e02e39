"""The feed's own pictures, fetched once and kept by us: a page asks no other host for anything.

Only of the products that pages choose from, and only where no picture of that SKU was brought in by hand.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx2
import structlog

from portal.db.outbox import publish
from portal.db.setup import connection, transaction
from portal.integrations.pictures import Resolve, fetch_picture, resolve
from portal.integrations.ports import AdapterError
from portal.kernel.refusal import Refusal
from portal.orders.images import keep_image
from portal.products.events import PicturesWanted
from portal.products.models import FeedProduct
from portal.products.queries import LOOKED_AT
from portal.storage.objects import ObjectStore

log = structlog.get_logger()
PLACES = 4
"""Places of a feed whose pictures one effect fetches: always the same, so that a try that is repeated repeats them."""
SECONDS = 6.0
"""So long one picture may take; an effect has thirty seconds."""
MISSING = """
SELECT f.id, f.sku, f.picture, f.position FROM feed_products f
WHERE f.merchant_id = $1 AND f.language = $2 AND f.position > $3 AND f.position <= $4
    AND f.available AND f.picture <> ''
    AND NOT EXISTS (SELECT FROM product_images i WHERE i.merchant_id = f.merchant_id AND i.sku = f.sku)
ORDER BY f.position
"""


async def owe_pictures(merchant_id: UUID, language: str, feed: str, after: int, now: datetime) -> None:
    """Owe the next pictures of a feed, in the transaction of the caller."""
    wanted = PicturesWanted(language, feed, after)
    await publish(wanted, merchant_id=merchant_id, dedupe_key=f"{language}/{feed}/{after}", now=now)


async def keep_pictures(
    merchant_id: UUID,
    wanted: PicturesWanted,
    client: httpx2.AsyncClient,
    store: ObjectStore,
    now: datetime,
    resolver: Resolve = resolve,
) -> None:
    """Fetch what is missing of the next few places, and owe those after them. Raises AdapterError and StorageError:
    try these places again later; the others do not wait for them.

    An address that holds no picture is forgotten; the next feed may name another.
    """
    last = min(wanted.after + PLACES, LOOKED_AT)
    trouble: AdapterError | None = None
    for row in await _missing(merchant_id, wanted.language, wanted.after, last):
        try:
            async with asyncio.timeout(SECONDS):
                picture = await fetch_picture(client, row["picture"], resolver)
        except Refusal as refusal:
            log.info("picture of a product refused", sku=row["sku"], why=refusal.code)
            await FeedProduct.filter(merchant_id=merchant_id, id=row["id"]).update(picture="")
        except AdapterError as error:
            trouble = trouble or error
        except TimeoutError:
            trouble = trouble or AdapterError("unreachable", detail=f"no picture within {SECONDS:g} s")
        else:
            await keep_image(store, merchant_id, row["sku"], picture, "image/jpeg")
    if left := await _missing(merchant_id, wanted.language, last, LOOKED_AT):
        # From the beginning of its few places, so that two who find the next one owe the same.
        after = (left[0]["position"] - 1) // PLACES * PLACES
        async with transaction():
            await owe_pictures(merchant_id, wanted.language, wanted.feed, after, now)
    if trouble:
        raise trouble


async def _missing(merchant_id: UUID, language: str, after: int, last: int) -> Sequence[Any]:
    """id, sku, picture and position of the products in these places whose pictures we do not hold."""
    return (await connection().execute_query(MISSING, [merchant_id, language, after, last]))[1]
