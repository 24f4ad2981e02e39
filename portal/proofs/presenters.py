"""Views of the pages that ask for a proof."""

from dataclasses import dataclass

from portal.kernel.words import Words
from portal.web.page import FieldError, Page


@dataclass(frozen=True, slots=True)
class AskView:
    """Before a code is sent. `masked` is the order's address as "j•••@g•••.com", "" when the shop gave us none."""

    page: Page
    order_number: str
    masked: str
    goal: str
    about: str
    submit_url: str
    back_url: str


@dataclass(frozen=True, slots=True)
class AskByMailView:
    """The same for someone who cannot look the order up: by number and email address, both typed."""

    page: Page
    submit_url: str
    back_url: str
    number: str = ""
    email: str = ""
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeView:
    """Six digits, please. `masked` is "" where nobody may know whether there is an order at all.

    `resend_url` is posted to where `resend_by_form`, else a page to go to. `early`: asked again too soon;
    `earlier`: no new code was sent, the one before counts; `over`: there is no code that counts.
    """

    page: Page
    submit_url: str
    resend_url: str
    resend_by_form: bool
    back_url: str
    masked: str = ""
    order_number: str = ""
    goal: str = ""
    about: str = ""
    errors: tuple[FieldError, ...] = ()
    early: bool = False
    earlier: bool = False
    over: bool = False


@dataclass(frozen=True, slots=True)
class LinkView:
    """The link of the mail: one button, or in plain words why there is none."""

    page: Page
    title: Words
    body: Words
    submit_url: str = ""
    """"" where there is nothing to press."""


@dataclass(frozen=True, slots=True)
class CodeLetter:
    """What the mail says: the six digits, and the address of the link."""

    code: str
    url: str
    number: str
