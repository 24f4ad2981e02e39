"""Tracking numbers: whose they are, and whether they can be right.

Definitions come from the `tracking-numbers` package, and from below for what it does not have. Several carriers may
use one shape: the one whose check digit fits is named; if none fits, the first whose shape it is says why. A number
that no definition has is nobody's: that is no fault of the number.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from portal.integrations.records import OrderRecord
from portal.integrations.scans import text

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LONGEST = 64


@dataclass(frozen=True, slots=True)
class Recognition:
    """`carrier` is "" when the shape is nobody's. `reason` says, in English for operators, what is wrong or unsure."""

    carrier: str
    service: str
    valid: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """A shape and its check. `check` returns the digit that should stand at the end, or None where there is none."""

    carrier: str
    service: str
    shape: re.Pattern[str]
    check: Callable[[str], str] | None = None
    unsure: str = ""
    alone: bool = False
    """A prefix that nobody else has: no other carrier's shape is asked."""


NAMES = {"United States Postal Service": "USPS", "CDL Last Mile Solutions": "CDL"}
"""What the package calls carriers, where the short name is the usual one."""


POSTS = {
    "AT": "Österreichische Post", "AU": "Australia Post", "BE": "bpost", "CA": "Canada Post", "CH": "Swiss Post",
    "CN": "China Post", "DE": "DHL", "DK": "PostNord", "ES": "Correos", "FI": "Posti", "FR": "La Poste",
    "GB": "Royal Mail", "HK": "Hongkong Post", "IE": "An Post", "IT": "Poste Italiane", "JP": "Japan Post",
    "NL": "PostNL", "NO": "Posten", "PL": "Poczta Polska", "PT": "CTT", "SE": "PostNord", "SG": "SingPost",
    "US": "USPS",
}  # fmt: skip
"""Whose an international number (S10) is, by its last two letters."""
KEYS = (
    *("dhl", "ups", "usps", "fedex", "dpd", "gls", "hermes", "evri", "amazon", "ontrac", "tnt", "yodel", "inpost"),
    *("postnl", "postnord", "bpost", "correos", "chronopost", "colissimo", "purolator", "aramex", "lasership"),
    *("canadapost", "royalmail", "australiapost", "laposte", "swisspost", "posteitaliane", "japanpost", "chinapost"),
)
OTHER_NAMES = {
    "deutschepost": "dhl",
    "federalexpress": "fedex",
    "unitedparcelservice": "ups",
    "unitedstatespostal": "usps",
}
NOT_LETTERS = re.compile(r"[\W_]+")


def recognise(number: str) -> Recognition:
    """Whose number this is, and whether its check digit is right."""
    plain = _plain(number)
    if not plain:
        return Recognition("", "", False, "not letters and digits")
    found = _found(plain)
    if not found:
        return Recognition("", "", False, "no carrier that we know writes its numbers so")
    # A right check digit proves more than a shape that has none; among equals the first.
    best = min(found, key=lambda one: (not one.valid, bool(one.reason)))
    if best.valid or len({one.carrier for one in found}) == 1:
        return best
    return replace(best, reason="; ".join(f"as {one.carrier}: {one.reason}" for one in found))


def fault_of(number: str, carrier: str = "") -> str:
    """Why this cannot be one of the carrier's numbers, "" when it can. What nobody can check is no fault.

    `carrier` is the name that a shop gives; without one, or with one that we do not know, every carrier is asked.
    """
    plain = _plain(number)
    if not plain:
        return "" if not number.strip() else "not letters and digits"
    found = _found(plain)
    theirs = [one for one in found if carrier_key(one.carrier) == carrier_key(carrier)]
    if not found or any(one.valid for one in found) or (carrier_key(carrier) and not theirs):
        return ""
    return theirs[0].reason if theirs else "; ".join(f"as {one.carrier}: {one.reason}" for one in found)


def doubts_about(record: OrderRecord) -> list[tuple[str, str]]:
    """The tracking numbers of an order that cannot be right: where they stand, and why nobody is asked about them."""
    found = [(place, parcel.tracking_number, parcel.carrier) for place, parcel in enumerate(record.parcels)]
    return [
        (f"parcels[{place}].tracking_number", f"kept, but nobody can track {text(number, 64)}: {fault}")
        for place, number, carrier in found
        if (fault := fault_of(number, carrier))
    ]


def carrier_of(number: str) -> str:
    """The one carrier whose number this is for sure: nobody else writes theirs so, and the check digit is right (or the
    prefix is theirs alone). "" when that is not so.
    """
    plain = _plain(number)
    found = _found(plain) if plain else []
    sure = any(one.valid and not one.reason for one in found) or (bool(_own(plain)) and found[0].valid)
    return _name_of(found[0], plain) if sure and len({one.carrier for one in found}) == 1 else ""


def carrier_key(name: str) -> str:
    """A carrier by the name that a shop or a definition gives it, as one small word; "" for nobody that we know."""
    plain = NOT_LETTERS.sub("", name.casefold())
    for other, key in OTHER_NAMES.items():
        if plain.startswith(other):
            return key
    words = NOT_LETTERS.split(name.casefold())
    return next((key for key in KEYS if key in words or plain.startswith(key)), "")


def _plain(number: str) -> str:
    plain = "".join(number.upper().split()).replace("-", "")
    return plain if plain.isascii() and plain.isalnum() and len(plain) <= LONGEST else ""


def _found(plain: str) -> list[Recognition]:
    return _own(plain) or [*_packaged(plain), *_shared(plain)]


def _name_of(one: Recognition, plain: str) -> str:
    if one.carrier == "GS1":
        return ""
    return POSTS.get(plain[-2:], "") if one.carrier.startswith("Post of ") else one.carrier


def mod_37_36(text: str) -> str:
    """The check character of ISO 7064 mod 37,36 for letters and digits."""
    carry = 36
    for character in text:
        carry = ((carry + LETTERS.index(character)) % 36 or 36) * 2 % 37
    return LETTERS[(37 - carry) % 36]


def mod_10(text: str, heavy: int, light: int = 1, add: int = 0) -> str:
    """The check digit that makes the weighted sum a multiple of ten; the digit next to it weighs `heavy`."""
    weighed = sum(int(digit) * (light if place % 2 else heavy) for place, digit in enumerate(reversed(text)))
    return str(-(weighed + add) % 10)


OWN = (
    Definition("DPD", "Parcel, with routing", re.compile(r"[0-9A-Z]{7}[0-9]{20}[0-9A-Z]"), mod_37_36),
    Definition("DPD", "Parcel, with check character", re.compile(r"0[0-9]{13}[0-9A-Z]"), mod_37_36),
    Definition("DPD", "Parcel", re.compile(r"0[0-9]{13}"), unsure="this shape has no check digit"),
    Definition(
        "DHL", "Parcel Germany (SSCC)", re.compile(r"00340434[0-9]{12}"), lambda text: mod_10(text, 3), alone=True
    ),
    Definition(
        "DHL",
        "Parcel Germany (JJD)",
        re.compile(r"J?JD[0-9]{16,20}"),
        unsure="its check digit is not published",
        alone=True,
    ),
    Definition("DHL", "Parcel Germany (Identcode)", re.compile(r"[0-9]{12}"), lambda text: mod_10(text, 4, 9)),
    Definition("GS1", "Serial shipping container code", re.compile(r"00[0-9]{18}"), lambda text: mod_10(text, 3)),
    Definition("GLS", "Parcel", re.compile(r"[0-9]{12}"), lambda text: mod_10(text, 3, add=1)),
    Definition("GLS", "Parcel (Track ID)", re.compile(r"Z[0-9A-Z]{7}"), unsure="this shape has no check digit"),
    Definition("Hermes", "Parcel", re.compile(r"H[0-9]{19}"), unsure="its check digit is not published"),
    Definition("Hermes", "Parcel", re.compile(r"[1-9][0-9]{13}"), unsure="its check digit is not published"),
    Definition("Canada Post", "Parcel", re.compile(r"[0-9]{16}"), lambda text: mod_10(text, 3)),
)


def _own(plain: str) -> list[Recognition]:
    return [_judged(one, plain) for one in OWN if one.alone and one.shape.fullmatch(plain)]


def _shared(plain: str) -> list[Recognition]:
    return [_judged(one, plain) for one in OWN if not one.alone and one.shape.fullmatch(plain)]


def _judged(definition: Definition, plain: str) -> Recognition:
    if definition.check is None:
        return Recognition(definition.carrier, definition.service, True, definition.unsure)
    due = definition.check(plain[:-1])
    right = due == plain[-1]
    reason = "" if right else f"the check digit is {plain[-1]} and should be {due}"
    return Recognition(definition.carrier, definition.service, right, reason)


def _packaged(plain: str) -> list[Recognition]:
    found = []
    for definition in _definitions():
        tested = definition.test(plain)
        if tested is None:
            continue
        carrier = NAMES.get(definition.courier.name) or str(definition.courier.name)
        if definition.courier.code == "s10":
            carrier = f"Post of {plain[-2:]}"
        reason = _wrong(definition, plain, tested.validation_errors)
        found.append(Recognition(carrier, definition.product.name, tested.valid, reason))
    return found


def _wrong(definition: Any, plain: str, errors: list[tuple[str, str]]) -> str:
    if not errors:
        return ""
    name, said = errors[0]
    if name == "Courier":
        return f"there is no country {plain[-2:]}"
    match = definition.number_regex.fullmatch(plain)
    if name != "checksum" or match is None:
        return said
    place = match.start("CheckDigit")
    for digit in "0123456789":
        tried = definition.test(plain[:place] + digit + plain[place + 1 :])
        if tried is not None and "checksum" not in dict(tried.validation_errors):
            return f"the check digit is {plain[place]} and should be {digit}"
    return "the check digit is wrong"


@cache
def _definitions() -> list[Any]:
    from tracking_numbers import DEFINITIONS

    return list(DEFINITIONS)
