"""What messages know of a person: to whom they went, and what was chosen."""

from uuid import UUID

from portal.notifications.models import Message, MessageChoice


async def forget_person(merchant_id: UUID, order_id: UUID) -> None:
    """Forget it, inside the caller's transaction; that and why a message went out stays."""
    await Message.filter(merchant_id=merchant_id, order_id=order_id).update(recipient="")
    await MessageChoice.filter(merchant_id=merchant_id, order_id=order_id).delete()
