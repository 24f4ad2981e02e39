"""Who may report events to a merchant's door, and with which secrets."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from portal.db.setup import transaction
from portal.kernel.ids import new_id
from portal.kernel.refusal import Refusal
from portal.tracking.models import TrackingSource

OVERLAP = timedelta(days=7)
"""How long the secret before a rotation stays good."""
SHORTEST, LONGEST = 16, 128
NAME = "abcdefghijklmnopqrstuvwxyz0123456789-"


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """A source as an operator sees it; secrets are shown once, when they are made."""

    name: str
    created_at: datetime
    rotated_at: datetime | None
    previous_until: datetime | None


async def add_source(merchant_id: UUID, name: str, now: datetime, secret: str = "") -> str:
    """Open the door to a source; returns its secret: the given one, else a new one. Raises Refusal."""
    _check(name, secret)
    made = secret or secrets.token_urlsafe(32)
    row, created = await TrackingSource.get_or_create(
        {"id": new_id(), "secret": made, "created_at": now}, merchant_id=merchant_id, name=name
    )
    if not created:
        raise Refusal("source_exists", {"name": name})
    return row.secret


async def rotate_source(merchant_id: UUID, name: str, now: datetime, secret: str = "") -> str:
    """Give a source another secret; the one before stays good for seven days. Raises Refusal."""
    _check(name, secret)
    made = secret or secrets.token_urlsafe(32)
    async with transaction():
        row = await TrackingSource.filter(merchant_id=merchant_id, name=name).select_for_update().first()
        if row is None:
            raise Refusal("source_unknown", {"name": name})
        await TrackingSource.filter(merchant_id=merchant_id, id=row.id).update(
            secret=made, previous_secret=row.secret, rotated_at=now
        )
    return made


async def list_sources(merchant_id: UUID) -> list[SourceFacts]:
    """Every source of a merchant, by name."""
    rows = await TrackingSource.filter(merchant_id=merchant_id).order_by("name")
    return [
        SourceFacts(row.name, row.created_at, row.rotated_at, row.rotated_at + OVERLAP if row.rotated_at else None)
        for row in rows
    ]


async def list_secrets(merchant_id: UUID, name: str, now: datetime) -> list[str]:
    """The secrets that a source may sign with now, the newest first; none for a source that is not known."""
    row = await TrackingSource.get_or_none(merchant_id=merchant_id, name=name)
    if row is None:
        return []
    still_good = row.previous_secret and row.rotated_at and now < row.rotated_at + OVERLAP
    return [row.secret, row.previous_secret] if still_good and row.previous_secret else [row.secret]


def _check(name: str, secret: str) -> None:
    if not 1 <= len(name) <= 32 or not set(name) <= set(NAME) or name == "shop":
        raise Refusal("source_name", {"name": name[:40]})
    if secret and not (SHORTEST <= len(secret) <= LONGEST and secret.isprintable()):
        raise Refusal("source_secret", {"shortest": SHORTEST, "longest": LONGEST})
