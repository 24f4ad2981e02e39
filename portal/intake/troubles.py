"""What stood in the way of asking a shop's API, and when to come again: kept with its connection."""

import random
from datetime import datetime, timedelta

import structlog

from portal.db.outbox_rules import storable
from portal.intake.models import ShopConnection
from portal.integrations.ports import AdapterError

log = structlog.get_logger()

FIRST_REST = timedelta(minutes=1)
LONGEST_REST = timedelta(minutes=15)
"""An outage is over for us at most this long after it is over for the shop."""
PERMANENT_REST = timedelta(hours=1)
"""Until somebody changes the credentials, which ends the rest at once; permissions may also be given at the shop."""


def is_resting(shop: ShopConnection, now: datetime) -> bool:
    """Whether the shop is left alone after trouble."""
    return shop.failures > 0 and shop.due_at is not None and shop.due_at > now


def rest_after(error: AdapterError, failures: int, roll: float) -> timedelta:
    """How long to leave the shop alone after this many failures in a row; `roll` in [0, 1) spreads many shops."""
    rest = PERMANENT_REST if error.permanent else min(FIRST_REST * 2 ** min(failures - 1, 10), LONGEST_REST)
    asked = timedelta(seconds=error.retry_after or 0)
    return max(rest * (0.75 + roll / 4), asked)


async def note_trouble(shop: ShopConnection, error: AdapterError, now: datetime) -> None:
    """Keep why the shop could not be asked, and let it rest. What many deliveries run into at once counts once."""
    failures = shop.failures + 1
    due_at = now + rest_after(error, failures, random.random())
    log.warning("shop cannot be asked", platform=shop.platform, shop=shop.shop, failures=failures, error=str(error))
    row = ShopConnection.filter(merchant_id=shop.merchant_id, id=shop.id, failures=shop.failures)
    await row.update(problem=storable(str(error))[:200], failures=min(failures, 30_000), due_at=due_at)
