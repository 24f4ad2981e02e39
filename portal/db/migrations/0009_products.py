"""Products of a feed, pictures of proof of delivery."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from portal.db.constraining import constraints
from portal.kernel.ids import new_id

PARENTS: tuple[str, ...] = ()
CHILDREN: tuple[tuple[str, str, str], ...] = (("delivery_proofs", "parcel_id", "parcels"),)
CHECKS: tuple[tuple[str, str, str], ...] = (
    ("delivery_proofs", "delivery_proofs_state", "state IN ('wanted', 'ready', 'refused')"),
    ("delivery_proofs", "delivery_proofs_ended", "(state = 'wanted') = (ended_at IS NULL)"),
    ("feed_products", "feed_products_price", "price >= 0 AND (sale_price IS NULL OR sale_price >= 0)"),
)
INDEXES: tuple[str, ...] = (
    "CREATE INDEX tracking_events_pictured ON tracking_events (received_at) WHERE (extra ->> 'pod_url') IS NOT NULL",
)


class Migration(migrations.Migration):
    dependencies = [("doorstep", "0008_notifications")]

    operations = [
        ops.CreateModel(
            name="FeedProduct",
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
                ("sku", fields.CharField(max_length=128)),
                ("group", fields.CharField(default="", max_length=128)),
                ("title", fields.CharField(max_length=200)),
                ("link", fields.TextField(unique=False)),
                ("picture", fields.TextField(default="", unique=False)),
                ("product_type", fields.CharField(default="", max_length=255)),
                ("language", fields.CharField(default="", max_length=16)),
                ("currency", fields.CharField(max_length=3)),
                ("price", fields.BigIntField()),
                ("sale_price", fields.BigIntField(null=True)),
                ("available", fields.BooleanField()),
                ("position", fields.IntField()),
            ],
            options={
                "table": "feed_products",
                "app": "doorstep",
                "unique_together": (("merchant", "language", "sku"),),
                "indexes": [Index(fields=["merchant_id", "language", "position"])],
                "pk_attr": "id",
                "table_description": "A product as the merchant's feed publishes it. Amounts are minor units of `currency`; `position` is its place.",
            },
            bases=["MerchantRow"],
        ),
        ops.CreateModel(
            name="DeliveryProof",
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
                ("parcel_id", fields.UUIDField()),
                ("url", fields.TextField(unique=False)),
                ("state", fields.CharField(max_length=16)),
                ("why", fields.CharField(default="", max_length=120)),
                ("storage_key", fields.CharField(default="", max_length=255)),
                ("wanted_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "delivery_proofs",
                "app": "doorstep",
                "unique_together": (("parcel_id",),),
                "indexes": [Index(fields=["merchant_id"])],
                "pk_attr": "id",
                "table_description": "A carrier's picture of a delivery: fetched once, re-encoded, kept in storage under `storage_key`.",
            },
            bases=["MerchantRow"],
        ),
        *(ops.RunSQL(sql=one) for one in constraints(PARENTS, CHILDREN, CHECKS, INDEXES)),
    ]
