"""Tables of the labels room."""

from tortoise import fields

from portal.db.base import MerchantRow


class Label(MerchantRow):
    """A return's label: asked for with the return, rendered by a worker, kept in storage under `storage_key`."""

    return_id = fields.UUIDField()
    state = fields.CharField(16)
    code = fields.CharField(48)
    """What the Code 128 bars say."""
    drop_off = fields.CharField(160)
    """What the QR code says."""
    facts = fields.JSONField()
    """LabelFacts as they were when the label was asked for: what is printed never depends on later changes."""
    storage_key = fields.CharField(255, default="")
    size = fields.IntField(default=0)
    requested_at = fields.DatetimeField()
    ready_at = fields.DatetimeField(null=True)

    class Meta:
        table = "labels"
        unique_together = (("return_id",),)
        indexes = (("merchant_id",),)
