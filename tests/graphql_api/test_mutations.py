"""Asking for returns and deciding them: the portal's own rules, told beside the input."""

import asyncio
from typing import Any

import pytest
from starlette.applications import Starlette

from graphql_api.ids import global_id
from portal.kernel.ids import new_id
from portal.labels.models import Label
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.returns.models import Return
from tests.factories.merchants import NOW
from tests.graphql_api.clients import Client, open_client
from tests.graphql_api.shops import asked, delivered_order, returned

REQUEST = """
mutation ($input: ReturnRequestInput!) {
  returnRequest(input: $input) {
    return { id number state refund { amount } label { state } }
    userErrors { field message code }
  }
}
"""
DIRECTED = REQUEST.replace("($input: ReturnRequestInput!)", "($input: ReturnRequestInput!, $key: String!)").replace(
    "(input: $input)", "(input: $input) @idempotent(key: $key)"
)
APPROVE = """
mutation ($id: ID!) {
  returnApprove(input: {returnId: $id}) { return { state version } userErrors { field code } }
}
"""
DECLINE = """
mutation ($id: ID!, $why: String!) {
  returnDecline(input: {returnId: $id, reason: $why}) {
    return { state history { kind who why } } userErrors { field code }
  }
}
"""


async def request(client: Client, wanted: dict[str, Any]) -> Any:
    return (await client.ask(REQUEST, input=wanted))["returnRequest"]


async def test_a_return_asked_for_is_made_with_its_label_to_come(
    client: Client, order: Order, merchant: MerchantFacts
) -> None:
    told = await request(client, await asked(order, "l2", 2))
    assert told["userErrors"] == []
    assert told["return"] | {"id": ""} == {
        "id": "",
        "number": "R-1001",
        "state": "APPROVED",
        "refund": {"amount": "378.00"},
        "label": {"state": "PENDING"},
    }
    made = await Return.get(merchant_id=merchant.id, number="R-1001")
    assert (made.via, (await Label.get(return_id=made.id)).state) == ("api", "pending")


@pytest.mark.parametrize(
    ("line", "quantity", "code", "field"),
    [
        ("l2", 4, "TOO_MANY", ["input", "lines", "0", "quantity"]),
        ("l2", 0, "BAD_QUANTITY", ["input", "lines", "0", "quantity"]),
        ("l3", 1, "FINAL_SALE", ["input", "lines", "0", "orderLineId"]),
    ],
)
async def test_what_the_rules_refuse_is_told_beside_the_input(
    client: Client, order: Order, line: str, quantity: int, code: str, field: list[str]
) -> None:
    told = await request(client, await asked(order, line, quantity))
    assert [(each["code"], each["field"]) for each in told["userErrors"]] == [(code, field)]
    assert (told["return"], await Return.filter(merchant_id=order.merchant_id).count()) == (None, 0)


async def test_every_wrong_line_is_named_with_its_place(client: Client, order: Order) -> None:
    first, second = await asked(order, "l2", 9), await asked(order, "l3", 1)
    told = await request(client, {**first, "lines": [*first["lines"], *second["lines"]]})
    assert [each["field"][2] for each in told["userErrors"]] == ["0", "1"]
    assert told["userErrors"][0]["message"] == "You can send back 3 of these at the most"


async def test_a_line_named_twice_a_long_comment_and_no_line_are_refused(client: Client, order: Order) -> None:
    wanted = await asked(order)
    (line,) = wanted["lines"]
    twice = await request(client, {**wanted, "lines": [line, line]})
    long = await request(client, {**wanted, "lines": [{**line, "comment": "x" * 501}]})
    none = await request(client, {**wanted, "lines": []})
    found = [(told["userErrors"][0]["code"], told["userErrors"][0]["field"]) for told in (twice, long, none)]
    assert found == [
        ("LINE_TWICE", ["input", "lines", "1", "orderLineId"]),
        ("COMMENT_TOO_LONG", ["input", "lines", "0", "comment"]),
        ("NOTHING_CHOSEN", ["input", "lines"]),
    ]


async def test_fifty_requests_with_one_key_at_once_make_one_return(
    client: Client, order: Order, merchant: MerchantFacts
) -> None:
    wanted = await asked(order, "l2", 1, idempotencyKey="order-7-return")
    answers = await asyncio.gather(*(request(client, wanted) for _ in range(50)))
    assert {answer["return"]["number"] for answer in answers} == {"R-1001"}
    assert await Return.filter(merchant_id=merchant.id).count() == 1


async def test_argument_directive_and_header_are_one_key(
    client: Client, api: Starlette, order: Order, merchant: MerchantFacts
) -> None:
    wanted = await asked(order)
    by_argument = await request(client, {**wanted, "idempotencyKey": "k1"})
    by_directive = (await client.ask(DIRECTED, input=wanted, key="k1"))["returnRequest"]
    with_header = await open_client(api, merchant, **{"idempotency-key": '"k1"'})
    by_header = await request(with_header, wanted)
    assert by_argument["return"]["id"] == by_directive["return"]["id"] == by_header["return"]["id"]


async def test_a_key_used_for_another_request_is_refused(client: Client, order: Order, merchant: MerchantFacts) -> None:
    await request(client, await asked(order, idempotencyKey="k1"))
    told = await request(client, await asked(order, "l2", idempotencyKey="k1"))
    other = await delivered_order(merchant.id)
    elsewhere = await request(client, await asked(other, idempotencyKey="k1"))
    codes = [answer["userErrors"][0]["code"] for answer in (told, elsewhere)]
    assert codes == ["IDEMPOTENCY_KEY_MISMATCH"] * 2


async def test_one_key_for_two_orders_at_once_makes_one_return(
    client: Client, order: Order, merchant: MerchantFacts
) -> None:
    orders = [order, *[await delivered_order(merchant.id) for _ in range(4)]]
    wanted = [await asked(each, idempotencyKey="k1") for each in orders]
    answers = await asyncio.gather(*(request(client, each) for each in wanted))
    refused = [answer["userErrors"][0]["code"] for answer in answers if answer["userErrors"]]
    assert refused == ["IDEMPOTENCY_KEY_MISMATCH"] * 4
    assert await Return.filter(merchant_id=merchant.id).count() == 1


async def test_keys_that_contradict_each_other_are_refused(client: Client, order: Order) -> None:
    wanted = await asked(order, idempotencyKey="one")
    assert await client.code(DIRECTED, input=wanted, key="two") == "BAD_USER_INPUT"
    assert await client.code(DIRECTED, input=await asked(order), key="") == "BAD_USER_INPUT"


async def test_a_header_key_needs_exactly_one_mutation(api: Starlette, order: Order, merchant: MerchantFacts) -> None:
    client = await open_client(api, merchant, **{"idempotency-key": "k1"})
    document = "mutation ($i: ReturnRequestInput!) { a: returnRequest(input: $i) { return { id } } b: %s }"
    both = document % "returnRequest(input: $i) { return { id } }"
    codes = {each["extensions"]["code"] for each in await client.errors(both, i=await asked(order))}
    assert codes == {"BAD_USER_INPUT"}


async def test_a_waiting_return_is_approved_once(client: Client, manual_order: Order, merchant: MerchantFacts) -> None:
    row = await returned(merchant, manual_order)
    told = (await client.ask(APPROVE, id=global_id("Return", row.id)))["returnApprove"]
    assert told == {"return": {"state": "APPROVED", "version": 2}, "userErrors": []}
    again = (await client.ask(APPROVE, id=global_id("Return", row.id)))["returnApprove"]
    assert again["userErrors"] == [{"field": ["input"], "code": "NOT_WAITING"}]
    assert await Label.filter(return_id=row.id).count() == 1


async def test_a_waiting_return_is_declined_with_the_reason_in_its_history(
    client: Client, manual_order: Order, merchant: MerchantFacts
) -> None:
    row = await returned(merchant, manual_order)
    told = (await client.ask(DECLINE, id=global_id("Return", row.id), why=" Worn outside. "))["returnDecline"]
    assert told["userErrors"] == []
    assert told["return"]["history"][-1] == {"kind": "declined", "who": "api: tests", "why": "Worn outside."}


@pytest.mark.parametrize(("why", "code"), [("  ", "REASON_MISSING"), ("x" * 501, "REASON_TOO_LONG")])
async def test_a_decline_needs_a_reason_of_bearable_length(
    client: Client, manual_order: Order, merchant: MerchantFacts, why: str, code: str
) -> None:
    row = await returned(merchant, manual_order)
    told = (await client.ask(DECLINE, id=global_id("Return", row.id), why=why))["returnDecline"]
    assert told["userErrors"] == [{"field": ["input", "reason"], "code": code}]
    assert (await Return.get(id=row.id)).state == "requested"


async def test_mutations_need_the_scope(api: Starlette, order: Order, merchant: MerchantFacts) -> None:
    client = await open_client(api, merchant, "read_orders", "read_returns")
    some = global_id("Return", new_id())
    codes = [
        await client.code(REQUEST, input=await asked(order)),
        await client.code(APPROVE, id=some),
        await client.code(DECLINE, id=some, why="No."),
    ]
    assert codes == ["ACCESS_DENIED"] * 3
    assert await Return.filter(merchant_id=merchant.id).count() == 0


async def test_a_quote_and_the_decision_can_be_read_again(
    client: Client, order: Order, merchant: MerchantFacts
) -> None:
    row = await returned(merchant, order, "l2", now=NOW)
    told = await client.ask(
        """query ($id: ID!) { return(id: $id) {
            quote { total { amount } steps { kind label indent amount { amount } } }
            decision { policyVersion lines { orderLineId settings { setting value ruleId facts lost passedOver } } }
            lines { reason refund { amount } orderLine { title } }
        } }""",
        id=global_id("Return", row.id),
    )
    quote, decision = told["return"]["quote"], told["return"]["decision"]
    assert [step["label"] for step in quote["steps"]] == ["1 × Cairn beanie"]
    assert quote["total"] == {"amount": "189.00"}
    assert decision["policyVersion"] == "1"
    assert {each["setting"] for each in decision["lines"][0]["settings"]} >= {"eligible", "window", "approval"}
