"""Reads of the requests room."""

from uuid import UUID

from portal.requests.models import RequestChange, RequestDraft, ShopperRequest


async def find_request(merchant_id: UUID, request_id: UUID) -> ShopperRequest | None:
    """The request of this id, if it is this merchant's."""
    return await ShopperRequest.get_or_none(merchant_id=merchant_id, id=request_id)


async def find_request_by_number(merchant_id: UUID, number: str) -> ShopperRequest | None:
    """The request with this number; case does not matter."""
    return await ShopperRequest.get_or_none(merchant_id=merchant_id, number=number.strip().upper()[:32])


async def find_request_by_key(merchant_id: UUID, request_key: str) -> ShopperRequest | None:
    """The request that a form with this key made."""
    return await ShopperRequest.get_or_none(merchant_id=merchant_id, request_key=request_key[:80])


async def list_order_requests(merchant_id: UUID, order_id: UUID) -> list[ShopperRequest]:
    """An order's requests, oldest first."""
    return await ShopperRequest.filter(merchant_id=merchant_id, order_id=order_id).order_by("made_at", "id")


async def list_requests(merchant_id: UUID, state: str = "", limit: int = 50) -> list[ShopperRequest]:
    """The newest requests, all or those in one state."""
    wanted = ShopperRequest.filter(merchant_id=merchant_id, **({"state": state} if state else {}))
    return await wanted.order_by("-made_at", "-id").limit(limit)


async def list_request_changes(merchant_id: UUID, request_id: UUID) -> list[RequestChange]:
    """What happened to a request, oldest first."""
    return await RequestChange.filter(merchant_id=merchant_id, request_id=request_id).order_by("at", "id")


async def find_request_draft(merchant_id: UUID, session_id: UUID, order_id: UUID) -> RequestDraft | None:
    """What this browser is putting together for this order."""
    return await RequestDraft.get_or_none(merchant_id=merchant_id, session_id=session_id, order_id=order_id)
