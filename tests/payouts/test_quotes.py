"""A quote is stored as it was shown, read back the same, and stamped."""

import dataclasses
import json
from decimal import Decimal

import pytest

from portal.kernel.money import Money
from portal.payouts.quotes import Quote, Step
from portal.payouts.rules import Fees, PaidLine, RestockingFee, quote_return


def a_quote(discount_label: str = "SUMMER") -> Quote:
    scarf = PaidLine(
        "1",
        "Wool scarf",
        3,
        Money(10000, "EUR"),
        ((discount_label, Money(3000, "EUR")),),
        (("VAT", Money(1000, "EUR")),),
        False,
        1,
    )
    cap = PaidLine("2", "Cap", 1, Money(2000, "EUR"), (), (("VAT 19 %", Money(319, "EUR")),), True)
    fees = Fees(RestockingFee(percent=Decimal("2.5")), {"2": RestockingFee()}, Money(490, "EUR"))
    return quote_return([(scarf, 2), (cap, 1)], fees, order_left=Money(30000, "EUR"))


def test_the_derivation_reads_from_price_to_total() -> None:
    rows = [(step.kind, step.indent, step.amount.minor) for step in a_quote().steps]
    assert rows == [
        ("line", 0, 18199),
        ("price", 1, 20000),
        ("discount", 1, -2000),
        ("tax", 1, 666),
        ("restocking_fee", 1, -467),
        ("line", 0, 2000),
        ("return_shipping", 0, -490),
    ]


def test_every_step_has_words() -> None:
    steps = [*a_quote().steps, *a_quote().included_taxes, *a_quote(discount_label="").steps]
    messages = [step.words.message % dict(step.words.params) for step in steps]
    assert "Your share of the discount “SUMMER”" in messages
    assert "Restocking fee (2.5%)" in messages
    assert "Your share of the discount" in messages


def test_a_quote_survives_being_stored() -> None:
    stored = json.loads(json.dumps(a_quote().to_json()))
    assert Quote.from_json(stored) == a_quote()
    assert Quote.from_json(stored).stamp() == a_quote().stamp()


def test_the_stamp_changes_with_anything_shown() -> None:
    assert a_quote().stamp() != a_quote(discount_label="WINTER").stamp()
    assert a_quote().stamp() != dataclasses.replace(a_quote(), total=Money(1, "EUR")).stamp()


def test_a_stamp_is_the_same_in_every_process() -> None:
    quote = Quote((), (Step("return_shipping", Money(0, "JPY")),), Money(0, "JPY"))
    assert quote.stamp()[:12] == "353f00ae021d"


@pytest.mark.parametrize("change", [{"format": 2}, {"total": 1}, {"order_steps": [{"kind": "bribe", "amount": -490}]}])
def test_a_stored_quote_that_was_tampered_with_is_refused(change: dict) -> None:
    with pytest.raises(ValueError, match=r"quote|step"):
        Quote.from_json(a_quote().to_json() | change)


def test_a_stored_line_whose_parts_do_not_add_up_is_refused() -> None:
    stored = a_quote().to_json()
    stored["lines"][0]["value"] += 1
    with pytest.raises(ValueError, match="line 1"):
        Quote.from_json(stored)
