"""Views of the return's pages: choose, reasons, check, confirmation, status."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from portal.kernel.money import Money
from portal.kernel.words import Words
from portal.web.page import FieldError, Page


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """One order line on the choose page. `quantities` are the numbers on offer; refused lines have `refusals`, no
    field.
    """

    line_id: str
    title: str
    detail: str
    price: Money
    """The list price of one unit."""
    image_url: str
    initial: str
    ordered: int
    quantities: Sequence[int]
    """From 0 to the most, growing."""
    chosen: int
    """Units chosen now, 0 when none."""
    until: date | None
    refusals: tuple[Words, ...]
    paid: Words | None = None
    """What the units that may go back are worth, where the list price would promise something else."""


@dataclass(frozen=True, slots=True)
class StepOfSum:
    """One named step of an amount; `indent` 1 for a part of the step above."""

    label: Words
    amount: Money
    indent: int = 0


@dataclass(frozen=True, slots=True)
class SumView:
    """What comes back, with its working. `steps` add up to `total`."""

    steps: tuple[StepOfSum, ...]
    total: Money
    to: Words
    """Where the money goes: "To your card"."""


@dataclass(frozen=True, slots=True)
class ChooseView:
    """Step 1 of 3. `sum` is None while nothing is chosen."""

    page: Page
    order_number: str
    back_url: str
    submit_url: str
    quote_url: str
    choices: tuple[ChoiceView, ...]
    refused: tuple[ChoiceView, ...]
    sum: SumView | None
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True, slots=True)
class ReasonOption:
    code: str
    label: Words


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """A chosen line that still needs its reason."""

    line_id: str
    title: str
    detail: str
    quantity: int
    image_url: str
    initial: str
    reason: str
    comment: str
    comment_limit: int


@dataclass(frozen=True, slots=True)
class ReasonsView:
    """Step 2 of 3."""

    page: Page
    order_number: str
    back_url: str
    submit_url: str
    lines: tuple[ReasonLine, ...]
    options: tuple[ReasonOption, ...]
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedLine:
    title: str
    detail: str
    quantity: int
    reason: Words
    comment: str
    image_url: str
    initial: str


@dataclass(frozen=True, slots=True)
class CheckView:
    """Step 3 of 3: everything once more, the sum, then the button. `draft` and `stamp` are hidden fields.

    `stamp` is the digest of the quote as shown; `changed` is set when it no longer held and is shown anew.
    """

    page: Page
    order_number: str
    lines: tuple[CheckedLine, ...]
    sum: SumView
    method: Words
    ship_by: date
    change_lines_url: str
    change_reasons_url: str
    submit_url: str
    draft: str
    stamp: str
    changed: bool = False
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelView:
    """The label. `state` is none (waits for a yes), pending, ready, failed or locked (only for whoever has proven the
    order; `pdf_url` is then the way to that); `qr_svg_url`: the counter's code.
    """

    state: str
    pdf_url: str
    qr_svg_url: str
    code: str


@dataclass(frozen=True, slots=True)
class HistoryView:
    text: Words
    at: datetime


@dataclass(frozen=True, slots=True)
class ReturnView:
    """A return's status page; `just_sent` turns it into the confirmation."""

    page: Page
    number: str
    order_number: str
    order_url: str
    just_sent: bool
    headline: Words
    lede: Words
    tone: str
    lines: tuple[CheckedLine, ...]
    sum: SumView
    label: LabelView
    send_to: tuple[str, ...]
    """The address block, line by line."""
    ship_by: date
    history: tuple[HistoryView, ...]
    live_url: str
    """GET answers 204 until the label or the state changes, else the `_live.html` fragment."""
    version: int
    carrier: str = ""
    """Whose counter takes the parcel, "" when nobody knows."""
