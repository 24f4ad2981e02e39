"""What the tests of messages share: a postman who keeps what he is given, and the worker's part, done by hand."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from portal.db.setup import connection
from portal.integrations.ports import Mail
from portal.notifications.letters import open_stationery
from portal.notifications.service import Desk, tell_parcel_news
from portal.tracking.events import ParcelMoved
from workers.notifications import read_event

STATIONERY = open_stationery()


@dataclass
class Post:
    """Keeps every mail; `faults` are raised first, one for each mail, `late` once a mail was taken."""

    mails: list[Mail] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    late: list[BaseException] = field(default_factory=list)

    async def send(self, mail: Mail) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.mails.append(mail)
        if self.late:
            raise self.late.pop(0)


@dataclass
class Texts:
    """Keeps every text with its number and its key."""

    sent: list[tuple[str, str, str]] = field(default_factory=list)

    async def send(self, to: str, text: str, key: str) -> None:
        self.sent.append((to, text, key))


def desk_of(post: Post, **changes: Any) -> Desk:
    return Desk(post, STATIONERY, lambda host: f"https://{host}", **changes)


async def owed(merchant_id: UUID) -> list[ParcelMoved]:
    """What tracking owes, oldest first."""
    rows = await connection().execute_query_dict(
        "SELECT payload::text AS payload FROM outbox WHERE merchant_id = $1 AND topic = $2 ORDER BY id",
        [merchant_id, ParcelMoved.topic],
    )
    return [read_event(orjson.loads(row["payload"])) for row in rows]


async def deliver(merchant_id: UUID, post: Post, now: datetime) -> list[str]:
    """Do all that is owed. Returns the subjects of what the postman got."""
    for event in await owed(merchant_id):
        await tell_parcel_news(merchant_id, event, desk_of(post), now)
    return [mail.subject for mail in post.mails]
