"""Objects by key, in a local folder or in S3, GCS or Azure by URL (obstore).

A put is whole or not at all: readers see the old object, the new one or none, never a part. Keep the key in a row
only after `put` came back, so no row points to nothing.
"""

import re
from datetime import date
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import UUID

from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, from_url
from obstore.store import ObjectStore as Backend

REMOTE_SCHEMES = frozenset({"s3", "gs", "az", "azure", "abfs", "abfss"})
KEY_LIMIT = 255

_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*){1,15}")


class StorageError(Exception):
    """The store did not do it (full, gone, refused). Try again later; the cause is chained, for the log."""


class ObjectStore:
    """Whole objects in and out. Raises ValueError for a bad key, StorageError when the store fails."""

    def __init__(self, backend: Backend, *, keeps_type: bool) -> None:
        self._backend = backend
        self._keeps_type = keeps_type

    async def put(self, key: str, content: bytes, content_type: str) -> None:
        """Store `content` whole under `key`, replacing what was there."""
        # The local folder cannot keep a media type; whoever hands the file out knows it from the row.
        attributes = {"Content-Type": content_type} if self._keeps_type else None
        try:
            await self._backend.put_async(checked_key(key), content, attributes=attributes)
        except (BaseError, OSError) as error:
            raise StorageError(f"could not store {key}") from error

    async def get(self, key: str) -> bytes | None:
        """The object, or None when there is none."""
        try:
            found = await self._backend.get_async(checked_key(key))
            return bytes(await found.bytes_async())
        except (NotFoundError, FileNotFoundError):
            return None
        except (BaseError, OSError) as error:
            raise StorageError(f"could not read {key}") from error

    async def delete(self, key: str) -> None:
        """Take the object away; nothing happens when there is none."""
        try:
            await self._backend.delete_async(checked_key(key))
        except (NotFoundError, FileNotFoundError):
            return
        except (BaseError, OSError) as error:
            raise StorageError(f"could not delete {key}") from error

    async def exists(self, key: str) -> bool:
        try:
            await self._backend.head_async(checked_key(key))
        except (NotFoundError, FileNotFoundError):
            return False
        except (BaseError, OSError) as error:
            raise StorageError(f"could not look for {key}") from error
        return True


def open_store(where: str | Path) -> ObjectStore:
    """A store in a local folder (a path or file:// URL; made if missing) or at an s3://, gs:// or az:// URL.

    Raises ValueError for any other URL. Credentials come from the environment, as the clouds' own tools read them.
    """
    url = urlsplit(str(where))
    # One letter before the colon is a drive, not a scheme.
    if isinstance(where, Path) or len(url.scheme) < 2:
        return _open_folder(Path(where))
    if url.scheme == "file":
        return _open_folder(Path(unquote(url.path)))
    if url.scheme not in REMOTE_SCHEMES:
        raise ValueError(
            f"storage must be a folder or one of {', '.join(sorted(REMOTE_SCHEMES))}://, not {url.scheme}://"
        )
    return ObjectStore(from_url(str(where), client_options={"timeout": "30s"}), keeps_type=True)


def _open_folder(folder: Path) -> ObjectStore:
    # Labels hold addresses: the folder is for the service's own user.
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return ObjectStore(LocalStore(prefix=folder.resolve()), keeps_type=False)


def key_for(merchant_id: UUID, day: date, *names: str) -> str:
    """`{merchant}/{yyyy}/{mm}/…names`. Raises ValueError when a name could leave the merchant's folder."""
    if any("/" in name for name in names):
        raise ValueError("a name in a key holds no slash")
    return checked_key("/".join((str(merchant_id), f"{day:%Y}", f"{day:%m}", *names)))


def checked_key(key: str) -> str:
    """The key. Raises ValueError unless it is plain segments of letters, digits, `.`, `_`, `-`, none led by a dot."""
    if len(key) > KEY_LIMIT or not _KEY.fullmatch(key):
        raise ValueError(f"not a storage key: {key[:80]!r}")
    return key
