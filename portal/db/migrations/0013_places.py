"""Where a parcel leaves from."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("doorstep", "0012_live")]

    operations = [
        ops.AddField(
            model_name="Parcel", name="location", field=fields.CharField(default="", db_default="", max_length=64)
        ),
    ]
