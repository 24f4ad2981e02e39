"""Sealed secrets, and what else privacy needs."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from portal.db.constraining import BecomesText, constraints
from portal.db.sealed import SealedJSONField, SealedTextField

PARENTS: tuple[str, ...] = ()
CHILDREN: tuple[tuple[str, str, str], ...] = ()
CHECKS: tuple[tuple[str, str, str], ...] = ()
INDEXES: tuple[str, ...] = ()


class Migration(migrations.Migration):
    dependencies = [("doorstep", "0010_inbox_of_scans")]

    operations = [
        BecomesText("shop_connections", "ShopConnection", "credentials", SealedJSONField()),
        BecomesText("shop_connections", "ShopConnection", "previous_secret", SealedTextField(default="")),
        BecomesText("shop_connections", "ShopConnection", "secret", SealedTextField()),
        BecomesText("tracking_sources", "TrackingSource", "previous_secret", SealedTextField(null=True)),
        BecomesText("tracking_sources", "TrackingSource", "secret", SealedTextField()),
        *(ops.RunSQL(sql=one) for one in constraints(PARENTS, CHILDREN, CHECKS, INDEXES)),
    ]
