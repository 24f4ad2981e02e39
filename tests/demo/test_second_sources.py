"""The demo's orders of Magento and BigCommerce: read to the cent, and unlike those of the first shop."""

from datetime import timedelta
from typing import Any

import pytest

from portal.demo import bigcommerce_orders, magento_orders
from portal.demo.brands import brand
from portal.demo.orders import Featured
from portal.integrations.bigcommerce import mapping as bigcommerce
from portal.integrations.magento import mapping as magento
from portal.integrations.records import OrderRecord
from tests.factories.merchants import NOW

MAGENTO = magento_orders.magento_orders(NOW)
BIGCOMMERCE = bigcommerce_orders.bigcommerce_orders(NOW)


def added_up(record: OrderRecord) -> int:
    """All parts of an order in minor units."""
    parts = [(line.unit_price.minor * line.quantity, line.discounts, line.taxes) for line in record.lines]
    parts += [(charge.price.minor, charge.discounts, charge.taxes) for charge in record.charges]
    net = sum(price - sum(share.amount.minor for share in discounts) for price, discounts, _ in parts)
    return net + (0 if record.taxes_included else sum(tax.amount.minor for _, _, taxes in parts for tax in taxes))


@pytest.mark.parametrize("order", MAGENTO.values(), ids=list(MAGENTO))
def test_every_magento_order_adds_up_with_the_tax_in_its_prices(order: dict[str, Any]) -> None:
    record = magento.order_record(order)
    assert (added_up(record), record.taxes_included, record.currency) == (record.total.minor, True, "EUR")
    assert record.placed_at <= record.updated_at <= NOW


@pytest.mark.parametrize("order", BIGCOMMERCE.values(), ids=list(BIGCOMMERCE))
def test_every_bigcommerce_order_adds_up_with_the_tax_on_top(order: dict[str, Any]) -> None:
    record = bigcommerce.order_record(order)
    assert (added_up(record), record.taxes_included, record.currency) == (record.total.minor, False, "USD")
    assert record.placed_at <= record.updated_at <= NOW


def test_an_order_that_is_sent_while_the_demo_runs_has_one_parcel_more() -> None:
    later = NOW + timedelta(minutes=3)
    one = magento.order_record(magento_orders.sent(MAGENTO[magento_orders.NEW], later))
    other = bigcommerce.order_record(bigcommerce_orders.sent(BIGCOMMERCE[bigcommerce_orders.NEW], later))
    for record in (one, other):
        assert (len(record.parcels), record.updated_at) == (1, later)


def test_parcels_have_the_numbers_that_their_carriers_report_on() -> None:
    told = {parcel.tracking_number for parcel in magento_orders.magento_parcels(NOW)}
    told |= {parcel.tracking_number for parcel in bigcommerce_orders.bigcommerce_parcels(NOW)}
    records = [*map(magento.order_record, MAGENTO.values()), *map(bigcommerce.order_record, BIGCOMMERCE.values())]
    assert {parcel.tracking_number for record in records for parcel in record.parcels if parcel.carrier} == told


def test_numbers_are_nobody_elses_and_whoever_types_them_is_told_how() -> None:
    featured: list[Featured] = [*magento_orders.magento_featured(), *bigcommerce_orders.bigcommerce_featured()]
    first = {scene.number for slug in ("fashion", "jewels") for scene in brand(slug).scenes}
    assert not {int(one.number) for one in featured} & first
    known = {
        (magento.order_record(order).number, magento.order_record(order).customer.email) for order in MAGENTO.values()
    }
    known |= {(str(order["id"]), order["billing_address"]["email"]) for order in BIGCOMMERCE.values()}
    assert {(one.number, one.email) for one in featured} == known


def test_the_same_day_makes_the_same_orders_and_a_day_without_a_zone_makes_none() -> None:
    assert magento_orders.magento_orders(NOW) == MAGENTO
    assert bigcommerce_orders.bigcommerce_orders(NOW) == BIGCOMMERCE
    for make in (magento_orders.magento_orders, bigcommerce_orders.bigcommerce_orders):
        with pytest.raises(ValueError, match="aware"):
            make(NOW.replace(tzinfo=None))
