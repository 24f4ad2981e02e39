"""What runs every so often: one row a task for the whole installation."""

from tortoise import fields
from tortoise.models import Model


class ScheduledTask(Model):
    """When a task of the schedule may start again, by the database's clock. Whoever moves it on runs the task."""

    name = fields.CharField(64, primary_key=True)
    next_at = fields.DatetimeField()

    class Meta:
        table = "schedule"
