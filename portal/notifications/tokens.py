"""Tokens in the links of messages: the order they are about and a mark that only this installation can make.

What they open is little: the order's stub, as after a lookup, or the way out of messages. Nothing is stored; a token
ends after some months, or when the installation's key changes.
"""

import base64
import binascii
import hmac
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from portal.db.sealed import mark_of

FIRST_DAY = date(2024, 1, 1)
MARK_SIZE = 16
"""128 bits: nobody guesses one."""
SIZE = 16 + 2 + MARK_SIZE


class Purpose(StrEnum):
    """What a token is good for, and nothing else."""

    OPEN = "open"
    LEAVE = "leave"


LIFETIMES = {Purpose.OPEN: timedelta(days=120), Purpose.LEAVE: timedelta(days=400)}


def make_token(purpose: Purpose, merchant_id: UUID, order_id: UUID, today: date) -> str:
    """A token, URL-safe, 46 characters; the same all day."""
    until = (today + LIFETIMES[purpose] - FIRST_DAY).days.to_bytes(2, "big")
    content = order_id.bytes + until
    return base64.urlsafe_b64encode(content + _mark(purpose, merchant_id, content)).decode().rstrip("=")


def read_token(purpose: Purpose, merchant_id: UUID, token: str, today: date) -> UUID | None:
    """The order that a token is about; None when it is not ours, of another merchant or purpose, or over."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if base64.urlsafe_b64encode(raw).decode().rstrip("=") != token:
        return None  # another spelling of the same bytes: one token has one form
    content, mark = raw[:-MARK_SIZE], raw[-MARK_SIZE:]
    if len(raw) != SIZE or not hmac.compare_digest(mark, _mark(purpose, merchant_id, content)):
        return None
    over = FIRST_DAY + timedelta(days=int.from_bytes(content[16:], "big")) < today
    return None if over else UUID(bytes=content[:16])


def _mark(purpose: Purpose, merchant_id: UUID, content: bytes) -> bytes:
    return mark_of(f"message link:{purpose}:{merchant_id}:{content.hex()}")[:MARK_SIZE]
