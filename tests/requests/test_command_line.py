"""`doorstep requests`, as somebody of the team types it, in a process of its own."""

import pytest

from portal.merchants.queries import MerchantFacts
from portal.requests.models import RequestChange, ShopperRequest
from portal.settings import Settings
from tests.intake.test_command_line import Operator
from tests.requests.asking import asked, stored


@pytest.fixture
def operator(settings: Settings, merchant: MerchantFacts) -> Operator:
    """At the keyboard for the test's merchant."""
    return Operator(settings, merchant)


async def test_a_request_is_found_read_and_answered(operator: Operator, merchant: MerchantFacts) -> None:
    order = await stored(merchant)
    row = await asked(merchant, order, text="After six,\nplease")
    assert "A-1001\t2026-11-20 10:00\topen\tredelivery\tAfter six, please" in operator.types("requests", "list")
    shown = operator.types("requests", "show", "a-1001")
    assert f"order {order.number}  Jonas Weber  jonas@example.com" in shown
    said = operator.types("requests", "answer", "A-1001", "--outcome", "done", "--note", "Tomorrow.", "--who", "Mia")
    assert "A-1001 is done." in said
    kept = await ShopperRequest.get(id=row.id)
    assert (kept.state, kept.answer) == ("done", "Tomorrow.")
    assert await RequestChange.filter(request_id=row.id, who="Mia").count() == 1
    assert "A-1001" not in operator.types("requests", "list")


async def test_what_cannot_be_is_said_in_words(operator: Operator, merchant: MerchantFacts) -> None:
    await asked(merchant, await stored(merchant))
    assert "There is no request A-9." in operator.types("requests", "show", "A-9", code=1)
    assert "Outcomes are: declined, done." in operator.types(
        "requests", "answer", "A-1001", "--outcome", "maybe", code=1
    )
    assert "Tell the shopper why" in operator.types("requests", "answer", "A-1001", "--outcome", "declined", code=1)
