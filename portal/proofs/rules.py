"""Codes and links, without a database: how they are made, read and shown.

Neither a code nor a link's token is ever stored. Both follow from the proof's id under the installation's key
(HMAC-SHA256): the page that checks and the worker that mails each work them out, and a copy of the database, even with
a worker's queue, opens nothing. A stored hash of six digits would be undone by trying a million of them.
"""

import base64
import hmac
import re
import unicodedata
from datetime import timedelta
from uuid import UUID

from portal.db.sealed import mark_of
from portal.orders.rules import MASK

VALID_FOR = timedelta(minutes=10)
MOST_TRIES = 5
DIGITS = 6
ASK_AGAIN_AFTER = timedelta(seconds=30)
SAME_CLICK = timedelta(seconds=30)
"""How long the right code, sent again by the browser it was right for, is a double click and no theft."""
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def code_of(proof_id: UUID) -> str:
    """The six digits of a proof."""
    return f"{int.from_bytes(mark_of(f'proof code {proof_id}')) % 10**DIGITS:0{DIGITS}}"


def token_of(proof_id: UUID) -> str:
    """The link's token: 256 bits, URL-safe, 43 characters."""
    return base64.urlsafe_b64encode(mark_of(f"proof link {proof_id}")).decode().rstrip("=")


def read_code(text: str) -> str:
    """What was typed or pasted as plain digits: "١٢٣ 456" is "123456"; "" when it is no six digits."""
    folded = unicodedata.normalize("NFKC", text)
    digits = "".join(str(unicodedata.digit(letter)) for letter in folded if letter.isdigit())
    rest = [
        letter for letter in folded if not letter.isdigit() and not letter.isspace() and letter not in "-–.\u200e\u200f"
    ]
    return digits if len(digits) == DIGITS and not rest else ""


def is_code(proof_id: UUID, typed: str) -> bool:
    """Whether these are the proof's digits; takes as long when they are not."""
    return hmac.compare_digest(code_of(proof_id).encode(), typed.encode())


def masked_email(address: str) -> str:
    """Enough to know one's own: "j•••@g•••.com". Nothing of an address that is none."""
    name, at, host = address.strip().rpartition("@")
    site, dot, top = host.rpartition(".")
    return f"{name[:1]}{MASK * 3}@{site[:1]}{MASK * 3}.{top}" if at and dot and name and site else ""
