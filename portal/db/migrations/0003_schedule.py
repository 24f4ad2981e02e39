"""What runs every so often, and when it is next."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from portal.db.constraining import constraints

PARENTS: tuple[str, ...] = ()
CHILDREN: tuple[tuple[str, str, str], ...] = ()
CHECKS: tuple[tuple[str, str, str], ...] = ()
INDEXES: tuple[str, ...] = ()


class Migration(migrations.Migration):
    dependencies = [("doorstep", "0002_constraints")]

    operations = [
        ops.CreateModel(
            name="ScheduledTask",
            fields=[
                ("name", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("next_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "schedule",
                "app": "doorstep",
                "pk_attr": "name",
                "table_description": "When a task of the schedule may start again, by the database's clock. Whoever moves it on runs the task.",
            },
            bases=["Model"],
        ),
        *(ops.RunSQL(sql=one) for one in constraints(PARENTS, CHILDREN, CHECKS, INDEXES)),
    ]
