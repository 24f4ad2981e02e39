"""Tables of the returns room: what a shopper is putting together, what was asked, and every change since."""

from uuid import UUID

from tortoise import fields

from portal.db.base import MerchantRow


class ReturnDraft(MerchantRow):
    """A return being put together: `picks` is a list of {line_id, quantity, reason, comment}. Spent by the return it
    becomes.
    """

    order_id: UUID
    order = fields.ForeignKeyField("doorstep.Order", on_delete=fields.CASCADE, related_name=None, db_constraint=False)
    session_id = fields.UUIDField()
    picks = fields.JSONField()
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "return_drafts"
        unique_together = (("session_id", "order_id"),)
        indexes = (("merchant_id",), ("order_id",))


class Return(MerchantRow):
    """A return. `quote` is what was shown, `decision` why it was allowed; `request_key` makes a repeated request this
    one.
    """

    order_id: UUID
    order = fields.ForeignKeyField(
        "doorstep.Order", on_delete=fields.CASCADE, related_name="returns", db_constraint=False
    )
    number = fields.CharField(32)
    request_key = fields.CharField(80)
    request_digest = fields.BinaryField()
    state = fields.CharField(24)
    via = fields.CharField(24)
    """Through which door: page or api."""
    currency = fields.CharField(3)
    refund = fields.BigIntField()
    quote = fields.JSONField()
    decision = fields.JSONField()
    method = fields.CharField(24)
    ship_by = fields.DateField()
    locale = fields.CharField(16)
    version = fields.BigIntField(default=1)
    requested_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "returns"
        unique_together = (("merchant", "number"), ("merchant", "request_key"))
        indexes = (("order_id",), ("merchant_id", "requested_at", "id"))


class ReturnLine(MerchantRow):
    """Units of one order line inside a return: `gross` is their worth before fees, `refund` what comes back."""

    return_id = fields.UUIDField()
    line_id: UUID
    line = fields.ForeignKeyField(
        "doorstep.OrderLine", on_delete=fields.CASCADE, related_name=None, db_constraint=False
    )
    quantity = fields.IntField()
    reason = fields.CharField(32)
    comment = fields.CharField(500, default="")
    gross = fields.BigIntField()
    refund = fields.BigIntField()

    class Meta:
        table = "return_lines"
        unique_together = (("return_id", "line_id"),)
        indexes = (("merchant_id",), ("line_id",))


class ReturnChange(MerchantRow):
    """What happened to a return: who, when, why."""

    return_id = fields.UUIDField()
    what = fields.CharField(32)
    who = fields.CharField(64)
    why = fields.CharField(500, default="")
    at = fields.DatetimeField()

    class Meta:
        table = "return_changes"
        indexes = (("return_id", "at"), ("merchant_id",))
