"""Views of the tracking page: the answer first, then each parcel with its story."""

from dataclasses import dataclass
from datetime import date, datetime

from portal.kernel.money import Money
from portal.kernel.words import Words
from portal.web.page import Page


@dataclass(frozen=True, slots=True)
class StepView:
    """One stop on the rail. `state` is done, now or todo."""

    label: Words
    state: str


@dataclass(frozen=True, slots=True)
class ItemView:
    """A line in a parcel (or waiting). `image_url` may be "": the template draws a placeholder from `initial`."""

    title: str
    detail: str
    quantity: int
    price: Money
    image_url: str
    initial: str
    note: Words | None = None
    """For example "Gift" or "Engraved: L + M"."""
    split: tuple[Words, ...] = ()
    """Of a line in several parcels: how much of it is here, and where the others are."""


@dataclass(frozen=True, slots=True)
class EventView:
    """One scan. `at` is aware, in the merchant's time zone; `place` is a city or ""."""

    text: Words
    place: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AskLink:
    """Something the shopper can ask the team for, and where."""

    label: Words
    url: str


@dataclass(frozen=True, slots=True)
class AskedLink:
    """Something that was asked of the team: what, what became of it. `answer` is the team's word, or ""."""

    name: Words
    line: Words
    answer: str
    url: str


@dataclass(frozen=True, slots=True)
class Asks:
    """What can be asked about a parcel (or of what was not sent yet), what was asked, and what would help most when
    something went wrong.
    """

    links: tuple[AskLink, ...] = ()
    asked: tuple[AskedLink, ...] = ()
    way_out: AskLink | None = None


@dataclass(frozen=True, slots=True)
class IncidentView:
    """Three lines, always in this order."""

    happened: Words
    doing: Words
    you_can: Words
    write: bool = False
    """Whether `you_can` asks the shopper to write."""


@dataclass(frozen=True, slots=True)
class HandedView:
    """How a parcel was handed over, for whoever has proven the order. `picture_url` may be ""."""

    line: Words
    picture_url: str
    alt: Words


@dataclass(frozen=True, slots=True)
class ParcelView:
    """One parcel. `tone` is ok, warn, bad or calm and never the only sign; `number` counts from 1."""

    number: int
    anchor: str
    status: Words
    tone: str
    items: tuple[ItemView, ...]
    events: tuple[EventView, ...]
    """Newest first."""
    arrives: Words | None
    """The estimated or real date in words, or None when there is nothing to say."""
    arrives_why: Words | None
    carrier: str
    tracking_number: str
    incident: IncidentView | None
    handed: HandedView | None = None
    asks: Asks = Asks()


@dataclass(frozen=True, slots=True)
class GroupView:
    """Items outside parcels, under their title; `anchor` is the section's id."""

    anchor: str
    title: Words
    items: tuple[ItemView, ...]


@dataclass(frozen=True, slots=True)
class PlaceView:
    """One line of the overview: a parcel, or what is not sent yet. `contents` are titles with their units."""

    anchor: str
    label: Words
    status: Words
    tone: str
    contents: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ReturnBox:
    """Whether a return can start. `url` is set when it can; `line` says until when, or why not."""

    line: Words
    url: str


@dataclass(frozen=True, slots=True)
class ReturnLink:
    """A return of this order that exists."""

    number: str
    status: Words
    url: str


@dataclass(frozen=True, slots=True)
class ProductView:
    """A product of the merchant's feed. `was` is its price before a sale; `link` leads to the shop."""

    title: str
    link: str
    price: Money
    was: Money | None
    image_url: str
    initial: str


@dataclass(frozen=True, slots=True)
class SectionView:
    """A block of the brand's own: story, offer or products. Words are the brand's, in the visitor's language."""

    kind: str
    anchor: str
    eyebrow: str
    title: str
    text: str
    image_url: str
    link: str
    link_text: str
    code: str
    until: date | None
    products: tuple[ProductView, ...]


@dataclass(frozen=True, slots=True)
class OrderView:
    """The order page. `headline` is the answer, in the largest type; `lede` is a sentence a friend would use."""

    page: Page
    order_number: str
    placed_on: date
    headline: Words
    lede: Words
    tone: str
    steps: tuple[StepView, ...]
    parcels: tuple[ParcelView, ...]
    groups: tuple[GroupView, ...]
    """What is in no parcel: not sent yet, never to be sent, cancelled."""
    destination: str
    """Masked: "Jonas W••••, 1•••• Berlin"; "" when there is nothing to ship."""
    gift: bool
    return_box: ReturnBox | None
    """None where a return makes no sense: nothing was sent, or all was cancelled."""
    returns: tuple[ReturnLink, ...]
    version: int
    live_url: str
    """GET answers 204 while `version` is the newest, else the `_live.html` fragment."""
    also: tuple[Words, ...] = ()
    """What is wrong with parcels that the headline does not speak of."""
    recent: bool = False
    """Placed in the current year: the day needs no year."""
    total: Money | None = None
    """What the whole order came to."""
    address: tuple[str, ...] = ()
    """Where it goes, in full, line by line: only for whoever has proven the order; then `proof_url` is ""."""
    proof_url: str = ""
    forget_url: str = ""
    """Where a form ends what this browser may see; "" before a proof."""
    messages_url: str = ""
    """Where the shopper chooses what they hear."""
    overview: tuple[PlaceView, ...] = ()
    """What is in which parcel, where there is more than one place to look at."""
    sections: tuple[SectionView, ...] = ()
    """The brand's own blocks; only the whole page has them, never its live part."""
    asks: Asks = Asks()
    """About what is in no parcel yet."""
