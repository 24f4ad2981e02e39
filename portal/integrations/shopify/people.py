"""The buyer and the addresses."""

import re

from portal.integrations.records import AddressRecord, CustomerRecord
from portal.integrations.shopify.fields import Fields

EMAIL = 254
"""Characters of an address (RFC 5321, with errata)."""

_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_LOCALE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*", re.ASCII)


def read_customer(order: Fields) -> CustomerRecord:
    """The buyer at order time. The order's own email and phone go first: they are what was typed then."""
    customer = order.part("customer") or Fields({}, order.at("customer"))
    addresses = [order.part(key) for key in ("billing_address", "shipping_address")]
    name = _name(customer) or next((_name(address) for address in addresses if address), "")
    return CustomerRecord(
        source_id=customer.identifier("id"),
        email=order.text("email", EMAIL) or order.text("contact_email", EMAIL) or customer.text("email", EMAIL),
        phone=order.text("phone") or customer.text("phone"),
        name=name,
        locale=_locale(order),
        tags=customer.tags("tags"),
    )


def read_address(address: Fields | None) -> AddressRecord | None:
    """A postal address; None when the order has none. `region` is the code when there is one."""
    if address is None:
        return None
    return AddressRecord(
        name=_name(address),
        company=address.text("company"),
        line1=address.text("address1"),
        line2=address.text("address2"),
        city=address.text("city"),
        postal_code=address.text("zip"),
        region=address.text("province_code") or address.text("province"),
        country=_country(address),
        phone=address.text("phone"),
    )


def _name(person: Fields) -> str:
    """Shopify's `name` of an address, else first and last name."""
    parts = (person.text("first_name"), person.text("last_name"))
    return person.text("name") or " ".join(part for part in parts if part)


def _country(address: Fields) -> str:
    """ISO 3166-1 alpha-2; older payloads have it in `country`. "" when only a country's name is known."""
    code = address.text("country_code")
    if code and not _COUNTRY.fullmatch(code):
        address.refuse("not a two-letter country code", "country_code")
    country = address.text("country")
    return code or (country if _COUNTRY.fullmatch(country) else "")


def _locale(order: Fields) -> str:
    locale = order.text("customer_locale")
    if locale and not _LOCALE.fullmatch(locale):
        order.refuse("not a locale", "customer_locale")
    return locale
