"""Reading a merchant's product feed: what shops already make for Google, as XML (RSS 2.0) or as a table.

The attributes are Google's own: id, title, link, image_link, price ("15.00 EUR"), sale_price, availability,
product_type, item_group_id. What cannot be read is refused with its place; it never stops the rest.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from portal.kernel.money import Money, MoneyError

NAMES = ("id", "title", "link", "image_link", "price", "sale_price", "availability", "product_type", "item_group_id")
MOST = 200_000
LONGEST_FIELD = 2000
IN_STOCK = frozenset({"in_stock", "in stock", "backorder", "preorder"})
ENTRIES = frozenset({"item", "entry"})
Attributes = Mapping[str, str]


class FeedRefused(ValueError):
    """A file that is no feed, or one product of it that cannot be shown; the text says why."""


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One product of a feed."""

    sku: str
    group: str
    title: str
    link: str
    picture: str
    product_type: str
    price: Money
    sale_price: Money | None
    available: bool


def read_feed(path: Path) -> Iterator[FeedItem | FeedRefused]:
    """Every product of a feed in its order, or why it is refused. Raises FeedRefused when the file is no feed."""
    for number, attributes in enumerate(_attributes(path), start=1):
        if number > MOST:
            raise FeedRefused(f"more than {MOST} products")
        try:
            yield _item(attributes)
        except (FeedRefused, MoneyError) as error:
            yield FeedRefused(f"product {number} ({attributes.get('id', '')[:60] or 'no id'}): {error}")


def _attributes(path: Path) -> Iterator[Attributes]:
    with path.open("rb") as file:
        is_xml = file.read(200).lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
        file.seek(0)
        yield from _of_xml(file) if is_xml else _of_table(path)


def _of_xml(file: IO[bytes]) -> Iterator[Attributes]:
    """RSS items or Atom entries; a name counts without its namespace."""
    try:
        found: dict[str, str] = {}
        for event, element in iterparse(file, events=("start", "end")):
            name = str(element.tag).rsplit("}", 1)[-1]
            if event == "start":
                # What the channel says of itself has the same names.
                found = {} if name in ENTRIES else found
            elif name in NAMES:
                found.setdefault(name, (element.text or element.get("href") or "").strip()[:LONGEST_FIELD])
            elif name in ENTRIES:
                yield found
                element.clear()
    except ParseError as error:
        raise FeedRefused(f"not XML to the end: {error}") from error
    except DefusedXmlException as error:
        raise FeedRefused("XML with entities of its own is not read") from error


def _of_table(path: Path) -> Iterator[Attributes]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            head = file.readline()
            file.seek(0)
            rows = csv.DictReader(file, delimiter="\t" if "\t" in head else ",")
            missing = {"id", "title", "link", "price"} - set(rows.fieldnames or ())
            if missing:
                raise FeedRefused(f"columns are missing: {', '.join(sorted(missing))}")
            for row in rows:
                yield {name: (row.get(name) or "").strip()[:LONGEST_FIELD] for name in NAMES}
    except (UnicodeDecodeError, csv.Error) as error:
        raise FeedRefused(f"neither XML nor a table in UTF-8: {error}") from error


def _item(attributes: Attributes) -> FeedItem:
    for name in ("id", "title", "link", "price"):
        if not attributes.get(name):
            raise FeedRefused(f"has no {name}")
    price, sale = _price(attributes["price"]), attributes.get("sale_price", "")
    if len(attributes["id"]) > 128:
        raise FeedRefused("has an id of more than 128 characters")
    return FeedItem(
        sku=attributes["id"],
        group=attributes.get("item_group_id", "")[:128],
        title=" ".join(attributes["title"].split())[:200],
        link=_address(attributes["link"]),
        picture=_address(attributes["image_link"]) if attributes.get("image_link") else "",
        product_type=attributes.get("product_type", "")[:255],
        price=price,
        sale_price=_price(sale) if sale else None,
        available=attributes.get("availability", "in_stock").lower() in IN_STOCK,
    )


def _price(text: str) -> Money:
    """Google writes "15.00 EUR", some shops "EUR 15.00"."""
    parts = text.split()
    if len(parts) == 2:
        amount, currency = parts if len(parts[1]) == 3 and parts[1].isalpha() else parts[::-1]
        price = Money.parse(amount, currency.upper())
        if price.minor >= 0:
            return price
    raise FeedRefused(f"has the price {text[:40]!r}, expected one such as '15.00 EUR'")


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
        known = parts.scheme == "https" and bool(parts.hostname)
    except ValueError:
        known = False
    if not known or not text.isprintable():
        raise FeedRefused(f"has the address {text[:60]!r}, expected https://…")
    return text
