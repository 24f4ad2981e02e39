"""Identifiers: time-ordered UUIDs for rows, random tokens for secrets."""

import hashlib
import secrets
import threading
import time
from uuid import UUID


class _Growing:
    """Draws numbers of milliseconds and 74 random bits, each greater than the one before."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def draw(self) -> int:
        drawn = (time.time_ns() // 1_000_000) << 74 | secrets.randbits(74)
        with self._lock:
            self._last = drawn if drawn > self._last else self._last + 1 + secrets.randbits(32)
            return self._last


_growing = _Growing()


def new_id() -> UUID:
    """A version 7 UUID (RFC 9562, section 5.7): 48 bits of milliseconds, 74 random bits. An id, never a secret.

    Ids of one process grow, also within a millisecond (section 6.2, method 2): rows made together keep their order.
    """
    value = _growing.draw()
    high, middle, low = value >> 74, value >> 62 & 0xFFF, value & (1 << 62) - 1
    return UUID(int=high << 80 | 0x7 << 76 | middle << 64 | 0x2 << 62 | low)


def new_token() -> str:
    """A capability: 256 random bits, URL-safe, 43 characters."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """What is stored of a token: SHA-256 is enough for 256 random bits (OWASP ASVS 6.5.2)."""
    return hashlib.sha256(token.encode()).digest()
