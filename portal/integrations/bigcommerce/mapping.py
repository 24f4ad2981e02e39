"""BigCommerce's order JSON (V2 orders, with what belongs to them) as `OrderRecord`.

A document is one order or a list. `products`, `shipping_addresses`, `shipments`, `coupons` and V3's `refunds` are lists
inside the order, or beside it in {"order": …, "products": […], …}: its API gives each at an address of its own. Pure: a
record or `RecordRefused`. An order has to add up to its `total_inc_tax` to the minor unit.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from portal.integrations.bigcommerce.lines import INSIDE, ON_TOP, read_line, read_products, share_out, with_taxes
from portal.integrations.bigcommerce.parcels import pickup_location, read_parcels
from portal.integrations.bigcommerce.people import read_address, read_customer, read_tenders
from portal.integrations.bigcommerce.refunds import read_refunded, with_refunds
from portal.integrations.bigcommerce.times import moment
from portal.integrations.decimals import positive
from portal.integrations.records import AddressRecord, ChargeRecord, LineRecord, OrderRecord, TaxShare
from portal.integrations.shopify.fields import LONG, Fields
from portal.kernel.money import Money, MoneyError, exponent, total

SOURCE = "bigcommerce"
_BESIDE = ("products", "shipping_addresses", "shipments", "coupons", "refunds")
_CHARGES = (("shipping", "shipping"), ("handling", "fee"), ("wrapping", "fee"))
_CANCELLED = (5, 6)
"""Cancelled and declined, by the documented `status_id`."""
_UNPAID = (1, 6, 7)
"""Pending, declined and awaiting payment; of what was paid in part BigCommerce says nothing here."""


def order_payloads(document: Any) -> Iterator[tuple[str, Any]]:
    """(path, payload) of every order in a document."""
    if isinstance(document, list):
        for index, entry in enumerate(document):
            yield from ((f"[{index}].{path}".rstrip("."), payload) for path, payload in order_payloads(entry))
    elif isinstance(document, Mapping) and isinstance(document.get("data"), list):
        yield from ((f"data{path}", payload) for path, payload in order_payloads(document["data"]))
    elif isinstance(document, Mapping) and isinstance(document.get("order"), Mapping):
        yield "order", {**document["order"], **{key: document[key] for key in _BESIDE if key in document}}
    else:
        yield "", document


def order_number(payload: Any) -> str:
    """The order's number for a report: its id, shoppers see no other."""
    found = payload.get("id") if isinstance(payload, Mapping) else ""
    return str(found)[:64] if isinstance(found, str | int) else ""


def order_record(payload: Mapping[str, Any], path: str = "") -> OrderRecord:
    """One order. Raises RecordRefused, and nothing else."""
    order = Fields(payload, path)
    currency, shop = _currencies(order)
    included = not _is_tax_on_top(order, currency)
    lines, charges, owed = _priced(order, currency, INSIDE if included else ON_TOP)
    placed_at = moment(order, "date_created") or order.refuse("missing", "date_created")
    updated_at = changed_at(order) or placed_at
    identifier = order.required_identifier("id")
    status = order.count("status_id")
    return OrderRecord(
        source=SOURCE,
        source_id=identifier,
        number=identifier,
        placed_at=placed_at,
        updated_at=updated_at,
        currency=currency,
        shop_currency=shop,
        taxes_included=included,
        total=owed,
        customer=read_customer(order),
        lines=lines,
        shipping_address=_shipping_address(order),
        billing_address=read_address(order.part("billing_address")),
        charges=charges,
        parcels=read_parcels(order, lines, updated_at),
        tenders=read_tenders(order, currency),
        note=order.text("customer_message", LONG),
        channel="pos" if order.text("order_source") == "pos" else order.text("order_source")[:32] or "web",
        location=order.identifier("channel_id"),
        cancelled_at=updated_at if status in _CANCELLED else None,
        cancel_reason=order.text("status", limit=64) if status in _CANCELLED else "",
        paid=Money(0, currency) if status in _UNPAID else None,
        refunded=read_refunded(order, currency),
        extra=_extra(order),
    )


def _is_tax_on_top(order: Fields, currency: str) -> bool:
    """Whether prices are without tax, and the order's total is their sum and its tax."""
    if order.flag("is_tax_inclusive_pricing", default=True):
        return False
    products = read_products(order)
    if any(product.get("total_ex_tax") is None for product in products) or order.get("total_inc_tax") is None:
        return False
    parts = [positive(product, "total_ex_tax", currency) for product in products]
    parts += [positive(order, f"{name}_cost_ex_tax", currency) for name, _ in _CHARGES]
    parts.append(positive(order, "total_tax", currency))
    return _is_total(order, total(parts, currency) - _discounts(order, currency))


def _discounts(order: Fields, currency: str) -> Money:
    return positive(order, "discount_amount", currency) + positive(order, "coupon_discount", currency)


def _priced(order: Fields, currency: str, tax: str) -> tuple[tuple[LineRecord, ...], tuple[ChargeRecord, ...], Money]:
    """Lines and charges that add up to what the shopper owed; `tax` is INSIDE their prices or ON_TOP."""
    products = read_products(order)
    priced = share_out(order, [read_line(product, currency, tax) for product in products], _discounts(order, currency))
    charges = _charges(order, currency, tax)
    whole_tax = positive(order, "total_tax", currency)
    on_top = [whole_tax] if tax == ON_TOP else []
    owed = total([*(each.net for each in priced), *(charge.price for charge in charges), *on_top], currency)
    _check_total(order, owed)
    goods_tax = whole_tax - total((tax.amount for charge in charges for tax in charge.taxes), currency)
    if goods_tax.minor < 0 or goods_tax > owed:
        order.refuse("less than the tax of the charges, or more than the order", "total_tax")
    return with_refunds(order, with_taxes(priced, goods_tax), currency, tax), charges, owed


def changed_at(order: Fields) -> datetime | None:
    """When the order, or what was fetched with it, last changed. Raises RecordRefused."""
    shipments = order.parts("shipments") if isinstance(order.get("shipments"), list) else []
    refunds = order.parts("refunds") if isinstance(order.get("refunds"), list) else []
    times = [
        moment(order, "date_modified") or moment(order, "date_created"),
        *(moment(shipment, "date_created") for shipment in shipments),
        *(moment(refund, "created") for refund in refunds),
    ]
    return max((at for at in times if at), default=None)


def _shipping_address(order: Fields) -> AddressRecord | None:
    """The first one; an order that was not fetched whole has only a link there."""
    addresses = order.parts("shipping_addresses") if isinstance(order.get("shipping_addresses"), list) else []
    return read_address(addresses[0]) if addresses else None


def _currencies(order: Fields) -> tuple[str, str]:
    """What the shopper pays in (`default_currency_code`, as documented) and the store's own."""
    shopper = order.text("default_currency_code") or order.required_text("currency_code")
    shop = order.text("store_default_currency_code") or shopper
    for code in (shopper, shop):
        try:
            exponent(code)
        except MoneyError:
            order.refuse(f"unknown currency {code[:8]!r}", "default_currency_code")
    return shopper, shop


def _charges(order: Fields, currency: str, tax: str) -> tuple[ChargeRecord, ...]:
    charges = []
    for name, kind in _CHARGES:
        price = positive(order, f"{name}_cost_{tax}", currency)
        share = positive(order, f"{name}_cost_tax", currency)
        if share > price:
            order.refuse("more tax than price", f"{name}_cost_tax")
        if price:
            taxes = (TaxShare("", "", share),) if share else ()
            charges.append(ChargeRecord(source_id=name, kind=kind, title="", price=price, taxes=taxes))
    return tuple(charges)


def _check_total(order: Fields, owed: Money) -> None:
    if order.get("total_inc_tax") is None:
        order.refuse("missing", "total_inc_tax")
    if not _is_total(order, owed):
        claimed = positive(order, "total_inc_tax", owed.currency)
        order.refuse(f"is {claimed.decimal} {owed.currency}, but the parts add up to {owed.decimal}", "total_inc_tax")


def _is_total(order: Fields, owed: Money) -> bool:
    """`total_inc_tax` is the whole, or the whole less what gift certificates and store credit paid."""
    claimed = positive(order, "total_inc_tax", owed.currency)
    others = [positive(order, key, owed.currency) for key in ("gift_certificate_amount", "store_credit_amount")]
    return owed in (claimed, claimed + others[0], claimed + others[1], total([claimed, *others], owed.currency))


def _extra(order: Fields) -> dict[str, str]:
    facts = {
        "status": order.text("status", limit=64),
        "payment_status": order.text("payment_status", limit=64),
        "pickup": pickup_location(order),
    }
    return {key: value for key, value in facts.items() if value}
