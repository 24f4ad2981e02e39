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


FETCHED_MAGENTO = {
    **MAGENTO, "creditmemos": [{"entity_id": 8, "updated_at": "2026-11-13 09:30:00"}],
    "items": [{"item_id": 1, "name": "Hat", "qty_ordered": 1, "qty_refunded": 1, "qty_shipped": 0, "price": 84,
               "original_price": 100, "price_incl_tax": 100, "row_total": 84, "row_total_incl_tax": 100,
               "tax_amount": 16, "tax_percent": 19}],
    "grand_total": Decimal("94.90"), "extension_attributes": {"pickup_location_code": "erfurt"},
    "shipments": [{"entity_id": 3, "created_at": "2026-11-11 09:30:00", "items": [{"order_item_id": 1, "qty": 1}]}],
}  # fmt: skip
FETCHED_BIGCOMMERCE = {
    **BIGCOMMERCE, "is_tax_inclusive_pricing": False, "total_inc_tax": "75.0000", "total_tax": "5.0000",
    "shipping_cost_ex_tax": "12.0000", "shipping_cost_tax": "0.0000", "date_modified": "", "shipments": [],
    "products": [{"id": 1, "name": "Brush", "type": "physical", "quantity": 2, "total_ex_tax": "68.0000",
                  "quantity_shipped": 1, "product_options": [{"display_name": "Engraving", "display_value": "L",
                                                              "type": "Text field"}]}],
    "refunds": [{"id": 3, "created": "2019-03-12T10:00:00+00:00", "total_amount": "20.5",
                 "items": [{"item_type": "PRODUCT", "item_id": 1, "quantity": 2},
                           {"item_type": "SHIPPING", "item_id": 9, "requested_amount": "1"}],
                 "payments": [{"amount": "1", "is_declined": True}]}],
    "status_id": 8, "consignments": {"pickups": [{"id": 99, "location": {"name": "Salon"}}]},
}  # fmt: skip


@pytest.mark.parametrize(
    ("room", "payload"),
    [
        ("magento", MAGENTO),
        ("magento", FETCHED_MAGENTO),
        ("bigcommerce", BIGCOMMERCE),
        ("bigcommerce", FETCHED_BIGCOMMERCE),
        ("doorstep", OWN),
    ],
)
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
