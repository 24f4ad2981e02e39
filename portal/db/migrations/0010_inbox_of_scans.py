"""Deliveries of scans, kept before they are applied."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops

from portal.db.constraining import constraints
from portal.kernel.ids import new_id

PARENTS: tuple[str, ...] = ()
CHILDREN: tuple[tuple[str, str, str], ...] = ()
CHECKS: tuple[tuple[str, str, str], ...] = (
    ("scan_deliveries", "scan_deliveries_state", "state IN ('waiting', 'applied', 'refused')"),
    ("scan_deliveries", "scan_deliveries_ended", "(state = 'waiting') = (ended_at IS NULL)"),
)
INDEXES: tuple[str, ...] = (
    "CREATE INDEX scan_deliveries_waiting ON scan_deliveries (merchant_id, id) WHERE state = 'waiting'",
    "CREATE INDEX scan_deliveries_received ON scan_deliveries (merchant_id, received_at)",
)


class Migration(migrations.Migration):
    dependencies = [("doorstep", "0009_products")]

    operations = [
        ops.CreateModel(
            name="ScanDelivery",
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
                ("source", fields.CharField(max_length=32)),
                ("body", fields.BinaryField()),
                ("digest", fields.BinaryField()),
                ("state", fields.CharField(max_length=8)),
                ("taken", fields.IntField(default=0)),
                ("known", fields.IntField(default=0)),
                ("strangers", fields.IntField(default=0)),
                ("refused", fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ("reason", fields.CharField(default="", max_length=500)),
                ("claimed_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("received_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "scan_deliveries",
                "app": "doorstep",
                "unique_together": (("merchant", "digest"),),
                "pk_attr": "id",
                "table_description": "One delivery of scans, proven and kept as its raw bytes until it is applied, and for a while after.",
            },
            bases=["MerchantRow"],
        ),
        *(ops.RunSQL(sql=one) for one in constraints(PARENTS, CHILDREN, CHECKS, INDEXES)),
    ]
