"""Asking, approving, declining: one transaction each, the money right whatever happened before."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from portal.db.outbox_models import Outbox
from portal.intake.service import record_order
from portal.integrations.records import DiscountShare
from portal.kernel.money import Money
from portal.kernel.refusal import Refusal
from portal.labels.models import Label
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order, OrderLine
from portal.policies.service import publish_policy
from portal.returns.models import Return, ReturnChange
from portal.returns.queries import held_by_returns
from portal.returns.rules import Pick, QuoteChanged, ReturnRefused
from portal.returns.service import approve_return, decline_return, request_return
from portal.tracking.queries import find_page
from tests.factories.merchants import NOW
from tests.factories.policies import FIRST_POLICY
from tests.factories.records import delivered_parcel, line_record, order_record


def manual() -> dict[str, Any]:
    return {**FIRST_POLICY, "defaults": {**FIRST_POLICY["defaults"], "approval": "manual"}}


async def delivered(
    merchant: MerchantFacts, facts: dict[str, Any] | None = None, policy: dict[str, Any] = FIRST_POLICY, **line: Any
) -> tuple[UUID, str]:
    """A delivered order of one line; returns the order's and the line's id. `facts` are of the order."""
    await publish_policy(merchant.id, policy, NOW)
    parcel = delivered_parcel(lines=(("l1", line.get("quantity", 1)),))
    record = order_record(lines=(line_record(**line),), parcels=(parcel,), **(facts or {}))
    await record_order(merchant.id, record, NOW)
    order = await Order.get(merchant_id=merchant.id, source_id=record.source_id)
    stored = await OrderLine.get(merchant_id=merchant.id, order_id=order.id)
    return order.id, str(stored.id)


async def ask(merchant: MerchantFacts, order_id: UUID, *picks: Pick, key: str = "", **more: Any) -> Return:
    options = {"request_key": key or uuid4().hex, "via": "api", "locale": "en", "now": NOW, **more}
    return await request_return(merchant, order_id, picks, **options)


async def test_one_by_one_the_last_cent_comes_back(merchant: MerchantFacts) -> None:
    """100.00 for three units, one return each: 33.34 + 33.33 + 33.33."""
    order, line = await delivered(
        merchant,
        quantity=3,
        unit_price=Money(3400, "EUR"),
        discounts=(DiscountShare("WELCOME", Money(200, "EUR")),),
    )
    refunds = [(await ask(merchant, order, Pick(line, 1))).refund for _ in range(3)]
    assert refunds == [3334, 3333, 3333]
    with pytest.raises(ReturnRefused, match="already_returned"):
        await ask(merchant, order, Pick(line, 1))


async def test_units_that_the_shop_took_back_are_not_paid_twice(merchant: MerchantFacts) -> None:
    order, line = await delivered(
        merchant, quantity=3, unit_price=Money(1000, "EUR"), refunded_quantity=1, refunded=Money(1000, "EUR")
    )
    assert (await ask(merchant, order, Pick(line, 2))).refund == 2000
    with pytest.raises(ReturnRefused):
        await ask(merchant, order, Pick(line, 1))


async def test_what_the_shop_paid_back_by_amount_alone_is_not_paid_again(merchant: MerchantFacts) -> None:
    order, line = await delivered(merchant, {"refunded": Money(6000, "EUR")}, unit_price=Money(10000, "EUR"))
    assert (await ask(merchant, order, Pick(line, 1))).refund == 4000


@pytest.mark.parametrize(("paid", "refund"), [(0, 0), (2500, 2500)])
async def test_what_was_never_paid_is_not_paid_back_and_a_person_decides(
    merchant: MerchantFacts, paid: int, refund: int
) -> None:
    order, line = await delivered(merchant, {"paid": Money(paid, "EUR")}, unit_price=Money(10000, "EUR"))
    made = await ask(merchant, order, Pick(line, 1))
    assert (made.refund, made.state) == (refund, "requested")


async def test_a_rule_on_the_reason_decides(merchant: MerchantFacts) -> None:
    rule = {
        "id": "changed-mind",
        "when": {"field": "reason", "op": "is", "value": "unwanted"},
        "then": {"eligible": {"allowed": False, "code": "not_returnable"}},
    }
    order, line = await delivered(merchant, policy={**FIRST_POLICY, "rules": [rule, *FIRST_POLICY["rules"]]})
    with pytest.raises(ReturnRefused, match="not_returnable"):
        await ask(merchant, order, Pick(line, 1, "unwanted"))
    assert (await ask(merchant, order, Pick(line, 1, "defective"))).state == "approved"


async def test_an_order_from_before_the_first_policy_can_be_returned(merchant: MerchantFacts) -> None:
    record = order_record(lines=(line_record(),), parcels=(delivered_parcel(),))
    await record_order(merchant.id, record, NOW)
    await publish_policy(merchant.id, FIRST_POLICY, NOW)
    order = await Order.get(merchant_id=merchant.id, source_id=record.source_id)
    line = await OrderLine.get(merchant_id=merchant.id, order_id=order.id)
    assert (await ask(merchant, order.id, Pick(str(line.id), 1))).state == "approved"


async def test_a_line_that_the_shop_takes_out_of_the_order_cannot_be_returned(merchant: MerchantFacts) -> None:
    await publish_policy(merchant.id, FIRST_POLICY, NOW)
    lines = (line_record(), line_record("l2"))
    record = order_record(lines=lines, parcels=(delivered_parcel(lines=(("l1", 1), ("l2", 1))),))
    await record_order(merchant.id, record, NOW)
    newer = replace(record, lines=lines[:1], parcels=(), updated_at=record.updated_at + timedelta(hours=1))
    await record_order(merchant.id, newer, NOW)
    order = await Order.get(merchant_id=merchant.id, source_id=record.source_id)
    gone = await OrderLine.get(merchant_id=merchant.id, order_id=order.id, source_id="l2")
    with pytest.raises(ReturnRefused, match="cancelled"):
        await ask(merchant, order.id, Pick(str(gone.id), 1))


async def test_orders_and_returns_change_at_once_without_losing_a_word(merchant: MerchantFacts) -> None:
    order, line = await delivered(merchant, policy=manual(), quantity=9)
    first = await ask(merchant, order, Pick(line, 1))
    await asyncio.gather(
        decline_return(merchant, first.id, "api", "no", NOW),
        *(ask(merchant, order, Pick(line, 1)) for _ in range(4)),
    )
    page = await find_page(merchant.id, order)
    assert page is not None
    assert sorted(entry["state"] for entry in page.content["returns"]) == ["declined", *["requested"] * 4]


async def test_the_same_key_is_the_same_return_and_another_body_is_refused(merchant: MerchantFacts) -> None:
    order, line = await delivered(merchant, quantity=3)
    first = await ask(merchant, order, Pick(line, 1), key="k-1")
    assert (await ask(merchant, order, Pick(line, 1), key="k-1")).id == first.id
    with pytest.raises(ReturnRefused, match="request_key_reused"):
        await ask(merchant, order, Pick(line, 2), key="k-1")


async def test_fifty_different_requests_for_one_unit_make_one_return(merchant: MerchantFacts) -> None:
    order, line = await delivered(merchant)
    answers = await asyncio.gather(*(ask(merchant, order, Pick(line, 1)) for _ in range(50)), return_exceptions=True)
    assert sum(isinstance(answer, Return) for answer in answers) == 1
    assert all(isinstance(answer, Return | ReturnRefused) for answer in answers)
    assert (await held_by_returns(merchant.id, order))[line].quantity == 1


async def test_everything_is_written_in_one_go(merchant: MerchantFacts) -> None:
    order, line = await delivered(merchant)
    made = await ask(merchant, order, Pick(line, 1, "defective", "The zip is stuck"))
    assert (await Label.get(merchant_id=merchant.id, return_id=made.id)).state == "pending"
    owed = await Outbox.get(merchant_id=merchant.id, topic="return.label_wanted")
    assert owed.payload == {"return_id": str(made.id)}
    page = await find_page(merchant.id, order)
    assert page is not None
    assert page.content["returns"] == [{"number": made.number, "state": "approved", "lines": {line: 1}}]
    told = (
        await ReturnChange.filter(merchant_id=merchant.id, return_id=made.id).order_by("id").values_list("what", "who")
    )
    assert list(told) == [("requested", "api"), ("approved", "policy")]


async def test_a_refused_request_leaves_nothing(merchant: MerchantFacts) -> None:
    order, line = await delivered(merchant, final_sale=True)
    with pytest.raises(ReturnRefused, match="final_sale"):
        await ask(merchant, order, Pick(line, 1))
    assert await Return.filter(merchant_id=merchant.id).count() == 0
    assert await Outbox.filter(merchant_id=merchant.id, topic__startswith="return.").count() == 0


async def test_a_stamp_that_no_longer_fits_stops_the_request(merchant: MerchantFacts) -> None:
    order, line = await delivered(merchant)
    with pytest.raises(QuoteChanged):
        await ask(merchant, order, Pick(line, 1), stamp="what was shown yesterday")


@pytest.mark.parametrize(
    ("picks", "code"),
    [
        ((), "nothing_chosen"),
        ((Pick("01a1ffca-3ef0-7229-83b1-84e85fc9f9a6", 1),), "unknown_line"),
        ((Pick("LINE", 0),), "bad_quantity"),
        ((Pick("LINE", -1),), "bad_quantity"),
        ((Pick("LINE", 2),), "too_many"),
        ((Pick("LINE", 1), Pick("LINE", 1)), "line_twice"),
        ((Pick("LINE", 1, "boredom"),), "unknown_reason"),
        ((Pick("LINE", 1, "other", "x" * 501),), "comment_too_long"),
    ],
)
async def test_a_request_that_makes_no_sense_is_named(
    merchant: MerchantFacts, picks: tuple[Pick, ...], code: str
) -> None:
    order, line = await delivered(merchant)
    real = [
        Pick(line if pick.line_id == "LINE" else pick.line_id, pick.quantity, pick.reason, pick.comment)
        for pick in picks
    ]
    with pytest.raises(ReturnRefused, match=code):
        await ask(merchant, order, *real)


async def test_another_merchants_order_is_unknown(merchant: MerchantFacts, other_merchant: MerchantFacts) -> None:
    order, line = await delivered(merchant)
    with pytest.raises(ReturnRefused, match="unknown_order"):
        await ask(other_merchant, order, Pick(line, 1))


async def test_a_return_that_waits_gets_its_label_with_the_yes(merchant: MerchantFacts) -> None:
    order, line = await delivered(merchant, policy=manual())
    made = await ask(merchant, order, Pick(line, 1))
    assert (made.state, await Label.filter(merchant_id=merchant.id).count()) == ("requested", 0)
    approved = await approve_return(merchant, made.id, "api", NOW)
    assert (approved.state, await Label.filter(merchant_id=merchant.id).count()) == ("approved", 1)
    with pytest.raises(Refusal, match="not_waiting"):
        await approve_return(merchant, made.id, "api", NOW)


async def test_a_no_frees_the_units_at_once(merchant: MerchantFacts) -> None:
    order, line = await delivered(merchant, policy=manual())
    made = await ask(merchant, order, Pick(line, 1))
    await decline_return(merchant, made.id, "api", "Worn", NOW)
    assert await held_by_returns(merchant.id, order) == {}
    assert (await ask(merchant, order, Pick(line, 1))).state == "requested"


async def test_ten_decisions_at_once_are_one(merchant: MerchantFacts) -> None:
    order, line = await delivered(merchant, policy=manual())
    made = await ask(merchant, order, Pick(line, 1))
    answers = await asyncio.gather(
        *(approve_return(merchant, made.id, "a", NOW) for _ in range(5)),
        *(decline_return(merchant, made.id, "b", "no", NOW) for _ in range(5)),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, Return) for answer in answers) == 1
    assert await ReturnChange.filter(merchant_id=merchant.id, return_id=made.id).count() == 2
