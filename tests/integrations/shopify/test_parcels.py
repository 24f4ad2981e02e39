"""Fulfilments as parcels."""

from datetime import UTC, datetime
from typing import Any

import pytest

from portal.integrations.records import OrderRecord
from portal.integrations.shopify.mapping import order_record
from portal.integrations.shopify.parcels import STATUSES
from portal.tracking.rules import ParcelStatus
from tests.factories.shopify import fulfillment, line_item, order


def sent(*fulfilments: dict[str, Any], quantity: int = 3, **more: Any) -> OrderRecord:
    return order_record(order([line_item(quantity=quantity), line_item(2)], fulfillments=list(fulfilments), **more))


def test_a_parcel_has_its_number_link_and_lines() -> None:
    (parcel,) = sent(fulfillment(lines=[(1, 2), (2, 1)])).parcels
    assert (parcel.source_id, parcel.carrier, parcel.tracking_number) == ("901", "DHL", "00340434161094015902")
    assert (parcel.lines, parcel.status) == ((("1", 2), ("2", 1)), "in_transit")


def test_split_parcels_each_have_their_share() -> None:
    record = sent(fulfillment(901, [(1, 1)]), fulfillment(902, [(1, 2)]))
    assert [(parcel.source_id, parcel.lines) for parcel in record.parcels] == [
        ("901", (("1", 1),)),
        ("902", (("1", 2),)),
    ]


def test_several_numbers_are_several_parcels_and_only_the_first_has_lines_and_status() -> None:
    several = fulfillment(
        tracking_numbers=["A1", "B2"], tracking_number="A1", tracking_urls=["https://t/A1", "https://t/B2"]
    )
    first, second = sent({**several, "shipment_status": "delivered"}).parcels
    assert (first.tracking_number, first.lines, first.status) == ("A1", (("1", 1),), "delivered")
    assert (second.source_id, second.tracking_url, second.lines, second.status) == ("901-B2", "https://t/B2", (), None)
    assert second.delivered_at is None


def test_links_that_are_not_web_addresses_are_dropped() -> None:
    (parcel,) = sent(fulfillment(tracking_urls=["javascript:alert(1)"], tracking_url="javascript:alert(1)")).parcels
    assert parcel.tracking_url == ""


def test_the_single_field_of_older_payloads_is_enough() -> None:
    (parcel,) = sent(fulfillment(tracking_numbers=None, tracking_urls=None)).parcels
    assert parcel.tracking_number == "00340434161094015902"
    assert parcel.tracking_url.endswith("00340434161094015902")


def test_delivered_has_a_time() -> None:
    (parcel,) = sent(fulfillment(shipment_status="delivered")).parcels
    assert parcel.delivered_at == datetime(2026, 11, 12, 10, 5, tzinfo=UTC)


@pytest.mark.parametrize("word", sorted(STATUSES))
def test_every_documented_status_has_a_canonical_one(word: str) -> None:
    (parcel,) = sent(fulfillment(shipment_status=word)).parcels
    assert parcel.status in set(ParcelStatus)


def test_an_unknown_status_is_kept_for_the_operator() -> None:
    record = sent(fulfillment(shipment_status="teleported"))
    assert record.parcels[0].status == "unknown"
    assert record.extra["shipment_status.901"] == "teleported"


def test_no_status_means_that_the_shop_is_silent() -> None:
    assert sent(fulfillment(shipment_status=None)).parcels[0].status is None


def test_a_cancelled_parcel_stays_and_its_units_may_be_sent_again() -> None:
    record = sent(fulfillment(901, [(1, 3)], status="cancelled"), fulfillment(902, [(1, 3)]))
    assert [parcel.cancelled for parcel in record.parcels] == [True, False]


def test_downloads_are_no_parcel() -> None:
    entry = fulfillment(tracking_number=None, tracking_numbers=[], shipment_status=None)
    entry["line_items"] = [{"id": 1, "quantity": 1, "requires_shipping": False}]
    assert sent(entry).parcels == ()


def test_sold_at_the_till_is_delivered_at_once() -> None:
    entry = fulfillment(tracking_number=None, tracking_numbers=[], shipment_status=None, updated_at=None)
    (parcel,) = sent(entry, source_name="pos", shipping_address=None).parcels
    assert (parcel.status, parcel.delivered_at) == ("delivered", parcel.shipped_at)


def test_tips_travel_in_no_parcel() -> None:
    tip = line_item(9, "0.00", tip={"payment_gateway": "card"})
    record = order_record(order([line_item(), tip], fulfillments=[fulfillment(lines=[(1, 1), (9, 1)])]))
    assert record.parcels[0].lines == (("1", 1),)
