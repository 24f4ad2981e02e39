"""What the table maker does not make: checks, keys across rows of one merchant, and partial indexes."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from portal.db.constraining import constraints

PARENTS = ("orders", "order_lines", "parcels", "returns", "shopper_sessions")
"""Tables whose rows others belong to: (merchant_id, id) is unique so that a child can only point inside its merchant."""

CHILDREN = (
    ("order_lines", "order_id", "orders"),
    ("parcels", "order_id", "orders"),
    ("parcel_lines", "parcel_id", "parcels"),
    ("parcel_lines", "line_id", "order_lines"),
    ("tracking_events", "parcel_id", "parcels"),
    ("return_drafts", "order_id", "orders"),
    ("return_drafts", "session_id", "shopper_sessions"),
    ("returns", "order_id", "orders"),
    ("return_lines", "return_id", "returns"),
    ("return_lines", "line_id", "order_lines"),
    ("return_changes", "return_id", "returns"),
    ("labels", "return_id", "returns"),
)

CHECKS = (
    ("orders", "orders_total", "total >= 0 AND paid >= 0 AND refunded >= 0"),
    ("order_lines", "order_lines_quantity", "quantity > 0"),
    ("order_lines", "order_lines_price", "unit_price >= 0 AND refunded >= 0"),
    (
        "order_lines",
        "order_lines_gone",
        "cancelled_quantity >= 0 AND refunded_quantity >= 0 AND cancelled_quantity + refunded_quantity <= quantity",
    ),
    ("parcel_lines", "parcel_lines_quantity", "quantity > 0"),
    ("tracking_sources", "tracking_sources_rotation", "(previous_secret IS NULL) = (rotated_at IS NULL)"),
    (
        "returns",
        "returns_state",
        "state IN ('requested', 'approved', 'declined', 'cancelled', 'closed')",
    ),
    ("returns", "returns_refund", "refund >= 0"),
    ("return_lines", "return_lines_quantity", "quantity > 0 AND refund >= 0 AND gross >= refund"),
    ("labels", "labels_state", "state IN ('pending', 'ready', 'failed')"),
    ("labels", "labels_ready", "(state = 'ready') = (ready_at IS NOT NULL)"),
    ("shop_connections", "shop_connections_state", "state IN ('active', 'closed')"),
    ("inbox", "inbox_state", "state IN ('waiting', 'early', 'applied', 'noted', 'refused')"),
    ("inbox", "inbox_ended", "(state IN ('waiting', 'early')) = (ended_at IS NULL)"),
    ("privacy_requests", "privacy_requests_kind", "kind IN ('data_request', 'customer_redact', 'shop_redact')"),
    ("outbox", "outbox_state", "state IN ('pending', 'done', 'dead')"),
    (
        "outbox",
        "outbox_counts",
        "attempt >= 0 AND fence >= 0 AND lost >= 0 AND wakes >= 0",
    ),
    ("outbox", "outbox_ended", "(state = 'pending') = (ended_at IS NULL)"),
)

INDEXES = (
    "CREATE UNIQUE INDEX api_keys_token ON api_keys (token_hash)",
    "CREATE UNIQUE INDEX shopper_sessions_token ON shopper_sessions (token_hash)",
    "CREATE INDEX inbox_subject ON inbox (merchant_id, platform, shop, subject, version) WHERE subject <> ''",
    "CREATE INDEX inbox_received ON inbox (merchant_id, received_at)",
    "CREATE INDEX returns_by_state ON returns (merchant_id, state, requested_at, id)",
    "CREATE INDEX outbox_due ON outbox (wake_at) WHERE state = 'pending'",
    "CREATE INDEX outbox_done ON outbox (ended_at) WHERE state = 'done'",
    "CREATE INDEX outbox_dead ON outbox (merchant_id, ended_at) WHERE state = 'dead'",
)

STORAGE = (
    "ALTER TABLE outbox SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000)",
    "ALTER TABLE order_pages SET (fillfactor = 80)",
)


class Migration(migrations.Migration):
    dependencies = [("doorstep", "0001_tables")]

    operations = [
        ops.RunSQL(sql=statement) for statement in [*constraints(PARENTS, CHILDREN, CHECKS, INDEXES), *STORAGE]
    ]
