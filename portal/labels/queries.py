"""Reads of the labels room."""

from uuid import UUID

from portal.labels.models import Label


async def get_label(merchant_id: UUID, return_id: UUID) -> Label:
    """The label of a return. Raises DoesNotExist."""
    return await Label.get(merchant_id=merchant_id, return_id=return_id)


async def list_labels(merchant_id: UUID, return_ids: list[UUID]) -> list[Label]:
    """The labels of several returns, in no order."""
    return await Label.filter(merchant_id=merchant_id, return_id__in=return_ids)
