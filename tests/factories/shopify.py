"""Shopify order payloads, as its Admin REST API writes them: every amount twice, totals that add up by themselves.

Amounts are decimal strings. `order(...)` computes the totals from its lines and shipping; anything can be overridden.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from babel.core import get_global

Payload = dict[str, Any]


def decimals(amount: Decimal, currency: str) -> str:
    """As Shopify writes it: the currency's decimals, at least two except for those without any."""
    fractions = get_global("currency_fractions")
    return f"{amount:.{fractions.get(currency, fractions['DEFAULT'])[0]}f}"


def bag(amount: str | Decimal, currency: str, shop: str = "", rate: Decimal = Decimal(1)) -> Payload:
    """{shop_money, presentment_money}; `rate` is shop money for one unit of the shopper's."""
    shop = shop or currency
    return {
        "shop_money": {"amount": decimals(Decimal(amount) * rate, shop), "currency_code": shop},
        "presentment_money": {"amount": str(amount), "currency_code": currency},
    }


def both(key: str, amount: str | Decimal, currency: str = "EUR") -> Payload:
    """The plain amount and its set."""
    return {key: str(amount), f"{key}_set": bag(amount, currency)}


def discount(amount: str, index: int = 0, currency: str = "EUR") -> Payload:
    """An entry of discount_allocations."""
    return {**both("amount", amount, currency), "discount_application_index": index}


def tax(amount: str, rate: float | str = 0.19, title: str = "MwSt", currency: str = "EUR") -> Payload:
    """An entry of tax_lines; `rate` as JSON gives it once parsed exactly."""
    return {"title": title, "rate": Decimal(str(rate)), **both("price", amount, currency), "channel_liable": False}


def line_item(
    identifier: int = 1,
    price: str = "100.00",
    quantity: int = 1,
    *,
    discounts: Sequence[Mapping[str, Any]] = (),
    taxes: Sequence[Mapping[str, Any]] = (),
    currency: str = "EUR",
    **more: Any,
) -> Payload:
    """A line item that nobody has shipped yet."""
    return {
        "id": identifier,
        "admin_graphql_api_id": f"gid://shopify/LineItem/{identifier}",
        "title": "Ridge shell jacket",
        "variant_title": "M / Moss",
        "name": "Ridge shell jacket - M / Moss",
        "sku": f"RSJ-{identifier}",
        "vendor": "Fernweh",
        "product_id": 7000 + identifier,
        "variant_id": 8000 + identifier,
        "quantity": quantity,
        "current_quantity": quantity,
        "fulfillable_quantity": quantity,
        "grams": 420,
        "gift_card": False,
        "requires_shipping": True,
        "taxable": True,
        "properties": [],
        **both("price", price, currency),
        **both("total_discount", "0.00", currency),
        "discount_allocations": list(discounts),
        "tax_lines": list(taxes),
        "duties": [],
        **more,
    }


def shipping_line(
    price: str = "4.90", *, taxes: Sequence[Mapping[str, Any]] = (), currency: str = "EUR", **more: Any
) -> Payload:
    """A shipping line."""
    return {
        "id": 501,
        "title": "Standard",
        "code": "standard",
        **both("price", price, currency),
        "discount_allocations": [],
        "tax_lines": list(taxes),
        **more,
    }


def fulfillment(
    identifier: int | str = 901, lines: Sequence[tuple[int | str, int]] = ((1, 1),), **more: Any
) -> Payload:
    """A fulfilment of (line id, quantity) with one DHL number."""
    return {
        "id": identifier,
        "status": "success",
        "created_at": "2026-11-10T16:20:00+01:00",
        "updated_at": "2026-11-12T11:05:00+01:00",
        "shipment_status": "in_transit",
        "tracking_company": "DHL",
        "tracking_number": "00340434161094015902",
        "tracking_numbers": ["00340434161094015902"],
        "tracking_url": "https://track.example/00340434161094015902",
        "tracking_urls": ["https://track.example/00340434161094015902"],
        "line_items": [{"id": line, "quantity": quantity, "requires_shipping": True} for line, quantity in lines],
        **more,
    }


def refund(
    lines: Sequence[tuple[int, int, str, str]] = ((1, 1, "100.00", "0.00"),),
    restock: str = "return",
    *,
    currency: str = "EUR",
    **more: Any,
) -> Payload:
    """A refund of (line id, quantity, subtotal, tax); plain amounts are JSON numbers, as Shopify sends them."""
    entries = [
        {
            "id": 3000 + line,
            "line_item_id": line,
            "quantity": quantity,
            "restock_type": restock,
            "subtotal": Decimal(subtotal),
            "subtotal_set": bag(subtotal, currency),
            "total_tax": Decimal(taxes),
            "total_tax_set": bag(taxes, currency),
        }
        for line, quantity, subtotal, taxes in lines
    ]
    return {
        "id": 2001,
        "created_at": "2026-11-20T09:00:00+01:00",
        "processed_at": "2026-11-20T09:00:00+01:00",
        "refund_line_items": entries,
        "order_adjustments": [],
        "transactions": [],
        **more,
    }


def address(**more: Any) -> Payload:
    """An address in Hamburg."""
    return {
        "first_name": "Jonas",
        "last_name": "Winter",
        "name": "Jonas Winter",
        "company": None,
        "address1": "Lange Reihe 4",
        "address2": None,
        "city": "Hamburg",
        "zip": "20099",
        "province": None,
        "province_code": None,
        "country": "Germany",
        "country_code": "DE",
        "phone": None,
        **more,
    }


def order(
    lines: Sequence[Mapping[str, Any]] | None = None,
    *,
    shipping: Sequence[Mapping[str, Any]] | None = None,
    currency: str = "EUR",
    taxes_included: bool = True,
    **more: Any,
) -> Payload:
    """A paid web order whose totals follow from its lines and shipping."""
    lines = [line_item(currency=currency)] if lines is None else list(lines)
    shipping = [] if shipping is None else list(shipping)
    gross = sum((Decimal(line["price"]) * line["quantity"] for line in lines), Decimal(0))
    line_discounts = _sum(lines, "discount_allocations", "amount")
    taxes = _sum([*lines, *shipping], "tax_lines", "price")
    freight = sum((Decimal(line["price"]) for line in shipping), Decimal(0))
    discounts = line_discounts + _sum(shipping, "discount_allocations", "amount")
    owed = gross + freight - discounts + (0 if taxes_included else taxes)
    return {
        "id": 5_550_001,
        "admin_graphql_api_id": "gid://shopify/Order/5550001",
        "name": "#FW-10482",
        "order_number": 10482,
        "created_at": "2026-11-09T18:31:04+01:00",
        "processed_at": "2026-11-09T18:31:02+01:00",
        "updated_at": "2026-11-12T11:05:00+01:00",
        "cancelled_at": None,
        "cancel_reason": None,
        "currency": currency,
        "presentment_currency": currency,
        "taxes_included": taxes_included,
        "test": False,
        "financial_status": "paid",
        "email": "jonas@example.net",
        "phone": None,
        "customer_locale": "de-DE",
        "source_name": "web",
        "tags": "",
        "note": None,
        "note_attributes": [],
        "payment_gateway_names": ["shopify_payments"],
        "location_id": None,
        **both("total_line_items_price", gross, currency),
        **both("subtotal_price", gross - line_discounts, currency),
        **both("total_discounts", discounts, currency),
        **both("total_tax", taxes, currency),
        **both("total_price", owed, currency),
        "total_tip_received": "0.00",
        "discount_applications": [{"type": "discount_code", "code": "AUTUMN"}, {"type": "manual", "title": "Sorry"}],
        "discount_codes": [],
        "customer": {
            "id": 77,
            "first_name": "Jonas",
            "last_name": "Winter",
            "email": "old@example.net",
            "tags": "VIP, b2b",
        },
        "billing_address": address(),
        "shipping_address": address(),
        "line_items": lines,
        "shipping_lines": shipping,
        "fulfillments": [],
        "refunds": [],
        **more,
    }


def _sum(items: Sequence[Mapping[str, Any]], shares: str, key: str) -> Decimal:
    return sum((Decimal(share[key]) for item in items for share in item[shares]), Decimal(0))
