"""Tables of the products room."""

from tortoise import fields

from portal.db.base import MerchantRow


class FeedProduct(MerchantRow):
    """A product as the merchant's feed publishes it. Amounts are minor units of `currency`; `position` is its place.

    `picture` is the address of the feed's own picture; what a page shows is always ours.
    """

    sku = fields.CharField(128)
    group = fields.CharField(128, default="")
    title = fields.CharField(200)
    link = fields.TextField()
    picture = fields.TextField(default="")
    product_type = fields.CharField(255, default="")
    language = fields.CharField(16, default="")
    currency = fields.CharField(3)
    price = fields.BigIntField()
    sale_price = fields.BigIntField(null=True)
    available = fields.BooleanField()
    position = fields.IntField()

    class Meta:
        table = "feed_products"
        unique_together = (("merchant", "language", "sku"),)
        indexes = (("merchant_id", "language", "position"),)
