"""Reads of the products room."""

from uuid import UUID

from portal.kernel.money import Money
from portal.orders.images import list_image_urls
from portal.products.models import FeedProduct
from portal.products.rules import Product

LOOKED_AT = 120
"""The first products of a feed, from which pages choose."""


async def list_offered(merchant_id: UUID, language: str) -> list[Product]:
    """The first products of the feed that can be bought: that of the language, else the one for all languages."""
    for wanted in dict.fromkeys((language, "")):
        rows = (
            await FeedProduct.filter(merchant_id=merchant_id, language=wanted, available=True)
            .order_by("position")
            .limit(LOOKED_AT)
        )
        if rows:
            images = await list_image_urls(merchant_id, [row.sku for row in rows])
            return [_product(row, images.get(row.sku, "")) for row in rows]
    return []


def _product(row: FeedProduct, image_url: str) -> Product:
    usual = Money(row.price, row.currency)
    price = usual if row.sale_price is None else Money(row.sale_price, row.currency)
    was = None if row.sale_price is None else usual
    return Product(row.sku, row.group, row.title, row.link, row.product_type, price, was, image_url)
