"""What shoppers ask of the team: drafts, requests, and what happened to them."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from portal.db.constraining import constraints
from portal.kernel.ids import new_id

PARENTS: tuple[str, ...] = ("shopper_requests",)
CHILDREN: tuple[tuple[str, str, str], ...] = (
    ("request_drafts", "order_id", "orders"),
    ("request_drafts", "session_id", "shopper_sessions"),
    ("request_drafts", "parcel_id", "parcels"),
    ("shopper_requests", "order_id", "orders"),
    ("shopper_requests", "parcel_id", "parcels"),
    ("request_changes", "request_id", "shopper_requests"),
)
CHECKS: tuple[tuple[str, str, str], ...] = (
    ("shopper_requests", "shopper_requests_state", "state IN ('open', 'done', 'declined', 'withdrawn')"),
    ("shopper_requests", "shopper_requests_reach", "reach IN ('shop', 'carrier', 'again')"),
    ("shopper_requests", "shopper_requests_answered", "(state IN ('done', 'declined')) = (answered_at IS NOT NULL)"),
)
INDEXES: tuple[str, ...] = (
    "CREATE UNIQUE INDEX shopper_requests_one_open ON shopper_requests "
    "(order_id, coalesce(parcel_id, order_id), kind) WHERE state = 'open'",
    "CREATE INDEX shopper_requests_by_state ON shopper_requests (merchant_id, state, made_at, id)",
)


class Migration(migrations.Migration):
    dependencies = [("doorstep", "0006_proofs")]

    operations = [
        ops.CreateModel(
            name="RequestChange",
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
                ("request_id", fields.UUIDField()),
                ("what", fields.CharField(max_length=32)),
                ("who", fields.CharField(max_length=64)),
                ("why", fields.CharField(default="", max_length=1000)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "request_changes",
                "app": "doorstep",
                "indexes": [Index(fields=["request_id", "at"]), Index(fields=["merchant_id"])],
                "pk_attr": "id",
                "table_description": "What happened to a request: who, when, what.",
            },
            bases=["MerchantRow"],
        ),
        ops.CreateModel(
            name="RequestDraft",
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
                ("session_id", fields.UUIDField()),
                ("kind", fields.CharField(max_length=32)),
                ("parcel_id", fields.UUIDField(null=True)),
                ("facts", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "request_drafts",
                "app": "doorstep",
                "unique_together": (("session_id", "order_id"),),
                "indexes": [Index(fields=["merchant_id"]), Index(fields=["order_id"]), Index(fields=["parcel_id"])],
                "pk_attr": "id",
                "table_description": "A request being put together, one per browser and order; its `id` is new at every step, so that a stale page",
            },
            bases=["MerchantRow"],
        ),
        ops.CreateModel(
            name="ShopperRequest",
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
                ("number", fields.CharField(max_length=32)),
                ("request_key", fields.CharField(max_length=80)),
                ("request_digest", fields.BinaryField()),
                ("kind", fields.CharField(max_length=32)),
                ("reach", fields.CharField(max_length=16)),
                ("state", fields.CharField(max_length=16)),
                ("facts", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("locale", fields.CharField(max_length=16)),
                ("via", fields.CharField(max_length=24)),
                ("made_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("answered_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("answer", fields.CharField(default="", max_length=1000)),
            ],
            options={
                "table": "shopper_requests",
                "app": "doorstep",
                "unique_together": (("merchant", "number"), ("merchant", "request_key")),
                "indexes": [
                    Index(fields=["order_id"]),
                    Index(fields=["parcel_id"]),
                    Index(fields=["merchant_id", "made_at", "id"]),
                ],
                "pk_attr": "id",
                "table_description": "Something asked of the team. `facts` is {address, place, where, text, lines}, what of it the kind needs.",
            },
            bases=["MerchantRow"],
        ),
        *(ops.RunSQL(sql=one) for one in constraints(PARENTS, CHILDREN, CHECKS, INDEXES)),
    ]
