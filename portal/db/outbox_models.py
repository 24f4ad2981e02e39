"""The outbox table: one row per effect (a label to make, a mail to send) that a committed change still owes the world.

Needed by migration (RunSQL, because Meta.constraints are not created):
  ALTER TABLE outbox ADD CONSTRAINT outbox_state CHECK (state IN ('pending', 'done', 'dead'));
  ALTER TABLE outbox ADD CONSTRAINT outbox_counts CHECK (attempt >= 0 AND fence >= 0 AND lost >= 0 AND wakes >= 0);
  ALTER TABLE outbox ADD CONSTRAINT outbox_ended CHECK ((state = 'pending') = (ended_at IS NULL));
  CREATE INDEX outbox_due ON outbox (wake_at) WHERE state = 'pending';
  CREATE INDEX outbox_dead ON outbox (merchant_id, ended_at) WHERE state = 'dead';
  ALTER TABLE outbox SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
"""

from tortoise import fields

from portal.db.base import MerchantRow
from portal.db.outbox_rules import EffectState


class Outbox(MerchantRow):
    """All moments but `created_at` are written by the database's clock."""

    topic = fields.CharField(max_length=80)
    # What makes the effect one effect: the same key in the same topic never gets a second row.
    dedupe_key = fields.CharField(max_length=200)
    payload = fields.JSONField()
    state = fields.CharEnumField(EffectState, max_length=8, default=EffectState.PENDING)

    # When the relay wakes a worker (again): at once, after a back-off, when a wake-up or a lease must have been lost.
    wake_at = fields.DatetimeField()
    # Wake-ups sent since the last claim: each waits longer for the next, so that a backlog is not rung to death.
    wakes = fields.IntField(default=0)
    # Not before this moment, however early a stale wake-up comes.
    available_at = fields.DatetimeField()
    # Set while a worker runs it; a lease that ended by itself is a worker that died.
    lease_until = fields.DatetimeField(null=True)
    # Grows with every claim; whoever holds an older one writes nothing.
    fence = fields.IntField(default=0)
    attempt = fields.IntField(default=0)
    lost = fields.IntField(default=0)

    last_error = fields.TextField(null=True)
    created_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "outbox"
        unique_together = (("merchant", "topic", "dedupe_key"),)
