"""A draft beside what was: the cases that would have been different, and the sums."""

from datetime import timedelta
from typing import Any

from portal.merchants.queries import MerchantFacts
from portal.policies.documents import read_document
from portal.returns.backtesting import Report, backtest
from portal.returns.rules import Pick
from tests.factories.merchants import NOW
from tests.factories.policies import FIRST_POLICY
from tests.returns.test_service import ask, delivered

YEAR = timedelta(days=365)
FEE = {"kind": "flat", "amounts": {"EUR": "5.00"}}


async def replayed(merchant: MerchantFacts, **defaults: Any) -> Report:
    draft = read_document({**FIRST_POLICY, "defaults": {**FIRST_POLICY["defaults"], **defaults}})
    return await backtest(merchant, draft, NOW - YEAR, NOW + YEAR)


async def test_the_same_policy_changes_nothing(merchant: MerchantFacts) -> None:
    order, line = await delivered(merchant, quantity=2)
    await ask(merchant, order, Pick(line, 1))
    await ask(merchant, order, Pick(line, 1))
    report = await replayed(merchant)
    assert (report.orders, report.returns, report.differing) == (1, 2, 0)
    assert report.refunds["EUR"]["before"] == report.refunds["EUR"]["after"] > 0


async def test_a_fee_shows_case_by_case_and_in_the_sum(merchant: MerchantFacts) -> None:
    order, line = await delivered(merchant)
    made = await ask(merchant, order, Pick(line, 1))
    report = await replayed(merchant, return_shipping=FEE)
    (case,) = report.cases
    assert (case.return_number, case.before.refund - case.after.refund) == (made.number, 500)
    assert report.refunds["EUR"]["before"] - report.refunds["EUR"]["after"] == 500


async def test_an_order_nobody_returned_counts_by_what_could_have_come_back(merchant: MerchantFacts) -> None:
    await delivered(merchant, quantity=3)
    report = await replayed(merchant, window={"length": 7, "unit": "days"})
    (case,) = report.cases
    assert (case.return_number, case.before.units, case.after.units) == ("", 3, 0)
    assert case.after.reasons == ("window_over",)


async def test_another_merchant_s_orders_are_not_replayed(
    merchant: MerchantFacts, other_merchant: MerchantFacts
) -> None:
    await delivered(other_merchant)
    assert (await replayed(merchant)).orders == 0
