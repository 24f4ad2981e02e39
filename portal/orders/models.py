"""Tables of the orders room: facts as they were at order time."""

from uuid import UUID

from tortoise import fields

from portal.db.base import MerchantRow


class Order(MerchantRow):
    """A shop's order. Amounts are minor units of `currency`, what the shopper saw and paid.

    `number_key`, `email_key` and `postal_keys` are the normalised forms that lookup compares.
    """

    source = fields.CharField(32)
    source_id = fields.CharField(128)
    number = fields.CharField(64)
    number_key = fields.CharField(64)
    email_key = fields.CharField(254)
    postal_keys = fields.JSONField()
    placed_at = fields.DatetimeField()
    source_updated_at = fields.DatetimeField()
    cancelled_at = fields.DatetimeField(null=True)
    cancel_reason = fields.CharField(64, default="")
    currency = fields.CharField(3)
    shop_currency = fields.CharField(3)
    taxes_included = fields.BooleanField()
    total = fields.BigIntField()
    paid = fields.BigIntField(null=True)
    """What was paid so far; null when the shop does not say."""
    refunded = fields.BigIntField(default=0)
    """Everything the shop has paid back, also by amount alone."""
    customer = fields.JSONField()
    shipping_address = fields.JSONField(null=True)
    billing_address = fields.JSONField(null=True)
    charges = fields.JSONField()
    tenders = fields.JSONField()
    tags = fields.JSONField()
    note = fields.TextField(default="")
    gift = fields.BooleanField(default=False)
    channel = fields.CharField(32)
    location = fields.CharField(64, default="")
    extra = fields.JSONField()
    """What else the shop's adapter found worth keeping: how amounts were rounded, shipping refunded …"""
    policy_version_id = fields.UUIDField(null=True)
    """The version of the policy that was live when the order was placed."""
    fingerprint = fields.BinaryField()
    """SHA-256 of the record as stored: the same record twice changes nothing."""
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "orders"
        unique_together = (("merchant", "source", "source_id"),)
        indexes = (
            ("merchant_id", "number_key"),
            ("merchant_id", "placed_at", "id"),
            ("policy_version_id",),
        )


class OrderLine(MerchantRow):
    """One line as it was at order time. `discounts` and `taxes` are [{label, amount, rate?}] for the whole quantity."""

    order_id: UUID
    order = fields.ForeignKeyField(
        "doorstep.Order",
        on_delete=fields.CASCADE,
        related_name="lines",
        db_constraint=False,
    )
    position = fields.IntField()
    source_id = fields.CharField(128)
    title = fields.CharField(512)
    variant = fields.CharField(512, default="")
    sku = fields.CharField(255, default="")
    product_id = fields.CharField(128, default="")
    product_type = fields.CharField(255, default="")
    vendor = fields.CharField(255, default="")
    tags = fields.JSONField()
    quantity = fields.IntField()
    unit_price = fields.BigIntField()
    discounts = fields.JSONField()
    taxes = fields.JSONField()
    grams = fields.IntField(default=0)
    requires_shipping = fields.BooleanField()
    gift_card = fields.BooleanField(default=False)
    final_sale = fields.BooleanField(default=False)
    personalised = fields.BooleanField(default=False)
    properties = fields.JSONField()
    cancelled_quantity = fields.IntField(default=0)
    refunded_quantity = fields.IntField(default=0)
    refunded = fields.BigIntField(default=0)

    class Meta:
        table = "order_lines"
        unique_together = (("order_id", "source_id"),)
        indexes = (("merchant_id",),)


class ProductImage(MerchantRow):
    """A product's picture in our own storage, found by SKU; `digest` is the SHA-256 of its bytes, in hex."""

    sku = fields.CharField(255)
    digest = fields.CharField(64)
    content_type = fields.CharField(64)

    class Meta:
        table = "product_images"
        unique_together = (("merchant", "sku"),)
        indexes = (("merchant_id", "digest"),)
