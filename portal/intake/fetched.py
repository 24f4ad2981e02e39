"""Names for what we fetched ourselves, and what such a delivery says. Pure."""

from datetime import UTC, datetime, timedelta

from portal.integrations import deliveries
from portal.integrations.deliveries import Said

FETCHED = "reconcile/order"
"""The topic of an order that we fetched, on every platform."""
NAMED = "named"
"""The outcome of a delivery that named an order and waits for it to be fetched."""
UNFETCHED = "unfetched"
"""The outcome of a delivery that stands for an order which could not be had."""
SETTLED = timedelta(minutes=1)
"""So long after a change nothing else can have happened in its second, whatever the shop's clock says."""


def event_of(order_id: str, updated_at: datetime, fetched_at: datetime | None = None) -> str:
    """The event id of an order as it was at its last change.

    Platforms tell times in seconds. Fetched within SETTLED of it, the order may change again at the same time, so then
    it is an event of its own; None stands for long after.
    """
    event = f"{order_id}@{updated_at.astimezone(UTC).isoformat()}"
    if fetched_at is None or fetched_at - updated_at > SETTLED:
        return event
    return f"{event}~{int(fetched_at.timestamp() * 1000)}"


def unfetched_event_of(order_id: str, updated_at: datetime) -> str:
    """The event id of an order that could not be had: another one, so that it is fetched when that works again."""
    return f"{event_of(order_id, updated_at)}~0"


def said_by_event(event_id: str) -> Said:
    """What a delivery of topic FETCHED is about: the whole order at a time. Raises ValueError for another's id."""
    order_id, _, rest = event_id.partition("@")
    return Said(deliveries.ORDER, order_id, datetime.fromisoformat(rest.partition("~")[0]))
