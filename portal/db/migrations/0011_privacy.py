"""Sealed secrets, and what else privacy needs."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from portal.db.constraining import constraints

PARENTS: tuple[str, ...] = ()
CHILDREN: tuple[tuple[str, str, str], ...] = ()
CHECKS: tuple[tuple[str, str, str], ...] = ()
INDEXES: tuple[str, ...] = ()

WIDER = (
    "ALTER TABLE tracking_sources ALTER COLUMN secret TYPE text, ALTER COLUMN previous_secret TYPE text",
    "ALTER TABLE shop_connections ALTER COLUMN credentials TYPE text USING credentials::text",
)
"""A sealed value is text, and longer than what it seals."""


class Migration(migrations.Migration):
    dependencies = [("doorstep", "0010_inbox_of_scans")]

    operations = [
        *(ops.RunSQL(sql=one) for one in WIDER),
        *(ops.RunSQL(sql=one) for one in constraints(PARENTS, CHILDREN, CHECKS, INDEXES)),
    ]
