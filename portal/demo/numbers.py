"""Tracking numbers as the carriers print them: the right length, and a check digit that is right.

Rules: GS1 mod 10 (DHL's licence plate, Hermes), ISO 7064 mod 37,36 (DPD), serial mod 7 (DHL Express), UPS 1Z,
FedEx 12 (weights 3, 1, 7; mod 11), USPS IMpb (mod 10).
"""

from collections.abc import Callable

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def gs1_digit(digits: str) -> str:
    """Weights 3, 1, 3, … from the right; the digit that fills the sum up to a multiple of ten."""
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def iso7064_character(text: str) -> str:
    """The check character of ISO 7064 mod 37,36."""
    carry = 36
    for character in text:
        carry = (carry + ALPHABET.index(character)) % 36 or 36
        carry = carry * 2 % 37
    return ALPHABET[(37 - carry) % 36]


def dhl(serial: int) -> str:
    """A 20 digit licence plate: 00, extension and company prefix, serial, check digit."""
    body = f"0034043416{serial:09d}"
    return body + gs1_digit(body[2:])


def dpd(serial: int) -> str:
    """14 digits and the check character: depot, serial."""
    body = f"0998{serial:010d}"
    return body + iso7064_character(body)


def hermes(serial: int) -> str:
    """14 digits, the last one the check digit."""
    body = f"0211{serial:09d}"
    return body + gs1_digit(body)


def dhl_express(serial: int) -> str:
    """10 digits: a serial of nine and its remainder by seven."""
    body = f"{331800000 + serial % 100_000_000:09d}"
    return body + str(int(body) % 7)


def ups(serial: int) -> str:
    """1Z, a shipper of six, service 03, a serial of seven, check digit."""
    body = f"5R893903{serial % 10_000_000:07d}"
    values = [int(character) if character.isdigit() else (ord(character) - 3) % 10 for character in body]
    total = sum(value * (2 if place % 2 else 1) for place, value in enumerate(values))
    return f"1Z{body}{-total % 10}"


def fedex(serial: int) -> str:
    """12 digits: eleven weighted 3, 1, 7 and the sum's remainder by eleven, then by ten."""
    body = f"{98650000000 + serial % 10_000_000:011d}"
    total = sum(int(digit) * (3, 1, 7)[place % 3] for place, digit in enumerate(body))
    return body + str(total % 11 % 10)


def usps(serial: int) -> str:
    """22 digits: Priority Mail, mailer, serial, check digit."""
    body = f"940550111{serial:012d}"
    return body + gs1_digit(body)


MAKERS: dict[str, Callable[[int], str]] = {
    "DHL": dhl,
    "DHL Express": dhl_express,
    "DPD": dpd,
    "Hermes": hermes,
    "UPS": ups,
    "FedEx": fedex,
    "USPS": usps,
}

PAGES = {
    "DHL": "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode={}",
    "DHL Express": "https://www.dhl.com/de-de/home/tracking.html?tracking-id={}",
    "DPD": "https://tracking.dpd.de/status/de_DE/parcel/{}",
    "Hermes": "https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation/#{}",
    "UPS": "https://www.ups.com/track?tracknum={}",
    "FedEx": "https://www.fedex.com/fedextrack/?trknbr={}",
    "USPS": "https://tools.usps.com/go/TrackConfirmAction?tLabels={}",
}


def tracking_number(carrier: str, serial: int) -> str:
    """A number of `carrier` that passes its check. Raises KeyError for a carrier without a rule."""
    return MAKERS[carrier](serial)


def tracking_page(carrier: str, number: str) -> str:
    """The carrier's own page for a number, as a shop would store it."""
    return PAGES[carrier].format(number)
