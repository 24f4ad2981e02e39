"""Tables of the web floor."""

from tortoise import fields

from portal.db.base import MerchantRow


class ShopperSession(MerchantRow):
    """What one browser may see after a lookup. The cookie holds a token, the row only its SHA-256.

    `order_ids` are the orders it has found, `found_id` the newest lookup's (null when it found nothing: a hit and a
    miss leave the same traces). `proven` are the orders whose owner this browser is: order id to the Unix time until
    which that holds. Every lookup and every proof changes the token.
    """

    token_hash = fields.BinaryField()
    order_ids = fields.JSONField()
    found_id = fields.UUIDField(null=True)
    typed_number = fields.CharField(64, default="")
    proven = fields.JSONField(default=dict, db_default={})
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()

    class Meta:
        table = "shopper_sessions"
        indexes = (("merchant_id",), ("expires_at",))
