"""Columns that a copy of the database does not give away: secrets and credentials, sealed with the installation's key.

Fernet (AES-128-CBC with HMAC-SHA256) under a key made from `DOORSTEP_SECRET_KEY`; keys before it
(`DOORSTEP_PREVIOUS_SECRET_KEYS`) still open what they sealed. A value without our mark was stored before sealing and
is read as it is; it is sealed when it is saved again.
"""

import base64
import hmac
from collections.abc import Sequence
from typing import Any

import orjson
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from tortoise import fields
from tortoise.models import Model

MARK = "sealed1:"
PURPOSE = b"doorstep: columns"


class CannotOpen(Exception):
    """A sealed value was sealed under a key that this process does not have."""


class Seal:
    """The keys of this process, the newest first."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = MultiFernet([Fernet(_derived(key)) for key in keys])
        self._newest = keys[0].encode()

    def close(self, text: str) -> str:
        """The text, sealed under the newest key."""
        return MARK + self._keys.encrypt(text.encode()).decode()

    def open(self, stored: str) -> str:
        """What was sealed. Raises CannotOpen."""
        try:
            return self._keys.decrypt(stored.removeprefix(MARK)).decode()
        except InvalidToken as error:
            raise CannotOpen("sealed under another key: is DOORSTEP_SECRET_KEY the one it was sealed with?") from error

    def mark(self, text: str) -> bytes:
        """32 bytes that nobody can work out from the text without the newest key (HMAC-SHA256)."""
        return hmac.digest(self._newest, text.encode(), "sha256")


_seal: list[Seal] = []


def use_keys(keys: Sequence[str]) -> None:
    """Seal and open with these keys in this process from now on; none leaves nothing that could."""
    _seal[:] = [Seal(keys)] if any(keys) else []


def opened(stored: str) -> str:
    """A column's value in the clear, for statements written by hand. Raises CannotOpen."""
    if not stored.startswith(MARK):
        return stored
    if not _seal:
        raise CannotOpen("this process has no key")
    return _seal[0].open(stored)


def sealed(text: str) -> str:
    """The value to store."""
    if not _seal:
        raise CannotOpen("this process has no key: DOORSTEP_SECRET_KEY is not set")
    return text if text.startswith(MARK) else _seal[0].close(text)


def _derived(key: str) -> bytes:
    return base64.urlsafe_b64encode(HKDF(SHA256(), 32, salt=None, info=PURPOSE).derive(key.encode()))


def mark_of(text: str) -> bytes:
    """32 bytes that follow from the text and this installation's key; begin the text with what they are for."""
    if not _seal:
        raise CannotOpen("this process has no key: DOORSTEP_SECRET_KEY is not set")
    return _seal[0].mark(text)


class SealedTextField(fields.TextField):
    """Text that is sealed in the database and clear in the process; "" stays "" (there is no secret)."""

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> str | None:
        """Sealed."""
        return sealed(value) if value else value

    def to_python_value(self, value: Any) -> Any:
        """Clear, wherever it comes from."""
        return opened(value) if value else value


class SealedJSONField(fields.TextField):
    """A JSON object, sealed as text."""

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> str | None:
        """Sealed."""
        return None if value is None else sealed(orjson.dumps(value).decode())

    def to_python_value(self, value: Any) -> Any:
        """Clear and read."""
        return orjson.loads(opened(value)) if isinstance(value, str) else value
