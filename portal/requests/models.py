"""Tables of the requests room: what a shopper is putting together, what was asked, and every change since."""

from uuid import UUID

from tortoise import fields

from portal.db.base import MerchantRow


class RequestDraft(MerchantRow):
    """A request being put together, one per browser and order; its `id` is new at every step, so that a stale page
    shows.
    """

    order_id: UUID
    order = fields.ForeignKeyField("doorstep.Order", on_delete=fields.CASCADE, related_name=None, db_constraint=False)
    session_id = fields.UUIDField()
    kind = fields.CharField(32)
    parcel_id = fields.UUIDField(null=True)
    facts = fields.JSONField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "request_drafts"
        unique_together = (("session_id", "order_id"),)
        indexes = (("merchant_id",), ("order_id",), ("parcel_id",))


class ShopperRequest(MerchantRow):
    """Something asked of the team. `facts` is {address, place, where, text, lines}, what of it the kind needs.

    `parcel_id` is null for an order of which nothing was sent; `request_key` makes a repeated request this one.
    """

    order_id: UUID
    order = fields.ForeignKeyField("doorstep.Order", on_delete=fields.CASCADE, related_name=None, db_constraint=False)
    parcel_id = fields.UUIDField(null=True)
    number = fields.CharField(32)
    request_key = fields.CharField(80)
    request_digest = fields.BinaryField()
    kind = fields.CharField(32)
    reach = fields.CharField(16)
    state = fields.CharField(16)
    facts = fields.JSONField()
    locale = fields.CharField(16)
    via = fields.CharField(24)
    made_at = fields.DatetimeField()
    answered_at = fields.DatetimeField(null=True)
    answer = fields.CharField(1000, default="")
    """What the team says with its answer."""

    class Meta:
        table = "shopper_requests"
        unique_together = (("merchant", "number"), ("merchant", "request_key"))
        indexes = (("order_id",), ("parcel_id",), ("merchant_id", "made_at", "id"))


class RequestChange(MerchantRow):
    """What happened to a request: who, when, what."""

    request_id = fields.UUIDField()
    what = fields.CharField(32)
    who = fields.CharField(64)
    why = fields.CharField(1000, default="")
    at = fields.DatetimeField()

    class Meta:
        table = "request_changes"
        indexes = (("request_id", "at"), ("merchant_id",))
