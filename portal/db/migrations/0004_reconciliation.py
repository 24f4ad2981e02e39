"""Reading shops again over their APIs."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from portal.db.constraining import constraints

PARENTS: tuple[str, ...] = ()
CHILDREN: tuple[tuple[str, str, str], ...] = ()
CHECKS = (
    ("shop_connections", "shop_connections_reading", "(read_from IS NULL) = (read_until IS NULL)"),
    ("shop_connections", "shop_connections_failures", "failures >= 0"),
)
INDEXES = ("CREATE INDEX shop_connections_due ON shop_connections (due_at) WHERE state = 'active'",)


class Migration(migrations.Migration):
    dependencies = [("doorstep", "0003_schedule")]

    operations = [
        ops.AddField(
            model_name="ShopConnection",
            name="first_from",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="ShopConnection",
            name="due_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="ShopConnection",
            name="read_from",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="ShopConnection",
            name="read_until",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="ShopConnection",
            name="missed",
            field=fields.CharField(default="", db_default="", max_length=200),
        ),
        ops.AddField(
            model_name="ShopConnection",
            name="problem",
            field=fields.CharField(default="", db_default="", max_length=200),
        ),
        ops.AddField(
            model_name="ShopConnection",
            name="failures",
            field=fields.SmallIntField(default=0, db_default=0),
        ),
        *(ops.RunSQL(sql=one) for one in constraints(PARENTS, CHILDREN, CHECKS, INDEXES)),
    ]
