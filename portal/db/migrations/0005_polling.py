"""Asking carriers: accounts, and when each parcel is asked about next."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from portal.db.constraining import constraints
from portal.db.sealed import SealedJSONField
from portal.kernel.ids import new_id

PARENTS: tuple[str, ...] = ()
CHILDREN: tuple[tuple[str, str, str], ...] = ()
CHECKS: tuple[tuple[str, str, str], ...] = (
    ("carrier_accounts", "carrier_accounts_state", "state IN ('active', 'refused')"),
    (
        "carrier_accounts",
        "carrier_accounts_counts",
        "daily_limit > 0 AND pace_ms >= 0 AND used >= 0 AND watched >= 0 AND failures >= 0",
    ),
    ("parcels", "parcels_asked", "next_check_at IS NULL OR asked_of <> ''"),
    ("parcels", "parcels_check_failures", "check_failures >= 0"),
)
INDEXES: tuple[str, ...] = (
    "CREATE INDEX parcels_due ON parcels (merchant_id, asked_of, next_check_at) WHERE next_check_at IS NOT NULL",
    "CREATE INDEX parcels_unasked ON parcels (merchant_id, shipped_at) WHERE asked_of IS NULL",
)


class Migration(migrations.Migration):
    dependencies = [("doorstep", "0004_reconciliation")]

    operations = [
        ops.CreateModel(
            name="CarrierAccount",
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
                ("name", fields.CharField(max_length=32)),
                ("carrier", fields.CharField(max_length=32)),
                ("credentials", SealedJSONField(unique=False)),
                ("state", fields.CharField(max_length=16)),
                ("problem", fields.CharField(default="", max_length=200)),
                ("failures", fields.SmallIntField(default=0)),
                ("quiet_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("daily_limit", fields.IntField()),
                ("pace_ms", fields.IntField()),
                ("used", fields.IntField(default=0)),
                ("used_on", fields.DateField(null=True)),
                ("watched", fields.IntField(default=0)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("updated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "carrier_accounts",
                "app": "doorstep",
                "unique_together": (("merchant", "name"),),
                "pk_attr": "id",
                "table_description": "An account with a carrier whose API is asked about parcels. `name` is also the source of what it says.",
            },
            bases=["MerchantRow"],
        ),
        ops.AddField(model_name="Parcel", name="asked_of", field=fields.CharField(null=True, max_length=32)),
        ops.AddField(model_name="Parcel", name="check_failures", field=fields.SmallIntField(default=0, db_default=0)),
        ops.AddField(
            model_name="Parcel",
            name="checked_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="Parcel",
            name="next_check_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        *(ops.RunSQL(sql=one) for one in constraints(PARENTS, CHILDREN, CHECKS, INDEXES)),
    ]
