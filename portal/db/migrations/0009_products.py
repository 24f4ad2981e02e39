"""Products of a feed, pictures of proof of delivery."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from portal.db.constraining import constraints
from portal.kernel.ids import new_id

PARENTS: tuple[str, ...] = ()
CHILDREN: tuple[tuple[str, str, str], ...] = ()
CHECKS: tuple[tuple[str, str, str], ...] = (
    ("feed_products", "feed_products_price", "price >= 0 AND (sale_price IS NULL OR sale_price >= 0)"),
)
INDEXES: tuple[str, ...] = ()


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
        *(ops.RunSQL(sql=one) for one in constraints(PARENTS, CHILDREN, CHECKS, INDEXES)),
    ]
