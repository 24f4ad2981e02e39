"""BigCommerce's orders become records that add up to the cent, or are refused with a place."""

from typing import Any

import pytest

from portal.integrations.bigcommerce.mapping import order_payloads, order_record
from portal.integrations.records import OrderRecord, RecordRefused
from portal.kernel.money import Money


def product(identifier: int = 116, each: str = "37.2300", quantity: int = 1, **more: Any) -> dict[str, Any]:
    """An order product; prices have four places, as BigCommerce writes them."""
    row = f"{float(each) * quantity:.4f}"
    return {
        "id": identifier, "order_id": 181, "product_id": 188, "name": "Dustpan & Brush", "sku": "DUST1",
        "type": "physical", "quantity": quantity, "price_inc_tax": each, "total_inc_tax": row, "total_tax": "0.0000",
        "quantity_refunded": 0, "refund_amount": "0.0000", "applied_discounts": [],
        "product_options": [{"display_name": "Size", "display_value": "1L"}], **more,
    }  # fmt: skip


def order(products: list[dict[str, Any]], total: str, **more: Any) -> dict[str, Any]:
    """An order with what belongs to it."""
    address = {"first_name": "Jane", "last_name": "Doe", "street_1": "555 East Street", "city": "Austin",
               "state": "Texas", "zip": "78108", "country": "United States", "country_iso2": "US"}  # fmt: skip
    return {
        "id": 218, "customer_id": 0, "date_created": "Tue, 05 Mar 2019 21:40:11 +0000",
        "date_modified": "Mon, 11 Mar 2019 15:17:25 +0000", "status_id": 11, "status": "Awaiting Fulfillment",
        "total_inc_tax": total, "total_tax": "0.0000", "shipping_cost_inc_tax": "0.0000", "shipping_cost_tax": "0.0000",
        "discount_amount": "0.0000", "coupon_discount": "0.0000", "gift_certificate_amount": "0.0000",
        "store_credit_amount": "0.0000", "currency_code": "USD", "default_currency_code": "USD",
        "payment_method": "Credit Card", "order_source": "www", "channel_id": 1, "products": products,
        "billing_address": {**address, "email": "jane@example.com"}, "shipping_addresses": [address], **more,
    }  # fmt: skip


def whole(record: OrderRecord) -> int:
    lines = sum(
        line.unit_price.minor * line.quantity - sum(share.amount.minor for share in line.discounts)
        for line in record.lines
    )
    return lines + sum(charge.price.minor for charge in record.charges)


DOCUMENTED = {
    "shipping_cost_inc_tax": "12.0000", "shipping_cost_tax": "0.9100", "discount_amount": "5.0000",
    "coupon_discount": "5.0000", "total_tax": "5.3100",
}  # fmt: skip
"""The amounts of the documentation's own example of an order."""


@pytest.mark.parametrize(
    ("products", "total", "more"),
    [
        ([product()], "37.2300", {}),
        ([product(1, "33.9200", 2)], "69.8400", DOCUMENTED),
        ([product(1, "143.9500")], "138.9500", {"coupon_discount": "5.0000"}),
        ([product(1, "3.3333", 3, total_inc_tax="10.0000")], "10.0000", {}),
        ([product(1, "50.0000")], "30.0000", {"gift_certificate_amount": "20.0000"}),
        ([product(1, "50.0000")], "50.0000", {"gift_certificate_amount": "20.0000"}),
        ([product(1, "10.0000"), product(2, "20.0000")], "29.0000", {"discount_amount": "1.0000"}),
    ],
)
def test_an_order_adds_up(products: list[dict[str, Any]], total: str, more: dict[str, Any]) -> None:
    record = order_record(order(products, total, **more))
    assert whole(record) == record.total.minor
    taxes = [*(tax for line in record.lines for tax in line.taxes), *(t for c in record.charges for t in c.taxes)]
    assert sum(tax.amount.minor for tax in taxes) == round(float(more.get("total_tax", 0)) * 100)


def test_discounts_fall_where_they_were_given_and_the_rest_is_shared_out() -> None:
    coupon = [{"id": "coupon", "amount": "2.0000", "name": "Ten", "code": "TEN", "target": "product"}]
    record = order_record(
        order(
            [product(1, "10.0000", applied_discounts=coupon), product(2, "20.0000")],
            "25.0000",
            discount_amount="3.0000",
            coupon_discount="2.0000",
        )
    )
    found = [[(share.label, share.amount.minor) for share in line.discounts] for line in record.lines]
    assert found == [[("TEN", 200), ("", 86)], [("", 214)]]


def test_shipments_are_parcels() -> None:
    shipment = {"id": 7, "date_created": "Wed, 06 Mar 2019 10:00:00 +0000", "tracking_number": "EJ958083578US",
                "tracking_carrier": "usps", "items": [{"order_product_id": 116, "quantity": 1}]}  # fmt: skip
    [(path, payload)] = order_payloads({"order": order([product()], "37.2300"), "shipments": [shipment]})
    parcel = order_record(payload).parcels[0]
    assert path == "order"
    assert (parcel.carrier, parcel.tracking_number, parcel.lines) == ("usps", "EJ958083578US", (("116", 1),))


def test_what_an_order_is_besides_its_amounts() -> None:
    record = order_record(order([product(type="digital")], "37.2300", status_id=5, status="Cancelled"))
    assert record.placed_at.isoformat() == "2019-03-05T21:40:11+00:00"
    assert (record.number, record.customer.source_id, record.customer.email) == ("218", "", "jane@example.com")
    assert record.cancelled_at is not None
    assert not record.lines[0].requires_shipping


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"total_inc_tax": "37.2200"}, "total_inc_tax"),
        ({"total_inc_tax": None}, "total_inc_tax"),
        ({"products": {"url": "https://api.example", "resource": "/orders/218/products"}}, "products"),
        ({"products": []}, "products"),
        ({"products": [product(), product()]}, "products"),
        ({"products": [product(quantity=0)]}, "products[0].quantity"),
        ({"products": [product(quantity_refunded=2)]}, "products[0].quantity_refunded"),
        ({"products": [product(total_inc_tax="-1")]}, "products[0].total_inc_tax"),
        ({"discount_amount": "100.0000"}, "discount_amount"),
        ({"total_tax": "99.0000"}, "total_tax"),
        ({"default_currency_code": "DOLLAR"}, "default_currency_code"),
        ({"date_created": "soon"}, "date_created"),
        ({"shipments": [{"id": 1, "date_created": "Wed, 06 Mar 2019 10:00:00 +0000",
                         "items": [{"order_product_id": 9, "quantity": 1}]}]},
         "shipments[0].items[0].order_product_id"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_its_place(change: dict[str, Any], path: str) -> None:
    with pytest.raises(RecordRefused) as caught:
        order_record({**order([product()], "37.2300"), **change})
    assert caught.value.path == path


def on_top(total: str, **more: Any) -> dict[str, Any]:
    """An American order: the price without tax, and the tax of what was left after the discount."""
    ring = product(1, "100.0000", total_ex_tax="100.0000", total_inc_tax="108.0000", total_tax="8.0000")
    return order([ring], total, is_tax_inclusive_pricing=False, total_tax="7.2000", coupon_discount="10.0000",
                 shipping_cost_ex_tax="5.0000", shipping_cost_inc_tax="5.0000", **more)  # fmt: skip


def test_tax_stays_on_top_where_prices_are_without_it() -> None:
    record = order_record(on_top("102.2000"))
    line = record.lines[0]
    assert (record.taxes_included, record.total.minor, line.unit_price.minor) == (False, 10220, 10000)
    assert [(tax.amount.minor, line.discounts[0].amount.minor) for tax in line.taxes] == [(720, 1000)]


def test_tax_stays_on_top_when_a_gift_certificate_paid_a_part() -> None:
    assert not order_record(on_top("82.2000", gift_certificate_amount="20.0000")).taxes_included


def test_prices_with_tax_are_taken_where_those_without_do_not_make_the_total() -> None:
    record = order_record(on_top("103.0000"))
    assert (record.taxes_included, record.total.minor) == (True, 10300)


def test_a_carrier_is_called_by_its_name() -> None:
    shipment = {"id": 7, "date_created": "Wed, 06 Mar 2019 10:00:00 +0000", "tracking_number": "1Z", "items": [],
                "tracking_carrier": "ups", "shipping_provider_display_name": "UPS"}  # fmt: skip
    assert order_record(order([product()], "37.2300", shipments=[shipment])).parcels[0].carrier == "UPS"


def test_what_the_shopper_had_engraved_is_no_variant_and_makes_it_personal() -> None:
    options = [{"display_name": "Metal", "display_value": "Gold", "type": "Swatch"},
               {"display_name": "Engraving", "display_value": "I. & H.", "type": "Text field"},
               {"display_name": "Gift note", "display_value": "", "type": "Multi-line text field"}]  # fmt: skip
    line = order_record(order([product(product_options=options)], "37.2300")).lines[0]
    assert (line.variant, line.personalised, line.properties) == ("Gold", True, (("Engraving", "I. & H."),))


@pytest.mark.parametrize(("status", "said"), [(11, []), (8, ["available_for_pickup"]), (10, ["delivered"])])
def test_an_order_that_is_collected_is_one_parcel_once_it_is_ready(status: int, said: list[str]) -> None:
    pickup = {"pickups": [{"id": 99, "location": {"name": "Salon"}}]}
    record = order_record(order([product(quantity=2)], "74.4600", status_id=status, consignments=pickup))
    assert [parcel.status for parcel in record.parcels] == said
    assert all(parcel.lines == (("116", 2),) and not parcel.tracking_number for parcel in record.parcels)


def test_an_order_that_awaits_its_payment_was_not_paid() -> None:
    waiting, paid = (order_record(order([product()], "37.2300", status_id=status)) for status in (7, 11))
    assert (waiting.paid, paid.paid) == (Money(0, "USD"), None)
