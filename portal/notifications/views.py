"""What the pages about messages get."""

from dataclasses import dataclass

from portal.kernel.words import Words
from portal.web.page import FieldError, Page


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to a question; `label` is Words, or a language's own name."""

    code: str
    label: Words | str
    chosen: bool


@dataclass(frozen=True, slots=True)
class MessagesView:
    """What `notifications/messages.html` gets. `channels` is empty where there is only email, `languages` where there
    is only one.
    """

    page: Page
    order_number: str
    scopes: tuple[Option, ...]
    channels: tuple[Option, ...]
    languages: tuple[Option, ...]
    submit_url: str
    back_url: str
    saved: bool = False
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True, slots=True)
class LeaveView:
    """What `notifications/leave.html` gets. `done`: the messages are off."""

    page: Page
    submit_url: str
    back_url: str
    done: bool
