"""The view of the printed return label: facts made into lines that fit."""

from dataclasses import dataclass
from datetime import date
from unicodedata import bidirectional

from markupsafe import Markup

from portal.labels.codes import code128_svg, qr_print_svg
from portal.labels.look import MARK, PrintLook
from portal.labels.rules import BARCODE_WIDTH, LabelFacts, barcode_content
from portal.orders.addresses import address_block

BARCODE_HEIGHT = 112
QR_WIDTH = 240
ITEM_ROWS = 6
FROM_ROWS = 6
FROM_ROWS_WHEN_TINY = 3
"""Where the carrier's address takes the whole label, the sender's name and street have to do."""
SIZES = ("large", "medium", "small", "tiny")
"""Sizes of the address, tried in order until everything stands on one page."""


@dataclass(frozen=True, slots=True)
class ItemRow:
    quantity: int
    title: str


@dataclass(frozen=True, slots=True)
class ReturnLabelView:
    """What `labels/return_label.html` gets. Both codes are pictures ready to be put in."""

    locale: str
    direction: str
    size: str
    mark: str
    """Address of the brand's small picture, or ""."""
    merchant_name: str
    return_number: str
    order_number: str
    to_lines: tuple[str, ...]
    to_direction: str
    """The address keeps its own script's direction, whatever the shopper reads."""
    from_lines: tuple[str, ...]
    carrier_name: str
    ship_by: date
    barcode: Markup
    barcode_text: str
    qr: Markup
    items: tuple[ItemRow, ...]
    more: int
    """Units that are in the parcel and not listed."""
    units: int


def present(facts: LabelFacts, direction: str, size: str, look: PrintLook) -> ReturnLabelView:
    """The label at one size. Raises CodeTooLong when a code does not fit."""
    content = barcode_content(facts)
    to_lines = address_block(facts.to_address, facts.from_country)
    shown = facts.items if len(facts.items) <= ITEM_ROWS else facts.items[: ITEM_ROWS - 1]
    return ReturnLabelView(
        locale=facts.locale,
        direction=direction,
        size=size,
        mark=f"asset:{MARK}" if look.mark else "",
        merchant_name=facts.merchant_name,
        return_number=facts.return_number,
        order_number=facts.order_number.removeprefix("#"),
        to_lines=to_lines,
        to_direction=script_direction("".join(to_lines)),
        from_lines=facts.from_lines[: FROM_ROWS_WHEN_TINY if size == SIZES[-1] else FROM_ROWS],
        carrier_name=facts.carrier_name,
        ship_by=facts.ship_by,
        barcode=code128_svg(content, width=BARCODE_WIDTH, height=BARCODE_HEIGHT),
        barcode_text=content,
        qr=qr_print_svg(facts.drop_off_payload, width=QR_WIDTH),
        items=tuple(ItemRow(quantity, title) for title, quantity in shown),
        more=sum(quantity for _, quantity in facts.items[len(shown) :]),
        units=sum(quantity for _, quantity in facts.items),
    )


def script_direction(text: str) -> str:
    """ltr or rtl, by the first letter that has one (the Unicode bidirectional algorithm, rules P2 and P3)."""
    strong = (bidirectional(letter) for letter in text)
    return "rtl" if next((kind for kind in strong if kind in {"L", "R", "AL"}), "L") != "L" else "ltr"


def first_size(to_lines: tuple[str, ...]) -> str:
    """The largest size worth trying: an address that is clearly too long skips the tries that would fail."""
    rows = sum(1 + len(line) // 30 for line in to_lines)
    return SIZES[0] if rows <= 5 else SIZES[1] if rows <= 8 else SIZES[2]
