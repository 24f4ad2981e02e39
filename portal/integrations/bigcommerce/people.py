"""Buyer, addresses and payment of a BigCommerce order."""

import re

from portal.integrations.decimals import positive
from portal.integrations.records import AddressRecord, CustomerRecord, TenderRecord
from portal.integrations.shopify.fields import Fields

EMAIL = 254
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_OTHERS = (("gift_certificate_amount", "gift_card"), ("store_credit_amount", "store_credit"))
_METHODS = {"cash on delivery": "cash_on_delivery", "credit card": "card", "test payment gateway": "card"}
_CARDS = ("card", "stripe", "braintree", "adyen", "authorize", "visa", "mastercard")


def read_customer(order: Fields) -> CustomerRecord:
    """The buyer; id 0 is a guest."""
    billing = order.part("billing_address") or Fields({}, order.at("billing_address"))
    address = read_address(billing)
    identifier = order.identifier("customer_id")
    return CustomerRecord(
        source_id="" if identifier == "0" else identifier,
        email=billing.text("email", EMAIL),
        phone=address.phone if address else "",
        name=address.name if address else "",
        locale=order.text("customer_locale", limit=35),
    )


def read_address(address: Fields | None) -> AddressRecord | None:
    """A postal address; None when there is none."""
    if address is None:
        return None
    country = address.text("country_iso2")
    if country and not _COUNTRY.fullmatch(country):
        address.refuse("not a two-letter country code", "country_iso2")
    return AddressRecord(
        name=" ".join(part for part in (address.text("first_name"), address.text("last_name")) if part),
        company=address.text("company"),
        line1=address.text("street_1"),
        line2=address.text("street_2"),
        city=address.text("city"),
        postal_code=address.text("zip"),
        region=address.text("state"),
        country=country,
        phone=address.text("phone"),
    )


def read_tenders(order: Fields, currency: str) -> tuple[TenderRecord, ...]:
    """Gift certificates and store credit with their amounts, and one payment method for the rest."""
    tenders = [
        TenderRecord(method, key.removesuffix("_amount"), found)
        for key, method in _OTHERS
        if (found := positive(order, key, currency))
    ]
    gateway = order.text("payment_method")
    if gateway:
        name = gateway.casefold()
        method = _METHODS.get(name) or ("card" if any(mark in name for mark in _CARDS) else "other")
        tenders.append(TenderRecord(method, gateway))
    return tuple(tenders)
