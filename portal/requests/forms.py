"""The form of a request: what each kind asks for, and what was wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from portal.integrations.records import AddressRecord
from portal.kernel.words import N_, NN_, Words
from portal.requests.addresses import LABELS, address_errors, read_address
from portal.requests.rules import NAMES_LINES, PLACE_LIMIT, TEXT_LIMIT, Kind
from portal.requests.texts import free_text, one_line
from portal.requests.words import NEEDS_TEXT, PLACE
from portal.web.forms import Form
from portal.web.page import FieldError

WHERE = {"neighbour": N_("With a neighbour"), "safe_place": N_("In a safe place")}
MOST_DIGITS = 6
NO_FACTS: dict[str, Any] = {"address": None, "place": "", "where": "", "text": "", "lines": {}}

Facts = dict[str, Any]
Lines = Sequence[tuple[Mapping[str, Any], int]]


def read_facts(form: Form, kind: Kind, now: AddressRecord, lines: Lines) -> tuple[Facts, tuple[FieldError, ...]]:
    """What was typed, cleaned, and what is wrong with it. `now` is the address as it is, `lines` are the parcel's."""
    facts, errors = dict(NO_FACTS), list[FieldError]()
    if kind is Kind.ADDRESS_CORRECTION:
        address = read_address({name: form.text(name, 400) for name in LABELS}, now)
        facts["address"] = asdict(address)
        errors += [FieldError(name, words) for name, words in address_errors(address, now).items()]
    if kind is Kind.NEIGHBOUR_OR_SAFE_PLACE:
        facts["where"] = form.text("where", 16) if form.text("where", 16) in WHERE else ""
        if not facts["where"]:
            errors.append(FieldError("where", Words(N_("Choose one of the two"))))
    if kind in PLACE:
        facts["place"] = one_line(form.text("place", 4 * PLACE_LIMIT))
        errors += _wrong_text("place", facts["place"], PLACE_LIMIT, Words(N_("Say who or where")))
    if kind in NAMES_LINES:
        facts["lines"], wrong = _read_lines(form, lines)
        errors += wrong
    facts["text"] = free_text(form.text("text", 4 * TEXT_LIMIT))
    missing = Words(N_("Say in a few words what is wrong")) if kind in NEEDS_TEXT else None
    return facts, (*errors, *_wrong_text("text", facts["text"], TEXT_LIMIT, missing))


def _read_lines(form: Form, lines: Lines) -> tuple[dict[str, int], list[FieldError]]:
    """Units of each line; what is no number counts as none."""
    chosen: dict[str, int] = {}
    errors = []
    for line, most in lines:
        text = form.text(f"quantity-{line['id']}", MOST_DIGITS)
        quantity = int(text) if text.isdecimal() and text.isascii() else 0
        if quantity > most:
            one, many = NN_("There was %(count)s of these in the parcel", "There were %(count)s of these in the parcel")
            errors.append(FieldError(f"quantity-{line['id']}", Words(one, {}, many, most)))
        if quantity > 0:
            chosen[line["id"]] = quantity
    if not chosen and lines:
        errors.append(FieldError(f"quantity-{lines[0][0]['id']}", Words(N_("Choose at least one item"))))
    return chosen, errors


def _wrong_text(name: str, text: str, limit: int, missing: Words | None) -> list[FieldError]:
    if missing is not None and not text:
        return [FieldError(name, missing)]
    if len(text) > limit:
        return [FieldError(name, Words(N_("Keep it under %(limit)s characters"), {"limit": limit}))]
    return []
