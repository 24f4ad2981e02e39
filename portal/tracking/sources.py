"""Who may report events to a merchant's door, and with which secrets."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from portal.db.sealed import opened
from portal.db.setup import connection, transaction
from portal.kernel.ids import new_id, new_token
from portal.kernel.refusal import Refusal
from portal.tracking.models import TrackingSource

OVERLAP = timedelta(days=7)
"""How long the secret before a rotation stays good."""
SHORTEST, LONGEST = 16, 128
KEPT_SECONDS, MOST_KEPT = 5.0, 1000
NOBODYS = new_token()
NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


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
    made = secret or new_token()
    row, created = await TrackingSource.get_or_create(
        {"id": new_id(), "secret": made, "created_at": now}, merchant_id=merchant_id, name=name
    )
    if not created:
        raise Refusal("source_exists", {"name": name})
    return row.secret


async def rotate_source(merchant_id: UUID, name: str, now: datetime, secret: str = "") -> str:
    """Give a source another secret; the one before stays good for seven days. Raises Refusal."""
    _check(name, secret)
    made = secret or new_token()
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
    _, rows = await connection().execute_query(
        "SELECT secret, previous_secret, rotated_at FROM tracking_sources WHERE merchant_id = $1 AND name = $2",
        [merchant_id, name],
    )
    if not rows:
        return []
    row = rows[0]
    still_good = row["previous_secret"] and now < row["rotated_at"] + OVERLAP
    found = [row["secret"], row["previous_secret"]] if still_good else [row["secret"]]
    return [opened(secret) for secret in found]


class Keyring:
    """Secrets remembered for a moment, for sources that deliver all the time.

    Only what proved itself is answered from memory: whoever asks with another secret is looked up, so a new secret is
    good at once and an old one for a few seconds more.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[UUID, str], tuple[float, list[str]]] = {}

    async def proven(self, merchant_id: UUID, name: str, now: datetime, proves: Callable[[str], bool]) -> bool:
        """Whether one of the source's secrets `proves` what came."""
        at, secrets = self._known.get((merchant_id, name), (0.0, []))
        if time.monotonic() - at < KEPT_SECONDS and max(map(proves, secrets), default=False):
            return True
        secrets = await list_secrets(merchant_id, name, now)
        # Without a source a secret that nobody knows is checked all the same: it takes as long, and proves nothing.
        found = [proves(secret) for secret in secrets or [NOBODYS]]
        if not (secrets and any(found)):
            return False
        if len(self._known) > MOST_KEPT:
            self._known.clear()
        self._known[merchant_id, name] = (time.monotonic(), secrets)
        return True

    def forget(self) -> None:
        """Look everybody up again, as happens by itself after five seconds."""
        self._known.clear()


def can_be_named(name: str) -> bool:
    """Whether a source can have this name."""
    return 1 <= len(name) <= 32 and set(name) <= NAME and name != "shop"


def _check(name: str, secret: str) -> None:
    if not can_be_named(name):
        raise Refusal("source_name", {"name": name[:40]})
    if secret and not (SHORTEST <= len(secret) <= LONGEST and secret.isprintable()):
        raise Refusal("source_secret", {"shortest": SHORTEST, "longest": LONGEST})
