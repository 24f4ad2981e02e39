"""How a demo order is written down: who orders what, what it costs less, and what becomes of its parcels."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Item:
    """A line. `properties` are what the shopper filled in; `price` replaces the catalogue's (decimal string)."""

    sku: str
    quantity: int = 1
    properties: tuple[tuple[str, str], ...] = ()
    price: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A parcel: `holds` (line index, quantity), empty for every line in full; `days` ago it arrived.

    `starts` says how long after the demo a live one sets off.
    """

    story: str
    holds: tuple[tuple[int, int], ...] = ()
    carrier: str = ""
    days: int | None = None
    starts: timedelta = timedelta(0)
    number: str = ""
    signer: str = ""
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """A discount: `value` in percent or in the shop's currency; `only` these lines (empty: all), or the shipping."""

    title: str
    value: str
    kind: str = "percentage"
    code: str = ""
    only: tuple[int, ...] = ()
    on_shipping: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """A refund the shop has made: (line index, quantity) and why: cancel (never shipped) or return (came back)."""

    lines: tuple[tuple[int, int], ...]
    kind: str = "return"
    days: int = 1
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """One order. `name` is the scenario it stands for, `shows` says it to a person.

    `placed` is days ago, for orders of which nothing shipped.
    """

    number: int
    name: str
    shows: str
    who: str
    items: tuple[Item, ...]
    boxes: tuple[Box, ...] = ()
    cuts: tuple[Cut, ...] = ()
    shipping: tuple[str, str] | None = None
    currency: str = ""
    placed: float = 1.2
    refunds: tuple[Given, ...] = ()
    cancelled: str = ""
    tags: str = ""
    note: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    gateways: tuple[str, ...] = ()
    tip: str = ""
    in_store: bool = False
    billing: str = ""
