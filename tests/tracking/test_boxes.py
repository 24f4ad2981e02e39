"""The order page's word on returns: until when, for what, and why not (yet)."""

from datetime import timedelta
from typing import Any

import pytest

from portal.intake.service import record_order
from portal.integrations.records import LineRecord, OrderRecord
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.policies.queries import find_policy_for
from portal.policies.rules import decide
from portal.policies.service import publish_policy
from portal.tracking.boxes import return_line
from portal.tracking.facts import return_facts, returned_units
from portal.tracking.queries import find_page
from portal.web.locale import Speech
from tests.factories.merchants import NOW
from tests.factories.policies import FIRST_POLICY
from tests.factories.records import delivered_parcel, line_record, order_record, parcel_record

TWO = (line_record(), line_record("l2", title="Cairn beanie"))
FINAL = (line_record(final_sale=True), line_record("l2", title="Cairn beanie", final_sale=True))


def order_of(*parcels: Any, lines: tuple[LineRecord, ...] = TWO) -> OrderRecord:
    return order_record(lines=lines, parcels=parcels, placed_at=NOW - timedelta(days=70))


def both(days: float, **changes: Any) -> Any:
    return delivered_parcel(days, lines=(("l1", 1), ("l2", 1)), **changes)


SENTENCES = {
    "all here": (order_of(both(1)), "Start by Saturday, 19 December"),
    "one after the other": (
        order_of(delivered_parcel(5), delivered_parcel(1, "p2", lines=(("l2", 1),))),
        "Start by Tuesday, 15 December for what came first, by Saturday, 19 December for what came last.",
    ),
    "partly here": (
        order_of(delivered_parcel(1), parcel_record("p2", lines=(("l2", 1),), status="in_transit")),
        "Start by Saturday, 19 December with what is here, and with the rest once it has arrived.",
    ),
    "the rest is lost": (
        order_of(delivered_parcel(1), parcel_record("p2", lines=(("l2", 1),), status="lost")),
        "Start by Saturday, 19 December",
    ),
    "nothing here": (
        order_of(parcel_record(lines=(("l1", 1), ("l2", 1)), status="in_transit")),
        "Not delivered yet. Once it has arrived, you can return it for 30 days.",
    ),
    "too late": (
        order_of(delivered_parcel(50), delivered_parcel(40, "p2", lines=(("l2", 1),))),
        "The last day to send something back was Tuesday, 10 November.",
    ),
    "too late for the one item": (
        order_of(delivered_parcel(40), lines=(line_record(),)),
        "The last day to return this item was Tuesday, 10 November.",
    ),
    "final sale": (
        order_of(both(1), lines=FINAL),
        "These items were sold as final sale, so they cannot be returned.",
    ),
    "all returned": (
        order_of(
            both(1),
            lines=(line_record(refunded_quantity=1), line_record("l2", title="Cairn beanie", refunded_quantity=1)),
        ),
        "You have already returned everything from this order.",
    ),
    "each for its own reason": (
        order_of(
            both(1),
            lines=(line_record(final_sale=True), line_record("l2", title="Cairn beanie", refunded_quantity=1)),
        ),
        "Nothing in this order can be returned, each item for a reason of its own.",
    ),
}


@pytest.mark.parametrize("case", SENTENCES)
async def test_the_box_says_what_holds(merchant: MerchantFacts, case: str) -> None:
    record, sentence = SENTENCES[case]
    await publish_policy(merchant.id, FIRST_POLICY, NOW - timedelta(days=100))
    await record_order(merchant.id, record, NOW)
    order = await Order.get(merchant_id=merchant.id, source_id=record.source_id)
    page = await find_page(merchant.id, order.id)
    assert page is not None
    policy = await find_policy_for(merchant.id, page.content["order"]["policy"], order.placed_at)
    assert policy is not None
    facts = return_facts(page.content, returned_units(page.content), merchant.time_zone)
    said = return_line(page.content, decide(policy, facts, NOW))
    assert said is not None
    assert Speech("en", "DE", "Europe/Berlin").say(said) == sentence
