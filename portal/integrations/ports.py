"""What the portal asks of the world outside, whoever serves it: the words that adapters and rooms have in common."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


class AdapterError(Exception):
    """A vendor did not do what was asked. `code` is ours and may be shown; the vendor's own text is `detail`, for logs.

    `permanent`: asking again would change nothing. `retry_after`: seconds that the vendor wants to be left alone.
    """

    def __init__(
        self, code: str, *, permanent: bool = False, retry_after: float | None = None, detail: str = ""
    ) -> None:
        super().__init__(f"{code}: {detail[:300]}" if detail else code)
        self.code, self.permanent, self.retry_after, self.detail = code, permanent, retry_after, detail[:300]


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, ready to go. `message_id` is made from the effect that owes it, so that a repetition is the same mail.

    Addresses are bare ("someone@example.org"); names are plain text. `html` is whole, with nothing from elsewhere.
    """

    to: str
    subject: str
    text: str
    html: str
    sender_name: str
    message_id: str
    reply_to: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class Postman(Protocol):
    """Sends mail."""

    async def send(self, mail: Mail) -> None:
        """Hand the mail over for good. Raises AdapterError."""
        ...


class Messenger(Protocol):
    """Sends text messages."""

    async def send(self, to: str, text: str, key: str) -> None:
        """Hand a text over to a number in E.164 form; `key` is the same when it is tried again. Raises AdapterError."""
        ...
