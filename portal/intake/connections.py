"""Verbs for shop connections: connect, rotate the secret, close."""

from datetime import datetime
from typing import Any
from uuid import UUID

from portal.db.setup import transaction
from portal.intake.models import ShopConnection
from portal.intake.platforms import ANSWERS
from portal.kernel.ids import new_id
from portal.kernel.refusal import Refusal

LEAST_SECRET = 16


async def connect_shop(
    merchant_id: UUID,
    platform: str,
    shop: str,
    secret: str,
    credentials: dict[str, Any],
    now: datetime,
    first_from: datetime | None = None,
) -> UUID:
    """Let a shop deliver. Connecting it again opens it again with this secret and these credentials.

    With credentials its API is read too, the first time from `first_from` on.

    Raises Refusal("unknown_platform"), ("bad_shop") or ("weak_secret").
    """
    shop = shop.strip().lower().removeprefix("https://").rstrip("/").removeprefix("stores/")
    if platform not in ANSWERS:
        raise Refusal("unknown_platform", {"platform": platform, "known": ", ".join(ANSWERS)})
    if not shop or len(shop) > 255 or not shop.isascii() or not shop.isprintable() or "/" in shop:
        raise Refusal("bad_shop", {"shop": shop[:80]})
    _check(secret)
    row, made = await ShopConnection.get_or_create(
        {
            "id": new_id(),
            "secret": secret,
            "credentials": credentials,
            "first_from": first_from,
            "created_at": now,
            "updated_at": now,
        },
        merchant_id=merchant_id,
        platform=platform,
        shop=shop,
    )
    if not made:
        await ShopConnection.filter(merchant_id=merchant_id, id=row.id).update(
            secret=secret, previous_secret="", credentials=credentials or row.credentials, state="active",
            first_from=first_from or row.first_from, due_at=None, failures=0, problem="", updated_at=now,
        )  # fmt: skip
    return row.id


async def rotate_secret(merchant_id: UUID, platform: str, shop: str, secret: str, now: datetime) -> None:
    """Give a connection a new secret; the one until now stays valid beside it until `retire_secret`.

    Raises Refusal("not_connected") or ("weak_secret").
    """
    _check(secret)
    async with transaction():
        row = await _locked(merchant_id, platform, shop)
        if row.secret != secret:
            await ShopConnection.filter(merchant_id=merchant_id, id=row.id).update(
                secret=secret, previous_secret=row.secret, updated_at=now
            )


async def retire_secret(merchant_id: UUID, platform: str, shop: str, now: datetime) -> None:
    """End a rotation: only the newest secret is valid from now on. Raises Refusal("not_connected")."""
    async with transaction():
        row = await _locked(merchant_id, platform, shop)
        await ShopConnection.filter(merchant_id=merchant_id, id=row.id).update(previous_secret="", updated_at=now)


async def close_connection(merchant_id: UUID, platform: str, shop: str, now: datetime) -> None:
    """Take no more deliveries from a shop. Raises Refusal("not_connected")."""
    async with transaction():
        row = await _locked(merchant_id, platform, shop)
        await ShopConnection.filter(merchant_id=merchant_id, id=row.id).update(state="closed", updated_at=now)


async def _locked(merchant_id: UUID, platform: str, shop: str) -> ShopConnection:
    found = ShopConnection.filter(merchant_id=merchant_id, platform=platform, shop=shop.lower())
    row = await found.select_for_update().first()
    if row is None:
        raise Refusal("not_connected", {"platform": platform, "shop": shop})
    return row


def _check(secret: str) -> None:
    if len(secret) < LEAST_SECRET:
        raise Refusal("weak_secret", {"least": LEAST_SECRET})
