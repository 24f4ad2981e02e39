"""Pages of a list: complete, in order, and unmoved by what happens elsewhere in it."""

from datetime import timedelta
from typing import Any

import pytest

from portal.merchants.queries import MerchantFacts
from portal.policies.service import publish_policy
from tests.factories.merchants import NOW
from tests.factories.policies import FIRST_POLICY
from tests.graphql_api.clients import Client
from tests.graphql_api.shops import delivered_order, returned

PAGE = """
query ($first: Int, $after: String, $last: Int, $before: String, $reverse: Boolean) {
  orders(first: $first, after: $after, last: $last, before: $before, reverse: $reverse) {
    nodes { number }
    edges { cursor node { number } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""


async def placed(merchant: MerchantFacts, *days: float) -> list[str]:
    """Orders placed so many days ago; their numbers say when."""
    orders = [
        await delivered_order(merchant.id, number=f"#{day:05.1f}", placed_at=NOW - timedelta(days=day)) for day in days
    ]
    return [order.number for order in orders]


async def page(client: Client, **arguments: Any) -> tuple[list[str], dict[str, Any]]:
    told = (await client.ask(PAGE, **arguments))["orders"]
    assert [edge["node"] for edge in told["edges"]] == told["nodes"]
    return [node["number"] for node in told["nodes"]], told["pageInfo"]


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("backwards", [False, True])
async def test_all_pages_together_are_the_list_in_either_direction(
    client: Client, merchant: MerchantFacts, reverse: bool, backwards: bool
) -> None:
    await placed(merchant, 5, 4, 3, 3, 2, 1)
    whole, _ = await page(client, reverse=reverse)
    assert whole == sorted(whole, reverse=not reverse)
    size, edge, at, more = ("last", "before", "startCursor", "hasPreviousPage")
    if not backwards:
        size, edge, at, more = ("first", "after", "endCursor", "hasNextPage")
    found: list[str] = []
    cursor, info = None, {more: True}
    for _ in range(3):
        numbers, info = await page(client, **{size: 2, edge: cursor, "reverse": reverse})
        found = [*numbers, *found] if backwards else [*found, *numbers]
        cursor = info[at]
    assert (found, info[more]) == (whole, False)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("backwards", [False, True])
async def test_orders_that_come_between_two_pages_repeat_and_hide_nothing(
    client: Client, merchant: MerchantFacts, reverse: bool, backwards: bool
) -> None:
    before = await placed(merchant, 8, 6, 4, 2)
    size, edge, at = ("last", "before", "startCursor") if backwards else ("first", "after", "endCursor")
    first, info = await page(client, **{size: 2, "reverse": reverse})
    await placed(merchant, 9, 7, 5, 3, 1)
    rest, _ = await page(client, **{size: 50, edge: info[at], "reverse": reverse})
    assert set(first).isdisjoint(rest)
    assert set(before) <= {*first, *rest}


async def test_both_cursors_together_are_a_range(client: Client, merchant: MerchantFacts) -> None:
    numbers = await placed(merchant, 5, 4, 3, 2, 1)
    edges = (await client.ask(PAGE))["orders"]["edges"]
    found, info = await page(client, after=edges[0]["cursor"], before=edges[4]["cursor"])
    assert found == numbers[1:4]
    assert (info["hasNextPage"], info["hasPreviousPage"]) == (False, True)


async def test_filters_narrow_the_list(client: Client, merchant: MerchantFacts) -> None:
    numbers = await placed(merchant, 5, 4, 3, 2)
    told = await client.ask(
        "query ($a: DateTime, $b: DateTime) { orders(placedAfter: $a, placedBefore: $b) { nodes { number } } }",
        a=(NOW - timedelta(days=4)).isoformat(),
        b=(NOW - timedelta(days=2)).isoformat(),
    )
    assert [node["number"] for node in told["orders"]["nodes"]] == numbers[1:3]


async def test_returns_are_listed_by_state_and_order(client: Client, merchant: MerchantFacts) -> None:
    await publish_policy(merchant.id, FIRST_POLICY, NOW)
    first, second = await delivered_order(merchant.id), await delivered_order(merchant.id)
    made = [await returned(merchant, each) for each in (first, second)]
    everything = await client.ask("{ returns(state: APPROVED) { nodes { number order { id } } } }")
    assert [node["number"] for node in everything["returns"]["nodes"]] == [row.number for row in made]
    order_id = everything["returns"]["nodes"][1]["order"]["id"]
    told = await client.ask("query ($o: ID) { returns(orderId: $o) { nodes { number } } }", o=order_id)
    assert told["returns"]["nodes"] == [{"number": made[1].number}]
    assert (await client.ask("{ returns(state: DECLINED) { nodes { id } } }"))["returns"]["nodes"] == []


@pytest.mark.parametrize(
    "arguments",
    [
        {"first": 0},
        {"first": -1},
        {"last": 251},
        {"first": 1, "last": 1},
        {"after": "rubbish"},
        {"before": "é"},
        {"after": "OTk5OTk5OTk5OTk5OTk5OTk5OTk6eA=="},
    ],
)
async def test_a_page_that_cannot_be_is_refused(client: Client, arguments: dict[str, Any]) -> None:
    assert await client.code(PAGE, **arguments) == "BAD_USER_INPUT"
