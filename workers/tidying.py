"""Tidying: what nobody needs any more goes in small bites, merchant by merchant, so that no statement runs for long."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog

from portal.intake import inbox as shops
from portal.merchants.queries import list_merchant_ids
from portal.tracking import inbox as carriers
from portal.tracking.live import forget_unwatched
from portal.tracking.strays import forget_strays
from portal.web.sessions import forget_expired
from workers.schedule import Every
from workers.workshop import Workshop

log = structlog.get_logger(__name__)
BITE, BITES = 500, 20
"""Rows of one statement, and statements of one kind in one turn; what is left waits for the next."""

KINDS: dict[str, Callable[[UUID, datetime], Awaitable[int]]] = {
    "deliveries of shops": partial(shops.prune_deliveries, most=BITE),
    "deliveries of scans": partial(carriers.prune_deliveries, most=BITE),
    "stray scans": partial(forget_strays, most=BITE),
}


async def tidy(now: datetime, workshop: Workshop) -> None:
    """Delete deliveries and stray scans that were kept long enough, sessions that are over, with their drafts,
    and open pages that nobody looks at any longer."""
    gone = {
        "sessions": await _all_of(lambda: forget_expired(now, BITE)),
        "open pages": await _all_of(lambda: forget_unwatched(BITE)),
    }
    for merchant_id in await list_merchant_ids():
        for kind, forget in KINDS.items():
            gone[kind] = gone.get(kind, 0) + await _all_of(partial(forget, merchant_id, now))
    if any(gone.values()):
        log.info("tidied", **{kind.replace(" ", "_"): count for kind, count in gone.items() if count})


async def _all_of(forget: Callable[[], Awaitable[int]]) -> int:
    total = 0
    for _ in range(BITES):
        count = await forget()
        total += count
        if count < BITE:
            break
    return total


TIDY: Every[Workshop] = Every("tidy", timedelta(minutes=10), tidy)
