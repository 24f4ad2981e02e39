"""How a shopper's words become keys that can be compared, and what may be shown of an address."""

import unicodedata
from datetime import UTC, datetime

MASK = "•"
NEVER_AGAIN = datetime(9999, 1, 1, tzinfo=UTC)
"""The time of change of an order whose person was forgotten: every later word of the shop is older."""


def number_key(text: str) -> str:
    """An order number without #, dashes, case and spaces, in plain digits: "# fw-10482 " is "FW10482"."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(_plain(character) for character in folded if character.isalnum())[:64]


def _plain(character: str) -> str:
    """A digit of any script as 0 to 9: people type numbers with the keyboard they have."""
    return str(unicodedata.digit(character)) if character.isdigit() else character


def email_key(text: str) -> str:
    """An address for comparison: case and surrounding spaces do not matter."""
    return unicodedata.normalize("NFKC", text).strip().casefold()[:254]


def postal_key(text: str) -> str:
    """A postal code for comparison: no spaces, no dashes, upper case."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(_plain(character) for character in folded if character.isalnum())[:32]


def masked_name(name: str) -> str:
    """The first name as it is and the first letter of each further one: "Jonas W••••"."""
    first, *rest = name.split() or [""]
    return " ".join([first, *(part[0] + MASK * 4 for part in rest)])


def masked_postal_code(code: str) -> str:
    """The first character and as many dots as there are others."""
    return code[:1] + MASK * (len(code) - 1) if code else ""
