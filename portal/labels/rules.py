"""What a return's label says: its facts, and what the two codes hold. Pure."""

import re
import zlib
from dataclasses import dataclass
from datetime import date

from portal.integrations.records import AddressRecord
from portal.labels.codes import CodeTooLong, code128_dots, code128_modules

BARCODE_WIDTH = 748
"""Dots between the label's margins, where the bars stand."""
DROP_OFF_VERSION = "DS1"
DROP_OFF_LIMIT = 160

_BARCODE = re.compile(r"[A-Z0-9][A-Z0-9./-]{0,47}")
_DROP_OFF_PART = re.compile(r"[A-Z0-9][A-Z0-9.-]{0,62}")
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class LabelFacts:
    """Everything that a label says. `from_lines` are as much of the sender as its reader may see."""

    return_number: str
    order_number: str
    merchant_name: str
    to_address: AddressRecord
    from_lines: tuple[str, ...]
    carrier_name: str
    ship_by: date
    items: tuple[tuple[str, int], ...]
    """Title and quantity of each line that comes back."""
    tracking_code: str
    """The carrier's number when one was bought, or empty: then the bars say the return's number."""
    drop_off_payload: str
    locale: str
    country: str
    """ISO 3166-1 alpha-2 of the shop: it decides how dates are written."""
    from_country: str = ""
    """Where the parcel starts; the destination's country is written when it differs or is unknown."""


def barcode_content(facts: LabelFacts) -> str:
    """What the bars say: the tracking code when it fits, else the return's number. Raises CodeTooLong.

    Capital letters, digits, full stop, hyphen and slash: the part of Code 128 that every hand scanner types right
    in every keyboard layout. Spaces in tracking codes are for people and are dropped.
    """
    for candidate in (facts.tracking_code, facts.return_number):
        content = re.sub(r"\s", "", candidate).upper()
        if _BARCODE.fullmatch(content) and _fits(content):
            return content
    raise CodeTooLong("neither the tracking code nor the return's number fits the bars")


def _fits(content: str) -> bool:
    try:
        code128_dots(len(code128_modules(content)), BARCODE_WIDTH)
    except CodeTooLong:
        return False
    return True


def drop_off_payload(merchant_slug: str, return_number: str) -> str:
    """What the QR code says: `DS1:<merchant>:<return>:<check>`, all in QR's alphanumeric set: capitals.

    The check finds misreadings and typing errors, not forgers. A signed payload will be `DS2:` with one more part
    after the check; a scanner reads the version first. Raises ValueError for names that the set cannot hold.
    """
    parts = (merchant_slug.upper(), return_number.upper())
    if not all(_DROP_OFF_PART.fullmatch(part) for part in parts):
        raise ValueError(f"cannot be written into a drop-off code: {parts}")
    head = ":".join((DROP_OFF_VERSION, *parts))
    return f"{head}:{_check(head)}"


def read_drop_off(payload: str) -> tuple[str, str]:
    """The merchant's slug and the return's number of a scanned code. Raises ValueError when it is not one of ours."""
    parts = payload.strip().upper().split(":")
    if len(payload) > DROP_OFF_LIMIT or len(parts) != 4 or parts[0] != DROP_OFF_VERSION:
        raise ValueError("not a drop-off code")
    if parts[3] != _check(":".join(parts[:3])):
        raise ValueError("a drop-off code that was misread")
    return parts[1].lower(), parts[2]


def _check(text: str) -> str:
    """CRC-32 in seven Crockford base-32 digits: one wrong or two swapped neighbours never pass."""
    value = zlib.crc32(text.encode())
    return "".join(_CROCKFORD[value >> shift & 31] for shift in range(30, -1, -5))
