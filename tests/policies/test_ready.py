"""The ready policies do what their shops would say, in words that shoppers understand."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest

from portal.kernel.money import Money
from portal.kernel.refusal import Refusal
from portal.policies.facts import LineFacts, OrderFacts, ReturnFacts, SentUnits
from portal.policies.ready import ready_document, ready_names
from portal.policies.rules import LineDecision, Policy, decide
from portal.policies.settings import RefusalCode
from portal.policies.words import SENTENCES, refusal_words

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def decided(trade: str, days_ago: int = 5, **facts: Any) -> LineDecision:
    sent = (SentUnits(1, NOW - timedelta(days=days_ago + 3), NOW - timedelta(days=days_ago)),)
    line = LineFacts("1", 1, Money(9000, "EUR"), Money(9000, "EUR"), facts.pop("sent", sent), **facts)
    order = OrderFacts(NOW - timedelta(days=days_ago + 4), Money(9000, "EUR"), "Europe/Berlin")
    return decide(Policy(ready_document(trade)), ReturnFacts(order, (line,)), NOW).lines[0]


@pytest.mark.parametrize("trade", ["fashion", "jewellery"])
def test_thirty_days_from_delivery_at_no_cost(trade: str) -> None:
    decision = decided(trade, days_ago=30)
    assert (decision.allowed, decision.terms.approval, decision.terms.return_shipping.kind) == (True, "auto", "free")
    assert [refusal.code for refusal in decided(trade, days_ago=31).refusals] == ["window_over"]


@pytest.mark.parametrize(
    ("trade", "facts", "codes"),
    [
        ("fashion", {"final_sale": True}, ["final_sale"]),
        ("fashion", {"gift_card": True, "requires_shipping": False}, ["gift_card"]),
        ("fashion", {"personalised": True}, ["personalised"]),
        ("jewellery", {"personalised": True}, ["personalised"]),
        ("jewellery", {"personalised": True, "final_sale": True}, ["personalised", "final_sale"]),
    ],
)
def test_what_each_trade_keeps(trade: str, facts: dict, codes: list[str]) -> None:
    assert [refusal.code for refusal in decided(trade, **facts).refusals] == codes


def test_a_parcel_on_its_way_gets_a_promise() -> None:
    (refusal,) = decided("fashion", sent=(SentUnits(1, NOW, on_the_way=True),)).refusals
    words = refusal_words(refusal)
    assert words.plural is not None
    assert (
        words.plural % {"count": words.count}
        == "Not delivered yet. Once it has arrived, you can return it for 30 days."
    )


def test_every_refusal_of_a_rule_has_a_sentence() -> None:
    assert set(get_args(RefusalCode)) <= set(SENTENCES)
    assert {"fashion", "jewellery"} < set(ready_names())


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_sentence_takes_only_what_its_refusal_gives(code: str) -> None:
    params = {"last_day": NOW.date()} if code == "window_over" else {}
    words = refusal_words(Refusal(code, params))
    assert (words.message % dict(words.params)).endswith(".")


def test_a_window_that_began_with_the_order_names_its_last_day() -> None:
    words = refusal_words(Refusal("not_delivered_yet", {"last_day": NOW.date()}))
    assert "until %(last_day)s" in words.message
