"""Tables of the notifications room: every message with the reason it went out or did not, and what shoppers chose."""

from uuid import UUID

from tortoise import fields

from portal.db.base import MerchantRow


class Message(MerchantRow):
    """One message about one event, sent or not. `news` is what makes it the same message: one row, ever.

    `rule` says why it went out or did not, `event` what happened ({milestone, status, reason, at}), `template` which
    words ("parcel@" and a hash of them), `recipient` the address, masked. The id is the Message-ID.
    """

    order_id: UUID
    order = fields.ForeignKeyField("doorstep.Order", on_delete=fields.CASCADE, related_name=None, db_constraint=False)
    parcel_id = fields.UUIDField(null=True)
    news = fields.CharField(200)
    kind = fields.CharField(32)
    event = fields.JSONField()
    state = fields.CharField(16)
    rule = fields.CharField(32)
    channel = fields.CharField(16, default="")
    locale = fields.CharField(16, default="")
    template = fields.CharField(64, default="")
    recipient = fields.CharField(120, default="")
    error = fields.CharField(64, default="")
    """A code of ours for what the mail server said last; "" when it took the message."""
    created_at = fields.DatetimeField()
    sent_at = fields.DatetimeField(null=True)

    class Meta:
        table = "messages"
        unique_together = (("merchant", "news"),)
        indexes = (("order_id",), ("parcel_id",), ("merchant_id", "created_at"))


class MessageChoice(MerchantRow):
    """What a shopper wants to hear of one order, where, and in which language. Without a row: everything, by email."""

    order_id: UUID
    order = fields.ForeignKeyField("doorstep.Order", on_delete=fields.CASCADE, related_name=None, db_constraint=False)
    scope = fields.CharField(16)
    channel = fields.CharField(16)
    locale = fields.CharField(16)
    updated_at = fields.DatetimeField()

    class Meta:
        table = "message_choices"
        unique_together = (("merchant", "order"),)
        indexes = (("order_id",),)
