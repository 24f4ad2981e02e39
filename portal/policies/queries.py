"""Reads of the policies room."""

from datetime import datetime
from uuid import UUID

from portal.policies.models import PolicyVersion


async def find_version_at(merchant_id: UUID, moment: datetime) -> PolicyVersion | None:
    """The version that was live at that moment; before the first one, the first."""
    versions = PolicyVersion.filter(merchant_id=merchant_id)
    live = await versions.filter(live_from__lte=moment).order_by("-live_from", "-number").first()
    return live or await PolicyVersion.filter(merchant_id=merchant_id).order_by("live_from", "number").first()


async def get_version(merchant_id: UUID, version_id: UUID) -> PolicyVersion:
    """A version of this merchant. Raises DoesNotExist."""
    return await PolicyVersion.get(merchant_id=merchant_id, id=version_id)
