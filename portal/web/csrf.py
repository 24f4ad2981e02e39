"""Proof that a form was ours: a random secret in a cookie, and in the form the same secret under a fresh mask.

The mask changes with every page, so a compressed page tells nothing about the secret (BREACH).
Beside it the browser's own word counts: a request that says it comes from another site is refused.
"""

import base64
import binascii
import hmac
import secrets
from urllib.parse import urlsplit

from starlette.requests import Request

FIELD = "csrf_token"
SIZE = 32


def new_secret() -> str:
    """A secret for the cookie, URL-safe base64."""
    return _encode(secrets.token_bytes(SIZE))


def masked(secret: str) -> str:
    """The secret for one form."""
    mask = secrets.token_bytes(SIZE)
    return _encode(mask + _xor(mask, _decode(secret)))


def is_ours(secret: str, token: str) -> bool:
    """Whether the form's token hides this cookie's secret."""
    raw, expected = _decode(token), _decode(secret)
    if len(raw) != 2 * SIZE or len(expected) != SIZE:
        return False
    return hmac.compare_digest(_xor(raw[:SIZE], raw[SIZE:]), expected)


def is_cross_site(request: Request) -> bool:
    """Whether the browser says that another site sent this request (Fetch Metadata, else Origin)."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc.lower() != request.headers.get("host", "").lower()


def is_secret(value: str) -> bool:
    """Whether a cookie holds something of the right size."""
    return len(_decode(value)) == SIZE


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text[:200] + "=" * (-len(text[:200]) % 4))
    except (binascii.Error, ValueError):
        return b""
