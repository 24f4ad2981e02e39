"""Views of the requests' pages: choose, fill in, check, status; and what the order page says of requests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.kernel.words import Words
from portal.requests.addresses import AddressField
from portal.web.page import FieldError, Page


@dataclass(frozen=True, slots=True)
class ParcelLine:
    """An item of the parcel. `chosen` units are concerned; `quantities` are the numbers on offer."""

    line_id: str
    title: str
    detail: str
    quantities: Sequence[int]
    chosen: int
    image_url: str
    initial: str


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """One thing that can be asked for (`url`), or cannot (`why`)."""

    label: Words
    url: str
    why: Words | None


@dataclass(frozen=True, slots=True)
class TopicView:
    """What can be done about a parcel's way, or about a problem with it. `parcel` is 0 when the order has one."""

    page: Page
    order_number: str
    parcel: int
    back_url: str
    question: Words
    choices: tuple[ChoiceView, ...]
    refused: tuple[ChoiceView, ...]


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A field of the address with what stands in it."""

    field: AddressField
    value: str


@dataclass(frozen=True, slots=True)
class Option:
    code: str
    label: Words


@dataclass(frozen=True, slots=True)
class FillView:
    """The form of one kind: only the parts that it asks for are filled. `place` and `text` are (label, hint, value)."""

    page: Page
    order_number: str
    parcel: int
    back_url: str
    submit_url: str
    title: Words
    how: Words | None
    first: tuple[Words, ...]
    address: tuple[FieldValue, ...]
    country: str
    options: tuple[Option, ...]
    where: str
    place: tuple[Words, Words, str] | None
    lines: tuple[ParcelLine, ...]
    text_label: Words
    text: str
    text_limit: int
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What was filled in, as it is shown again. `address` is line by line."""

    address: tuple[str, ...]
    before: tuple[str, ...]
    where: Words | None
    place: str
    lines: tuple[ParcelLine, ...]
    text: str


@dataclass(frozen=True, slots=True)
class CheckView:
    """Everything once more. `draft` and `reach` are hidden fields; `changed` says what is different from before."""

    page: Page
    order_number: str
    parcel: int
    title: Words
    how: Words | None
    told: Told
    change_url: str
    submit_url: str
    draft: str
    reach: str
    changed: bool = False


@dataclass(frozen=True, slots=True)
class RefusedView:
    """It cannot be asked for (any more), and why."""

    page: Page
    order_number: str
    title: Words
    why: Words
    order_url: str
    other_url: str
    """To the request that is in the way, or ""."""


@dataclass(frozen=True, slots=True)
class HistoryView:
    text: Words
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request that was sent; `just_sent` turns it into the confirmation. `withdraw_url` is "" once it is settled."""

    page: Page
    number: str
    order_number: str
    parcel: int
    order_url: str
    headline: Words
    lede: Words
    name: Words
    state: Words
    tone: str
    answer: str
    told: Told
    next: tuple[Words, ...]
    history: tuple[HistoryView, ...]
    withdraw_url: str
    just_sent: bool
    late: bool = False
    """The withdrawal came too late: it had been settled."""
