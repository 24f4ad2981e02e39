"""Who calls: the API key of the Authorization header, which must be one of the shop on this host."""

import re
from datetime import datetime
from uuid import UUID

from starlette.requests import Request

from portal.merchants.models import ApiKey
from portal.merchants.queries import find_api_key

_BEARER = re.compile(r"bearer +(dsk_[A-Za-z0-9_-]{43})", re.IGNORECASE)


async def find_caller(request: Request, merchant_id: UUID, now: datetime) -> ApiKey | None:
    """The live key that the request carries, if it is this merchant's. A foreign one is as unknown as any other."""
    given = request.headers.getlist("authorization")
    match = _BEARER.fullmatch(given[0].strip()) if len(given) == 1 else None
    key = await find_api_key(match[1], now) if match else None
    return key if key is not None and key.merchant_id == merchant_id else None
