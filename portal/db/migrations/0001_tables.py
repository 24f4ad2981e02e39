from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from portal.db.outbox_rules import EffectState
from portal.kernel.ids import new_id
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="Merchant",
            fields=[
                (
                    "id",
                    fields.UUIDField(
                        primary_key=True, default=new_id, unique=True, db_index=True
                    ),
                ),
                ("slug", fields.CharField(unique=True, max_length=64)),
                ("name", fields.CharField(max_length=120)),
                ("theme", fields.CharField(max_length=64)),
                ("locale", fields.CharField(max_length=16)),
                ("locales", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("currency", fields.CharField(max_length=3)),
                ("country", fields.CharField(max_length=2)),
                ("time_zone", fields.CharField(max_length=64)),
                ("support_email", fields.CharField(max_length=254)),
                ("return_address", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("delivery", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("return_carrier", fields.CharField(default="", max_length=60)),
                (
                    "created_at",
                    fields.DatetimeField(auto_now=False, auto_now_add=False),
                ),
                (
                    "updated_at",
                    fields.DatetimeField(auto_now=False, auto_now_add=False),
                ),
            ],
            options={
                "table": "merchants",
                "app": "doorstep",
                "pk_attr": "id",
                "table_description": "A tenant. `locales` are what its shoppers may choose; `return_address` is an AddressRecord as JSON.",
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "id",
                    fields.UUIDField(
                        primary_key=True, default=new_id, unique=True, db_index=True
                    ),
                ),
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
                ("name", fields.CharField(max_length=120)),
                ("prefix", fields.CharField(max_length=16)),
                ("token_hash", fields.BinaryField()),
                ("scopes", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                (
                    "created_at",
                    fields.DatetimeField(auto_now=False, auto_now_add=False),
                ),
                (
                    "last_used_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                (
                    "revoked_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
            ],
            options={
                "table": "api_keys",
                "app": "doorstep",
                "indexes": [Index(fields=["merchant_id"])],
                "pk_attr": "id",
                "table_description": "A key of the admin API: only its SHA-256 is kept; `prefix` lets a person recognise it.",
            },
            bases=["MerchantRow"],
        ),
        ops.CreateModel(
            name="Counter",
            fields=[
                (
                    "id",
                    fields.UUIDField(
                        primary_key=True, default=new_id, unique=True, db_index=True
                    ),
                ),
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
                ("series", fields.CharField(max_length=32)),
                ("value", fields.BigIntField()),
            ],
            options={
                "table": "counters",
                "app": "doorstep",
                "unique_together": (("merchant", "series"),),
                "pk_attr": "id",
                "table_description": "The last number given out in a series of a merchant, for example of its returns.",
            },
            bases=["MerchantRow"],
        ),
        ops.CreateModel(
            name="Label",
            fields=[
                (
                    "id",
                    fields.UUIDField(
                        primary_key=True, default=new_id, unique=True, db_index=True
                    ),
                ),
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
                ("return_id", fields.UUIDField()),
                ("state", fields.CharField(max_length=16)),
                ("code", fields.CharField(max_length=48)),
                ("drop_off", fields.CharField(max_length=160)),
                ("storage_key", fields.CharField(default="", max_length=255)),
                ("size", fields.IntField(default=0)),
                (
                    "requested_at",
                    fields.DatetimeField(auto_now=False, auto_now_add=False),
                ),
                (
                    "ready_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
            ],
            options={
                "table": "labels",
                "app": "doorstep",
                "unique_together": (("return_id",),),
                "indexes": [Index(fields=["merchant_id"])],
                "pk_attr": "id",
                "table_description": "A return's label: asked for with the return, rendered by a worker, kept in storage under `storage_key`.",
            },
            bases=["MerchantRow"],
        ),
        ops.CreateModel(
            name="MerchantHost",
            fields=[
                (
                    "id",
                    fields.UUIDField(
                        primary_key=True, default=new_id, unique=True, db_index=True
                    ),
                ),
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
                ("host", fields.CharField(unique=True, max_length=253)),
            ],
            options={
                "table": "merchant_hosts",
                "app": "doorstep",
                "indexes": [Index(fields=["merchant_id"])],
                "pk_attr": "id",
                "table_description": "A host name (lower case, without port) that belongs to exactly one merchant.",
            },
            bases=["MerchantRow"],
        ),
        ops.CreateModel(
            name="Order",
            fields=[
                (
                    "id",
                    fields.UUIDField(
                        primary_key=True, default=new_id, unique=True, db_index=True
                    ),
                ),
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
                ("source_id", fields.CharField(max_length=128)),
                ("number", fields.CharField(max_length=64)),
                ("number_key", fields.CharField(max_length=64)),
                ("email_key", fields.CharField(max_length=254)),
                ("postal_keys", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("placed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "source_updated_at",
                    fields.DatetimeField(auto_now=False, auto_now_add=False),
                ),
                (
                    "cancelled_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("cancel_reason", fields.CharField(default="", max_length=64)),
                ("currency", fields.CharField(max_length=3)),
                ("shop_currency", fields.CharField(max_length=3)),
                ("taxes_included", fields.BooleanField()),
                ("total", fields.BigIntField()),
                ("customer", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                (
                    "shipping_address",
                    fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
                ),
                (
                    "billing_address",
                    fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
                ),
                ("charges", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("tenders", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("tags", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("note", fields.TextField(default="", unique=False)),
                ("gift", fields.BooleanField(default=False)),
                ("channel", fields.CharField(max_length=32)),
                ("location", fields.CharField(default="", max_length=64)),
                ("policy_version_id", fields.UUIDField(null=True)),
                ("fingerprint", fields.BinaryField()),
                (
                    "created_at",
                    fields.DatetimeField(auto_now=False, auto_now_add=False),
                ),
                (
                    "updated_at",
                    fields.DatetimeField(auto_now=False, auto_now_add=False),
                ),
            ],
            options={
                "table": "orders",
                "app": "doorstep",
                "unique_together": (("merchant", "source", "source_id"),),
                "indexes": [
                    Index(fields=["merchant_id", "number_key"]),
                    Index(fields=["merchant_id", "placed_at", "id"]),
                    Index(fields=["policy_version_id"]),
                ],
                "pk_attr": "id",
                "table_description": "A shop's order. Amounts are minor units of `currency`, what the shopper saw and paid.",
            },
            bases=["MerchantRow"],
        ),
        ops.CreateModel(
            name="OrderLine",
            fields=[
                (
                    "id",
                    fields.UUIDField(
                        primary_key=True, default=new_id, unique=True, db_index=True
                    ),
                ),
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
                        related_name="lines",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("position", fields.IntField()),
                ("source_id", fields.CharField(max_length=128)),
                ("title", fields.CharField(max_length=512)),
                ("variant", fields.CharField(default="", max_length=512)),
                ("sku", fields.CharField(default="", max_length=255)),
                ("product_id", fields.CharField(default="", max_length=128)),
                ("product_type", fields.CharField(default="", max_length=255)),
                ("vendor", fields.CharField(default="", max_length=255)),
                ("tags", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("quantity", fields.IntField()),
                ("unit_price", fields.BigIntField()),
                ("discounts", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("taxes", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("grams", fields.IntField(default=0)),
                ("requires_shipping", fields.BooleanField()),
                ("gift_card", fields.BooleanField(default=False)),
                ("final_sale", fields.BooleanField(default=False)),
                ("personalised", fields.BooleanField(default=False)),
                ("properties", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("cancelled_quantity", fields.IntField(default=0)),
                ("refunded_quantity", fields.IntField(default=0)),
                ("refunded", fields.BigIntField(default=0)),
            ],
            options={
                "table": "order_lines",
                "app": "doorstep",
                "unique_together": (("order_id", "source_id"),),
                "indexes": [Index(fields=["merchant_id"])],
                "pk_attr": "id",
                "table_description": "One line as it was at order time. `discounts` and `taxes` are [{label, amount, rate?}] for the whole quantity.",
            },
            bases=["MerchantRow"],
        ),
        ops.CreateModel(
            name="OrderPage",
            fields=[
                (
                    "id",
                    fields.UUIDField(
                        primary_key=True, default=new_id, unique=True, db_index=True
                    ),
                ),
                ("merchant_id", fields.UUIDField()),
                ("version", fields.BigIntField()),
                ("content", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={
                "table": "order_pages",
                "app": "doorstep",
                "indexes": [Index(fields=["merchant_id"])],
                "pk_attr": "id",
                "table_description": "Everything the order's page shows, in one row; `id` is the order's. Written in the transaction that changes a fact.",
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Outbox",
            fields=[
                (
                    "id",
                    fields.UUIDField(
                        primary_key=True, default=new_id, unique=True, db_index=True
                    ),
                ),
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
                ("topic", fields.CharField(max_length=80)),
                ("dedupe_key", fields.CharField(max_length=200)),
                ("payload", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                (
                    "state",
                    fields.CharEnumField(
                        default=EffectState.PENDING,
                        description="PENDING: pending\nDONE: done\nDEAD: dead",
                        enum_type=EffectState,
                        max_length=8,
                    ),
                ),
                ("wake_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("wakes", fields.IntField(default=0)),
                (
                    "available_at",
                    fields.DatetimeField(auto_now=False, auto_now_add=False),
                ),
                (
                    "lease_until",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("fence", fields.IntField(default=0)),
                ("attempt", fields.IntField(default=0)),
                ("lost", fields.IntField(default=0)),
                ("last_error", fields.TextField(null=True, unique=False)),
                (
                    "created_at",
                    fields.DatetimeField(auto_now=False, auto_now_add=False),
                ),
                (
                    "ended_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
            ],
            options={
                "table": "outbox",
                "app": "doorstep",
                "unique_together": (("merchant", "topic", "dedupe_key"),),
                "pk_attr": "id",
                "table_description": "All moments but `created_at` are written by the database's clock.",
            },
            bases=["MerchantRow"],
        ),
        ops.CreateModel(
            name="Parcel",
            fields=[
                (
                    "id",
                    fields.UUIDField(
                        primary_key=True, default=new_id, unique=True, db_index=True
                    ),
                ),
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
                        related_name="parcels",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("position", fields.IntField()),
                ("source_id", fields.CharField(max_length=160)),
                ("carrier", fields.CharField(default="", max_length=120)),
                ("tracking_number", fields.CharField(default="", max_length=128)),
                ("tracking_key", fields.CharField(default="", max_length=128)),
                ("tracking_url", fields.TextField(default="", unique=False)),
                (
                    "shipped_at",
                    fields.DatetimeField(auto_now=False, auto_now_add=False),
                ),
                ("cancelled", fields.BooleanField(default=False)),
                ("status", fields.CharField(max_length=32)),
                ("status_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("reason", fields.CharField(null=True, max_length=64)),
                (
                    "delivered_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("carrier_date", fields.DateField(null=True)),
                (
                    "carrier_window",
                    fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
                ),
                ("previous_date", fields.DateField(null=True)),
            ],
            options={
                "table": "parcels",
                "app": "doorstep",
                "unique_together": (("order_id", "source_id"),),
                "indexes": [Index(fields=["merchant_id", "tracking_key"])],
                "pk_attr": "id",
                "table_description": "One parcel of an order. `status` and what follows are a fold over its events; `tracking_key` is the number normalised.",
            },
            bases=["MerchantRow"],
        ),
        ops.CreateModel(
            name="ParcelLine",
            fields=[
                (
                    "id",
                    fields.UUIDField(
                        primary_key=True, default=new_id, unique=True, db_index=True
                    ),
                ),
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
                    "parcel",
                    fields.ForeignKeyField(
                        "doorstep.Parcel",
                        source_field="parcel_id",
                        db_constraint=False,
                        to_field="id",
                        related_name="lines",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "line",
                    fields.ForeignKeyField(
                        "doorstep.OrderLine",
                        source_field="line_id",
                        db_constraint=False,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("quantity", fields.IntField()),
            ],
            options={
                "table": "parcel_lines",
                "app": "doorstep",
                "unique_together": (("parcel_id", "line_id"),),
                "indexes": [Index(fields=["merchant_id"]), Index(fields=["line_id"])],
                "pk_attr": "id",
                "table_description": "How many units of an order line travel in a parcel.",
            },
            bases=["MerchantRow"],
        ),
        ops.CreateModel(
            name="PolicyVersion",
            fields=[
                (
                    "id",
                    fields.UUIDField(
                        primary_key=True, default=new_id, unique=True, db_index=True
                    ),
                ),
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
                ("number", fields.IntField()),
                ("document", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("digest", fields.CharField(max_length=64)),
                ("live_from", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "created_at",
                    fields.DatetimeField(auto_now=False, auto_now_add=False),
                ),
            ],
            options={
                "table": "policy_versions",
                "app": "doorstep",
                "unique_together": (("merchant", "number"),),
                "indexes": [Index(fields=["merchant_id", "live_from"])],
                "pk_attr": "id",
                "table_description": "One immutable version of a merchant's policy, live from `live_from` until a later one is.",
            },
            bases=["MerchantRow"],
        ),
        ops.CreateModel(
            name="ProductImage",
            fields=[
                (
                    "id",
                    fields.UUIDField(
                        primary_key=True, default=new_id, unique=True, db_index=True
                    ),
                ),
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
                ("sku", fields.CharField(max_length=255)),
                ("digest", fields.CharField(max_length=64)),
                ("content_type", fields.CharField(max_length=64)),
            ],
            options={
                "table": "product_images",
                "app": "doorstep",
                "unique_together": (("merchant", "sku"),),
                "indexes": [Index(fields=["merchant_id", "digest"])],
                "pk_attr": "id",
                "table_description": "A product's picture in our own storage, found by SKU; `digest` is the SHA-256 of its bytes, in hex.",
            },
            bases=["MerchantRow"],
        ),
        ops.CreateModel(
            name="Return",
            fields=[
                (
                    "id",
                    fields.UUIDField(
                        primary_key=True, default=new_id, unique=True, db_index=True
                    ),
                ),
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
                        related_name="returns",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("number", fields.CharField(max_length=32)),
                ("request_key", fields.CharField(max_length=80)),
                ("request_digest", fields.BinaryField()),
                ("state", fields.CharField(max_length=24)),
                ("via", fields.CharField(max_length=24)),
                ("currency", fields.CharField(max_length=3)),
                ("refund", fields.BigIntField()),
                ("quote", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("decision", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("method", fields.CharField(max_length=24)),
                ("ship_by", fields.DateField()),
                ("locale", fields.CharField(max_length=16)),
                ("version", fields.BigIntField(default=1)),
                (
                    "requested_at",
                    fields.DatetimeField(auto_now=False, auto_now_add=False),
                ),
                (
                    "updated_at",
                    fields.DatetimeField(auto_now=False, auto_now_add=False),
                ),
            ],
            options={
                "table": "returns",
                "app": "doorstep",
                "unique_together": (
                    ("merchant", "number"),
                    ("merchant", "request_key"),
                ),
                "indexes": [
                    Index(fields=["order_id"]),
                    Index(fields=["merchant_id", "requested_at", "id"]),
                ],
                "pk_attr": "id",
                "table_description": "A return. `quote` is what was shown, `decision` why it was allowed; `request_key` makes a repeated request this one.",
            },
            bases=["MerchantRow"],
        ),
        ops.CreateModel(
            name="ReturnChange",
            fields=[
                (
                    "id",
                    fields.UUIDField(
                        primary_key=True, default=new_id, unique=True, db_index=True
                    ),
                ),
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
                ("return_id", fields.UUIDField()),
                ("what", fields.CharField(max_length=32)),
                ("who", fields.CharField(max_length=64)),
                ("why", fields.CharField(default="", max_length=500)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "return_changes",
                "app": "doorstep",
                "indexes": [
                    Index(fields=["return_id", "at"]),
                    Index(fields=["merchant_id"]),
                ],
                "pk_attr": "id",
                "table_description": "What happened to a return: who, when, why.",
            },
            bases=["MerchantRow"],
        ),
        ops.CreateModel(
            name="ReturnDraft",
            fields=[
                (
                    "id",
                    fields.UUIDField(
                        primary_key=True, default=new_id, unique=True, db_index=True
                    ),
                ),
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
                ("picks", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                (
                    "created_at",
                    fields.DatetimeField(auto_now=False, auto_now_add=False),
                ),
                (
                    "updated_at",
                    fields.DatetimeField(auto_now=False, auto_now_add=False),
                ),
            ],
            options={
                "table": "return_drafts",
                "app": "doorstep",
                "unique_together": (("session_id", "order_id"),),
                "indexes": [Index(fields=["merchant_id"]), Index(fields=["order_id"])],
                "pk_attr": "id",
                "table_description": "A return being put together: `picks` maps line id to {quantity, reason, comment}. Spent by the return it becomes.",
            },
            bases=["MerchantRow"],
        ),
        ops.CreateModel(
            name="ReturnLine",
            fields=[
                (
                    "id",
                    fields.UUIDField(
                        primary_key=True, default=new_id, unique=True, db_index=True
                    ),
                ),
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
                ("return_id", fields.UUIDField()),
                (
                    "line",
                    fields.ForeignKeyField(
                        "doorstep.OrderLine",
                        source_field="line_id",
                        db_constraint=False,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("quantity", fields.IntField()),
                ("reason", fields.CharField(max_length=32)),
                ("comment", fields.CharField(default="", max_length=500)),
                ("refund", fields.BigIntField()),
            ],
            options={
                "table": "return_lines",
                "app": "doorstep",
                "unique_together": (("return_id", "line_id"),),
                "indexes": [Index(fields=["merchant_id"]), Index(fields=["line_id"])],
                "pk_attr": "id",
                "table_description": "Units of one order line inside a return; `refund` is minor units for all of them.",
            },
            bases=["MerchantRow"],
        ),
        ops.CreateModel(
            name="ShopperSession",
            fields=[
                (
                    "id",
                    fields.UUIDField(
                        primary_key=True, default=new_id, unique=True, db_index=True
                    ),
                ),
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
                ("token_hash", fields.BinaryField()),
                ("order_ids", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("found_id", fields.UUIDField(null=True)),
                ("typed_number", fields.CharField(default="", max_length=64)),
                (
                    "created_at",
                    fields.DatetimeField(auto_now=False, auto_now_add=False),
                ),
                (
                    "expires_at",
                    fields.DatetimeField(auto_now=False, auto_now_add=False),
                ),
            ],
            options={
                "table": "shopper_sessions",
                "app": "doorstep",
                "indexes": [
                    Index(fields=["merchant_id"]),
                    Index(fields=["expires_at"]),
                ],
                "pk_attr": "id",
                "table_description": "What one browser may see after a lookup. The cookie holds a token, the row only its SHA-256.",
            },
            bases=["MerchantRow"],
        ),
        ops.CreateModel(
            name="TrackingEvent",
            fields=[
                (
                    "id",
                    fields.UUIDField(
                        primary_key=True, default=new_id, unique=True, db_index=True
                    ),
                ),
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
                    "parcel",
                    fields.ForeignKeyField(
                        "doorstep.Parcel",
                        source_field="parcel_id",
                        db_constraint=False,
                        to_field="id",
                        related_name="events",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("digest", fields.BinaryField()),
                ("source", fields.CharField(max_length=32)),
                ("status", fields.CharField(max_length=32)),
                ("reason", fields.CharField(null=True, max_length=64)),
                ("code", fields.CharField(default="", max_length=128)),
                ("city", fields.CharField(default="", max_length=120)),
                ("country", fields.CharField(default="", max_length=2)),
                (
                    "occurred_at",
                    fields.DatetimeField(auto_now=False, auto_now_add=False),
                ),
                (
                    "received_at",
                    fields.DatetimeField(auto_now=False, auto_now_add=False),
                ),
                ("estimated_date", fields.DateField(null=True)),
                (
                    "estimated_window",
                    fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
                ),
            ],
            options={
                "table": "tracking_events",
                "app": "doorstep",
                "unique_together": (("parcel_id", "digest"),),
                "indexes": [Index(fields=["merchant_id"])],
                "pk_attr": "id",
                "table_description": "One scan as heard. `digest` tells repetitions apart; `code` is the carrier's own word, kept whatever it is.",
            },
            bases=["MerchantRow"],
        ),
        ops.CreateModel(
            name="TrackingSource",
            fields=[
                (
                    "id",
                    fields.UUIDField(
                        primary_key=True, default=new_id, unique=True, db_index=True
                    ),
                ),
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
                ("secret", fields.CharField(max_length=128)),
                (
                    "created_at",
                    fields.DatetimeField(auto_now=False, auto_now_add=False),
                ),
            ],
            options={
                "table": "tracking_sources",
                "app": "doorstep",
                "unique_together": (("merchant", "name"),),
                "pk_attr": "id",
                "table_description": "Who may report events to a merchant's door, and the secret its signatures are checked with.",
            },
            bases=["MerchantRow"],
        ),
    ]
