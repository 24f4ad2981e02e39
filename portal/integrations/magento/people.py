"""Buyer, addresses and payment of a Magento order."""

import re

from portal.integrations.decimals import positive
from portal.integrations.records import AddressRecord, CustomerRecord, TenderRecord
from portal.integrations.shopify.fields import Fields
from portal.kernel.money import Money

EMAIL = 254
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_METHODS = {"checkmo": "other", "cashondelivery": "cash_on_delivery", "banktransfer": "other", "purchaseorder": "other"}
_CARDS = ("card", "braintree", "stripe", "adyen", "payflow", "authorizenet", "checkout_com", "cc")
_OTHERS = (("gift_cards_amount", "gift_card"), ("customer_balance_amount", "store_credit"))


def read_customer(order: Fields) -> CustomerRecord:
    """The buyer; guests have no id and often no name but the one on the bill."""
    parts = (order.text("customer_firstname"), order.text("customer_lastname"))
    billing = read_address(order.part("billing_address"))
    group = order.identifier("customer_group_id")
    return CustomerRecord(
        source_id=order.identifier("customer_id"),
        email=order.text("customer_email", EMAIL),
        phone=billing.phone if billing else "",
        name=" ".join(part for part in parts if part) or (billing.name if billing else ""),
        tags=(f"group:{group}",) if group else (),
    )


def shipping_address_of(order: Fields) -> AddressRecord | None:
    """Where the first shipping assignment goes; None for orders of downloads."""
    extension = order.part("extension_attributes")
    for assignment in extension.parts("shipping_assignments") if extension else []:
        shipping = assignment.part("shipping")
        if shipping and (address := read_address(shipping.part("address"))):
            return address
    return read_address(order.part("shipping_address"))


def read_address(address: Fields | None) -> AddressRecord | None:
    """A postal address; None when there is none."""
    if address is None:
        return None
    street = address.texts("street") if isinstance(address.get("street"), list) else (address.text("street"),)
    country = address.text("country_id")
    if country and not _COUNTRY.fullmatch(country):
        address.refuse("not a two-letter country code", "country_id")
    return AddressRecord(
        name=" ".join(part for part in (address.text("firstname"), address.text("lastname")) if part),
        company=address.text("company"),
        line1=street[0] if street else "",
        line2=", ".join(street[1:])[:255],
        city=address.text("city"),
        postal_code=address.text("postcode"),
        region=address.text("region_code") or address.text("region"),
        country=country,
        phone=address.text("telephone"),
    )


def read_tenders(order: Fields, owed: Money, currency: str) -> tuple[TenderRecord, ...]:
    """How it was paid: gift cards and credit with their amounts, and one payment method for the rest."""
    tenders = [
        TenderRecord(method, key.removesuffix("_amount"), found)
        for key, method in _OTHERS
        if (found := positive(order, key, currency))
    ]
    payment = order.part("payment")
    gateway = payment.text("method") if payment else ""
    if gateway and gateway != "free":
        paid = positive(order, "total_paid", currency) if order.get("total_paid") is not None else None
        tenders.append(TenderRecord(_method(gateway), gateway, paid or None))
    return tuple(tenders)


def _method(gateway: str) -> str:
    name = gateway.casefold()
    return _METHODS.get(name) or ("card" if any(mark in name for mark in _CARDS) else "other")
