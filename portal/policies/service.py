"""Publishing a policy: a new immutable version, live from a moment on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from portal.db.setup import connection, transaction
from portal.kernel.ids import new_id
from portal.policies.documents import digest, read_document, write_document
from portal.policies.models import PolicyVersion


class NothingBefore(Exception):
    """There is no version before the live one to go back to."""


async def publish_policy(
    merchant_id: UUID, data: Mapping[str, Any], now: datetime, live_from: datetime | None = None
) -> PolicyVersion:
    """Make a document the merchant's policy from `live_from` (now). The newest version again changes nothing.

    Raises DocumentError that lists everything wrong with the document.
    """
    document = read_document(data)
    async with transaction():
        await connection().execute_query(
            "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [f"policy/{merchant_id}"]
        )
        newest = await PolicyVersion.filter(merchant_id=merchant_id).order_by("-number").first()
        if newest is not None and newest.digest == digest(document):
            return newest
        return await PolicyVersion.create(
            id=new_id(),
            merchant_id=merchant_id,
            number=newest.number + 1 if newest else 1,
            document=write_document(document),
            digest=digest(document),
            live_from=live_from or now,
            created_at=now,
        )


async def roll_back(merchant_id: UUID, now: datetime) -> PolicyVersion:
    """Make the version before the live one the policy again: a new version with its document, live now.

    Scheduled versions stay scheduled. Raises NothingBefore.
    """
    async with transaction():
        begun = PolicyVersion.filter(merchant_id=merchant_id, live_from__lte=now)
        rows = await begun.order_by("-live_from", "-number").limit(2)
        if len(rows) < 2:
            raise NothingBefore
        return await publish_policy(merchant_id, rows[1].document, now)
