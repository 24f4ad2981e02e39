"""Whatever a payload looks like, reading it gives a record or RecordRefused, and a record always adds up."""

import copy
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.integrations.records import OrderRecord, RecordRefused
from portal.integrations.shopify.mapping import order_number, order_payloads, order_record
from portal.orders.importing_json import parse_strictly
from tests.factories.shopify import discount, fulfillment, line_item, order, refund, shipping_line, tax

VALID = order(
    [
        line_item(
            1,
            "50.00",
            2,
            discounts=[discount("5.00")],
            taxes=[tax("15.17")],
            properties=[{"name": "Engraving", "value": "L"}],
        ),
        line_item(2, "10.00", taxes=[tax("1.60")]),
    ],
    shipping=[shipping_line("4.90", taxes=[tax("0.78")])],
    fulfillments=[fulfillment(901, [(1, 1), (2, 1)]), fulfillment(902, [(1, 1)], shipment_status="delivered")],
    refunds=[refund([(1, 1, "47.50", "7.58")])],
)

WEIRD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.decimals(allow_nan=True, allow_infinity=True),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        ["-1", "1e9", "NaN", "0.001", "9" * 40, "2026-01-01", "\x00", "\ud800", [], {}, [[]], [None], {"amount": "1"}]
    ),
)


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in the payload, the top left out."""
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [found for key, child in entries for found in ((*path, key), *places(child, (*path, key)))]


PLACES = places(VALID)


def mutated(path: tuple[Any, ...], value: Any, remove: bool) -> dict[str, Any]:
    payload = copy.deepcopy(VALID)
    holder: Any = payload
    for key in path[:-1]:
        if not isinstance(holder, dict | list) or (isinstance(holder, dict) and key not in holder):
            return payload
        holder = holder[key]
    if remove and isinstance(holder, dict):
        holder.pop(path[-1], None)
    else:
        holder[path[-1]] = value
    return payload


def read_or_refuse(payload: Any) -> OrderRecord | None:
    order_number(payload)
    try:
        return order_record(payload)
    except RecordRefused:
        return None


def check(record: OrderRecord | None) -> None:
    if record is None:
        return
    parts = [*record.lines, *record.charges]
    prices = sum(line.unit_price.minor * line.quantity for line in record.lines) + sum(
        c.price.minor for c in record.charges
    )
    discounts = sum(share.amount.minor for part in parts for share in part.discounts)
    taxes = 0 if record.taxes_included else sum(tax.amount.minor for part in parts for tax in part.taxes)
    assert prices - discounts + taxes == record.total.minor
    for line in record.lines:
        assert sum(share.amount.minor for share in line.discounts) <= line.unit_price.minor * line.quantity
        assert line.cancelled_quantity + line.refunded_quantity <= line.quantity
    for source_id, quantity in (entry for parcel in record.parcels for entry in parcel.lines):
        assert quantity > 0
        assert source_id in {line.source_id for line in record.lines}
    json.dumps([record.number, record.note, record.customer.email]).encode()


def test_the_payload_that_is_mutated_is_a_good_one() -> None:
    assert order_record(VALID).total.minor == 10990


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(PLACES), WEIRD, st.booleans())
def test_one_changed_place_gives_a_record_or_a_refusal(path: tuple[Any, ...], value: Any, remove: bool) -> None:
    check(read_or_refuse(mutated(path, value, remove)))


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
    lambda children: st.one_of(
        st.lists(children, max_size=3), st.dictionaries(st.text(max_size=8), children, max_size=3)
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_any_json_is_no_order_but_never_a_fault(document: Any) -> None:
    for _, payload in order_payloads(document):
        check(read_or_refuse(payload))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(PLACES), JSON)
def test_any_json_in_any_place_is_a_record_or_a_refusal(path: tuple[Any, ...], value: Any) -> None:
    check(read_or_refuse(mutated(path, value, False)))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 10_000), st.integers(1, 9), st.integers(0, 100)), min_size=1, max_size=6),
    st.booleans(),
)
def test_orders_that_add_up_are_taken_and_stay_equal(parts: list[tuple[int, int, int]], included: bool) -> None:
    lines = [
        line_item(
            number,
            f"{cents / 100:.2f}",
            quantity,
            discounts=[discount(f"{cents * quantity * percent // 100 / 100:.2f}")],
            taxes=[tax(f"{cents * quantity * (100 - percent) * 19 // 10_000 / 100:.2f}")],
        )
        for number, (cents, quantity, percent) in enumerate(parts, start=1)
    ]
    text = json.dumps(order(lines, taxes_included=included), default=str).encode()
    record = order_record(parse_strictly(text))
    net = sum(
        line.unit_price.minor * line.quantity - sum(d.amount.minor for d in line.discounts) for line in record.lines
    )
    taxes = 0 if included else sum(share.amount.minor for line in record.lines for share in line.taxes)
    assert record.total.minor == net + taxes
