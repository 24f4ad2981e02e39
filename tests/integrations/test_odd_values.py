"""Whatever stands where in a payload: an adapter gives a record or refuses it with a reason, and does nothing else."""

import copy
from collections.abc import Iterator
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest

from portal.integrations.records import RecordRefused

ODD = (None, "", "x", -1, 0, 10**30, 1.5, Decimal("NaN"), Decimal("1E+40"), [], {}, True, "\x00", "\ud800", [None],
       [[]], "9" * 400, "-0.005", "٣", {"id": []})  # fmt: skip

MAGENTO = {
    "entity_id": 55, "increment_id": "55", "state": "complete", "created_at": "2026-11-10 09:30:00",
    "updated_at": "2026-11-12 10:00:00", "base_currency_code": "EUR", "order_currency_code": "EUR",
    "grand_total": Decimal("114.90"), "shipping_amount": Decimal("4.90"), "shipping_description": "Flat",
    "gift_cards_amount": 10, "customer_email": "a@example.net", "customer_group_id": 1,
    "items": [
        {"item_id": 1, "name": "Hat", "product_type": "configurable", "qty_ordered": 2, "qty_refunded": 1,
         "amount_refunded": 50, "price": 60, "row_total": 120, "row_total_incl_tax": 120, "tax_percent": 0},
        {"item_id": 2, "parent_item_id": 1, "name": "Hat M", "product_type": "simple", "qty_ordered": 2},
    ],
    "billing_address": {"firstname": "A", "street": ["B"], "country_id": "DE"}, "payment": {"method": "checkmo"},
    "extension_attributes": {"shipping_assignments": [{"shipping": {"address": {"city": "C", "country_id": "DE"}}}]},
    "shipments": [{"entity_id": 3, "created_at": "2026-11-11 09:30:00", "items": [{"order_item_id": 1, "qty": 2}],
                   "tracks": [{"track_number": "T", "title": "DHL"}]}],
}  # fmt: skip
BIGCOMMERCE = {
    "id": 218, "customer_id": 0, "date_created": "Tue, 05 Mar 2019 21:40:11 +0000", "status_id": 5,
    "total_inc_tax": "69.8400", "total_tax": "5.3100", "shipping_cost_inc_tax": "12.0000",
    "shipping_cost_tax": "0.9100", "discount_amount": "5.0000", "coupon_discount": "5.0000",
    "default_currency_code": "USD", "payment_method": "Cash",
    "products": [{"id": 1, "name": "Brush", "quantity": 2, "price_inc_tax": "33.9200", "total_inc_tax": "67.8400",
                  "total_tax": "5.1600", "applied_discounts": [{"code": "TEN", "amount": "2.0000"}],
                  "product_options": [{"display_value": "1L"}]}],
    "billing_address": {"first_name": "J", "country_iso2": "US", "email": "j@example.com"},
    "shipping_addresses": [{"city": "Austin", "country_iso2": "US"}],
    "shipments": [{"id": 7, "date_created": "Wed, 06 Mar 2019 10:00:00 +0000",
                   "items": [{"order_product_id": 1, "quantity": 2}]}],
}  # fmt: skip
OWN = {
    "number": "A1", "placed_at": "2026-11-10T09:00:00Z", "currency": "EUR", "total": "24.90",
    "lines": [{"id": "1", "title": "Hat", "quantity": 2, "unit_price": "10.00", "properties": [["a", "b"]],
               "discounts": [{"amount": "1.00"}], "taxes": [{"amount": "1.00", "rate": "0.19"}], "refunded": "1.00"}],
    "charges": [{"kind": "shipping", "price": "5.90"}], "tenders": [{"method": "card", "amount": "24.90"}],
    "customer": {"email": "a@example.net"}, "shipping_address": {"city": "C", "country": "DE"},
    "parcels": [{"shipped_at": "2026-11-11T09:00:00Z", "lines": [{"line": "1", "quantity": 2}], "status": "delivered"}],
}  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value inside."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield (*path, key)
        yield from places(inner, (*path, key))


def with_odd(payload: Any, path: tuple[Any, ...], odd: Any) -> Any:
    """A copy of the payload with an odd value in one place."""
    changed = copy.deepcopy(payload)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = odd
    return changed


@pytest.mark.parametrize(("room", "payload"), [("magento", MAGENTO), ("bigcommerce", BIGCOMMERCE), ("doorstep", OWN)])
def test_an_odd_value_anywhere_is_read_or_refused(room: str, payload: Any) -> None:
    mapping = import_module(f"portal.integrations.{room}.mapping")
    assert mapping.order_record(payload).lines
    refused = 0
    for path in places(payload):
        for odd in ODD:
            try:
                mapping.order_record(with_odd(payload, path, odd))
            except RecordRefused:
                refused += 1
    assert refused > 100
