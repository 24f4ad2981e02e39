"""Messages, and what shoppers prefer."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from portal.db.constraining import constraints
from portal.kernel.ids import new_id

PARENTS: tuple[str, ...] = ()
CHILDREN: tuple[tuple[str, str, str], ...] = (
    ("messages", "order_id", "orders"),
    ("messages", "parcel_id", "parcels"),
    ("message_choices", "order_id", "orders"),
)
CHECKS: tuple[tuple[str, str, str], ...] = (
    ("messages", "messages_state", "state IN ('sending', 'sent', 'skipped', 'refused')"),
    ("messages", "messages_sent", "(sent_at IS NOT NULL) = (state = 'sent')"),
    ("message_choices", "message_choices_scope", "scope IN ('all', 'problems', 'none')"),
    ("message_choices", "message_choices_channel", "channel IN ('email', 'sms')"),
)
INDEXES: tuple[str, ...] = ()


class Migration(migrations.Migration):
    dependencies = [("doorstep", "0007_requests")]

    operations = [
        ops.CreateModel(
            name="Message",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "merchant",
                    fields.ForeignKeyField(
                        "doorstep.Merchant",
                        source_field="merchant_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "order",
                    fields.ForeignKeyField(
                        "doorstep.Order",
                        source_field="order_id",
                        db_constraint=False,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("parcel_id", fields.UUIDField(null=True)),
                ("news", fields.CharField(max_length=200)),
                ("kind", fields.CharField(max_length=32)),
                ("event", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("state", fields.CharField(max_length=16)),
                ("rule", fields.CharField(max_length=32)),
                ("channel", fields.CharField(default="", max_length=16)),
                ("locale", fields.CharField(default="", max_length=16)),
                ("template", fields.CharField(default="", max_length=64)),
                ("recipient", fields.CharField(default="", max_length=120)),
                ("error", fields.CharField(default="", max_length=64)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("sent_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "messages",
                "app": "doorstep",
                "unique_together": (("merchant", "news"),),
                "indexes": [
                    Index(fields=["order_id"]),
                    Index(fields=["parcel_id"]),
                    Index(fields=["merchant_id", "created_at"]),
                ],
                "pk_attr": "id",
                "table_description": "One message about one event, sent or not. `news` is what makes it the same message: one row, ever.",
            },
            bases=["MerchantRow"],
        ),
        ops.CreateModel(
            name="MessageChoice",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                (
                    "merchant",
                    fields.ForeignKeyField(
                        "doorstep.Merchant",
                        source_field="merchant_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "order",
                    fields.ForeignKeyField(
                        "doorstep.Order",
                        source_field="order_id",
                        db_constraint=False,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("scope", fields.CharField(max_length=16)),
                ("channel", fields.CharField(max_length=16)),
                ("locale", fields.CharField(max_length=16)),
                ("updated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "message_choices",
                "app": "doorstep",
                "unique_together": (("merchant", "order"),),
                "indexes": [Index(fields=["order_id"])],
                "pk_attr": "id",
                "table_description": "What a shopper wants to hear of one order, where, and in which language. Without a row: everything, by email.",
            },
            bases=["MerchantRow"],
        ),
        *(ops.RunSQL(sql=one) for one in constraints(PARENTS, CHILDREN, CHECKS, INDEXES)),
    ]
