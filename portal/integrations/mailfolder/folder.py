"""Mails as .eml files: what a mail server would have got, one file each, the newest thousand."""

import asyncio
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from functools import lru_cache
from itertools import islice
from pathlib import Path

from portal.integrations.ports import AdapterError, Mail
from portal.integrations.smtp.composing import compose

KEPT = 1000
SHOP = "X-Doorstep-Shop"
"""Names the merchant, by slug: how a mailbox for all shops knows whose a mail is."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One mail of the folder. `name` is its file's, without the ending."""

    name: str
    shop: str
    sender: str
    to: str
    subject: str
    at: datetime
    text: str
    html: str


class FolderPostman:
    """Writes mails into a folder. A mail that is sent again is the same file."""

    def __init__(self, folder: Path, sender: str, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._folder, self._sender, self._clock = folder, sender, clock

    async def send(self, mail: Mail) -> None:
        """Write the mail. Raises AdapterError."""
        content = compose(mail, self._sender, self._clock()).content
        name = hashlib.sha256(mail.message_id.encode()).hexdigest()[:24]
        try:
            await asyncio.to_thread(_write, self._folder, name, content)
        except OSError as error:
            raise AdapterError("unreachable", detail=f"{self._folder}: {error.strerror}") from error


def list_mails(folder: Path, shop: str, limit: int = 100) -> list[Kept]:
    """The mails of one shop, newest first. Reads files: not for the event loop."""
    found = sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    mails = (read_mail(folder, file.stem) for file in found)
    return list(islice((mail for mail in mails if mail is not None and mail.shop == shop), limit))


def read_mail(folder: Path, name: str) -> Kept | None:
    """One mail, or None. Reads a file: not for the event loop."""
    file = folder / f"{name}.eml"
    if not name.isalnum() or not file.is_file():
        return None
    return _read(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=2 * KEPT)
def _read(file: Path, changed: int) -> Kept:
    """The mail of a file; whoever looks often reads each but once. `changed` tells another mail of the same name."""
    message = message_from_bytes(file.read_bytes(), _class=EmailMessage, policy=SMTP)
    return Kept(
        name=file.stem,
        shop=str(message.get(SHOP, "")),
        sender=str(message["From"].addresses[0].display_name),
        to=str(message["To"].addresses[0].addr_spec),
        subject=str(message["Subject"]),
        at=message["Date"].datetime,
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return part.get_content() if part is not None else ""


def _write(folder: Path, name: str, content: bytes) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f".{name}.{os.getpid()}"
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    draft.rename(folder / f"{name}.eml")
    for old in sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)[:-KEPT]:
        old.unlink(missing_ok=True)
