"""Codes and links by mail, and what a session has proven."""

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
    ("proofs", "session_id", "shopper_sessions"),
    ("proofs", "order_id", "orders"),
)
CHECKS: tuple[tuple[str, str, str], ...] = (
    ("proofs", "proofs_door", "door IN ('order', 'lookup') AND (door <> 'order' OR order_id IS NOT NULL)"),
    ("proofs", "proofs_tries", "tries >= 0"),
    ("proofs", "proofs_used", "(used_at IS NULL) = (spent_by IS NULL)"),
)
INDEXES: tuple[str, ...] = ("CREATE UNIQUE INDEX proofs_token ON proofs (token_hash)",)


class Migration(migrations.Migration):
    dependencies = [("doorstep", "0005_polling")]

    operations = [
        ops.CreateModel(
            name="Proof",
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
                ("session_id", fields.UUIDField()),
                ("order_id", fields.UUIDField(null=True)),
                ("door", fields.CharField(max_length=8)),
                ("goal", fields.CharField(max_length=64)),
                ("about", fields.CharField(default="", max_length=32)),
                ("token_hash", fields.BinaryField()),
                ("tries", fields.IntField(default=0)),
                ("asked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("sent_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("spent_by", fields.BinaryField(null=True)),
            ],
            options={
                "table": "proofs",
                "app": "doorstep",
                "indexes": [
                    Index(fields=["merchant_id"]),
                    Index(fields=["session_id"]),
                    Index(fields=["order_id"]),
                    Index(fields=["spent_by"]),
                ],
                "pk_attr": "id",
                "table_description": "A code and a link that one browser asked for. Neither is stored: see `rules`; of the link's token only the hash.",
            },
            bases=["MerchantRow"],
        ),
        ops.AddField(
            model_name="ShopperSession",
            name="proven",
            field=fields.JSONField(default=dict, db_default={}, encoder=JSON_DUMPS, decoder=loads),
        ),
        *(ops.RunSQL(sql=one) for one in constraints(PARENTS, CHILDREN, CHECKS, INDEXES)),
    ]
