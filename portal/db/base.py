"""What every table has: a time-ordered id and, but for the merchants themselves, the merchant it belongs to."""

from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from portal.kernel.ids import new_id


class Row(Model):
    """A table row with a version 7 UUID."""

    id = fields.UUIDField(primary_key=True, default=new_id)

    class Meta:
        abstract = True


class MerchantRow(Row):
    """A row of one merchant. Every query names the merchant; composite foreign keys keep rows of one order together."""

    merchant_id: UUID
    merchant = fields.ForeignKeyField("doorstep.Merchant", on_delete=fields.CASCADE, related_name=None)

    class Meta:
        abstract = True
