"""The order files: they add up, the shop's reader takes every one, and every scenario is there."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from portal.demo.brands import brand, brands
from portal.demo.orders import FEATURED, orders, write_order_files
from portal.demo.people import PEOPLE
from portal.integrations.shopify.mapping import order_record

TODAY = datetime(2026, 11, 21, 20, 15, tzinfo=UTC)
SIDES = ("shop_money", "presentment_money")


@cache
def parsed():
    """Every order as a reader would see it: decimals are decimals."""
    return [json.loads(json.dumps(order), parse_float=Decimal) for one in brands() for order in orders(one.slug, TODAY)]


def ids(order):
    return order["name"]


def money(thing, key, side):
    return Decimal(thing[f"{key}_set"][side]["amount"])


def summed(things, key, side):
    return sum((money(thing, key, side) for thing in things), Decimal(0))


def taken_off(part, side):
    return summed(part["discount_allocations"], "amount", side)


@pytest.mark.parametrize("order", parsed(), ids=ids)
@pytest.mark.parametrize("side", SIDES)
def test_every_total_is_the_sum_of_its_parts(order, side):
    lines, charges = order["line_items"], order["shipping_lines"]
    gross = sum((money(line, "price", side) * line["quantity"] for line in lines), Decimal(0))
    off = sum((taken_off(line, side) for line in lines), Decimal(0))
    freight = summed(charges, "price", side) - sum((taken_off(charge, side) for charge in charges), Decimal(0))
    tax = sum((summed(part["tax_lines"], "price", side) for part in [*lines, *charges]), Decimal(0))
    tip = Decimal(order["total_tip_received"])
    assert not tip or order["currency"] == order["presentment_currency"]
    assert money(order, "total_line_items_price", side) == gross
    assert money(order, "subtotal_price", side) == gross - off
    assert Decimal(order["total_shipping_price_set"][side]["amount"]) == freight
    assert money(order, "total_tax", side) == tax == summed(order["tax_lines"], "price", side)
    assert money(order, "total_price", side) == gross - off + freight + tip + (0 if order["taxes_included"] else tax)


@pytest.mark.parametrize("order", parsed(), ids=ids)
def test_taxes_are_the_rate_of_what_was_paid_to_half_a_cent(order):
    for line in order["line_items"]:
        paid = Decimal(line["price"]) * line["quantity"] - taken_off(line, "shop_money")
        for tax in line["tax_lines"]:
            rate = tax["rate"]
            exact = paid * rate / (1 + rate) if order["taxes_included"] else paid * rate
            assert abs(Decimal(tax["price"]) - exact) <= Decimal("0.005")


@pytest.mark.parametrize("order", parsed(), ids=ids)
def test_the_shops_reader_takes_every_order(order):
    record = order_record(order)
    assert record.number == order["name"].lstrip("#")
    assert str(record.total.decimal) == order["total_price_set"]["presentment_money"]["amount"]


@pytest.mark.parametrize("order", parsed(), ids=ids)
def test_units_are_ordered_shipped_waiting_or_gone(order):
    for line in order["line_items"]:
        shipped = sum(
            entry["quantity"]
            for fulfilment in order["fulfillments"]
            for entry in fulfilment["line_items"]
            if entry["id"] == line["id"] and fulfilment["status"] == "success"
        )
        cancelled = sum(
            entry["quantity"]
            for refund in order["refunds"]
            for entry in refund["refund_line_items"]
            if entry["line_item_id"] == line["id"] and entry["restock_type"] == "cancel"
        )
        assert shipped + cancelled + line["fulfillable_quantity"] == line["quantity"]


@pytest.mark.parametrize("order", [order for order in parsed() if order["refunds"]], ids=ids)
def test_a_refund_pays_what_its_lines_and_shipping_say(order):
    for refund in order["refunds"]:
        lines = refund["refund_line_items"]
        back = summed(lines, "subtotal", "presentment_money")
        if not order["taxes_included"]:
            back += summed(lines, "total_tax", "presentment_money")
        assert sum(Decimal(paid["amount"]) for paid in refund["transactions"]) == back
        assert back <= money(order, "total_price", "presentment_money")


def test_at_least_forty_orders_a_brand_and_no_id_twice():
    for one in brands():
        assert len(one.scenes) >= 40
        assert (
            len({scene.number for scene in one.scenes}) == len({scene.name for scene in one.scenes}) == len(one.scenes)
        )
    found = [
        thing["id"] for order in parsed() for key in ("line_items", "fulfillments", "refunds") for thing in order[key]
    ]
    found += [order["id"] for order in parsed()]
    assert len(found) == len(set(found))


WANTED = [
    "split_two_one_delayed",
    "split_three",
    "one_line",
    "twenty_lines",
    "long_names",
    "missing_images",
    "line_and_order_discount",
    "odd_cent_discount",
    "free_shipping_code",
    "gift",
    "final_sale",
    "personalised",
    "cancelled",
    "partly_cancelled",
    "not_shipped",
    "partly_shipped",
    "label_created",
    "in_transit",
    "out_for_delivery",
    "delivered_today",
    "delivered_29_days_ago",
    "last_window_day",
    "window_long_over",
    "delayed_by_weather",
    "lost",
    "damaged",
    "customs_documents",
    "customs_duties",
    "pickup_point",
    "not_home",
    "returned_to_sender",
    "partly_refunded",
    "gift_card_line",
    "in_store",
    "free_order",
    "large_quantity",
    "yen",
    "moves_now",
    "moves_now_long",
    "unknown_code",
]


def test_every_scenario_is_told_by_both_brands():
    for one in brands():
        assert set(WANTED) <= {scene.name for scene in one.scenes}
    assert "engraved_ring" in {scene.name for scene in brand("jewels").scenes}


def test_files_are_the_same_for_the_same_moment_and_move_with_it(tmp_path, today):
    first = write_order_files(tmp_path / "a", today)
    again = write_order_files(tmp_path / "b", today)
    later = write_order_files(tmp_path / "c", today + timedelta(days=1))
    for slug in ("fashion", "jewels"):
        assert first[slug].read_bytes() == again[slug].read_bytes() != later[slug].read_bytes()


@pytest.mark.parametrize("hour", range(0, 24, 3))
@pytest.mark.parametrize("slug", ["fashion", "jewels"])
def test_nothing_lies_in_the_future_and_times_follow_each_other(slug, hour):
    now = datetime(2026, 3, 29, hour, 40, tzinfo=UTC)
    for order in orders(slug, now):
        made = [[fulfilment["created_at"], fulfilment["updated_at"]] for fulfilment in order["fulfillments"]]
        for times in made or [[order["created_at"]]]:
            moments = [datetime.fromisoformat(at) for at in (order["created_at"], *times, order["updated_at"])]
            assert all(a <= b for a, b in pairwise([*moments, now])), order["name"]


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_the_last_window_day_is_thirty_days_after_delivery_in_the_shops_zone(hour):
    now = datetime(2026, 11, 21, hour, 40, tzinfo=UTC)
    for slug, name in (("fashion", "#FW-10305"), ("jewels", "#20005")):
        zone = ZoneInfo(brand(slug).zone)
        order = next(order for order in orders(slug, now) if order["name"] == name)
        delivered = datetime.fromisoformat(order["fulfillments"][0]["updated_at"]).astimezone(zone).date()
        assert delivered + timedelta(days=30) == now.astimezone(zone).date()


def test_mail_addresses_and_telephones_belong_to_nobody():
    for person in PEOPLE.values():
        assert person.email.rsplit("@")[-1].endswith(("example.com", "example.org"))
        assert (
            not person.phone
            or "55501" in person.phone
            or person.phone.startswith(
                ("+4930231250", "+4930231251", "+494066969", "+498999998", "+4922147100", "+442079460")
            )
        )


def test_featured_orders_exist_and_can_be_looked_up():
    known = {order["name"]: order for order in parsed()}
    for featured in FEATURED:
        order = known[featured.number]
        assert order["email"] == featured.email
        assert order["shipping_address"]["zip"] == featured.postal_code


def test_a_day_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="aware"):
        orders("fashion", datetime(2026, 11, 21))
