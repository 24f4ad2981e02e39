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


def recognise(number: str) -> Recognition:
    """Whose number this is, and whether its check digit is right."""
    plain = "".join(number.upper().split()).replace("-", "")
    if not plain or len(plain) > LONGEST or not plain.isascii() or not plain.isalnum():
        return Recognition("", "", False, "not letters and digits")
    found = _own(plain) or [*_packaged(plain), *_shared(plain)]
    if not found:
        return Recognition("", "", False, "no carrier that we know writes its numbers so")
    # A right check digit proves more than a shape that has none; among equals the first.
    best = min(found, key=lambda one: (not one.valid, bool(one.reason)))
    if best.valid or len({one.carrier for one in found}) == 1:
        return best
    return replace(best, reason="; ".join(f"as {one.carrier}: {one.reason}" for one in found))


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
