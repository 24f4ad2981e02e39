"""Reads of the policies room."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from portal.policies.documents import read_document
from portal.policies.models import PolicyVersion
from portal.policies.rules import Policy

KEPT = 500
_compiled: dict[UUID, tuple[UUID, Policy]] = {}
"""Versions never change, so what was compiled once is kept: version id to (merchant, policy)."""


async def find_version_at(merchant_id: UUID, moment: datetime) -> PolicyVersion | None:
    """The version that was live at that moment; before the first one, the first."""
    versions = PolicyVersion.filter(merchant_id=merchant_id)
    live = await versions.filter(live_from__lte=moment).order_by("-live_from", "-number").first()
    return live or await PolicyVersion.filter(merchant_id=merchant_id).order_by("number").first()


async def list_versions_at(merchant_id: UUID, moments: Sequence[datetime]) -> list[UUID | None]:
    """The same for many moments, by their ids; None for a merchant without any policy."""
    rows = await PolicyVersion.filter(merchant_id=merchant_id).order_by("live_from", "number").values("id", "live_from")
    if not rows:
        return [None] * len(moments)
    begins = [row["live_from"] for row in rows]
    return [rows[max(bisect_right(begins, moment) - 1, 0)]["id"] for moment in moments]


async def list_versions(merchant_id: UUID) -> list[PolicyVersion]:
    """Every version, the one that begins last first."""
    return await PolicyVersion.filter(merchant_id=merchant_id).order_by("-live_from", "-number")


async def find_policy_for(merchant_id: UUID, pinned: str | None, placed_at: datetime) -> Policy | None:
    """The policy of an order: the version it pins, else (it is older than the first policy) the one of its day."""
    if pinned is not None:
        return await find_policy(merchant_id, UUID(pinned))
    version = await find_version_at(merchant_id, placed_at)
    return await find_policy(merchant_id, version.id) if version else None


async def find_policy(merchant_id: UUID, version_id: UUID | None) -> Policy | None:
    """A version ready to decide, or None when the merchant has none of this id."""
    if version_id is None:
        return None
    kept = _compiled.get(version_id)
    if kept is None:
        row = await PolicyVersion.get_or_none(merchant_id=merchant_id, id=version_id)
        if row is None:
            return None
        if len(_compiled) >= KEPT:
            _compiled.clear()
        kept = _compiled[version_id] = (merchant_id, Policy(read_document(row.document), str(row.number)))
    return kept[1] if kept[0] == merchant_id else None
