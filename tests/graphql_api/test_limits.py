"""No document, however it is made, costs more than its limit: refused before anything runs."""

import time
from typing import Any

import pytest
from starlette.applications import Starlette

from graphql_api.throttle import CAPACITY, Buckets
from portal.kernel.ids import new_id
from portal.merchants.queries import MerchantFacts, find_api_key
from portal.orders.models import Order
from portal.settings import Settings
from tests.factories.merchants import NOW
from tests.graphql_api.clients import Client, open_client

SPREADS = "{ ...f0 ...f0 } " + " ".join(f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(80))
NESTED = "{ orders { nodes { " + "returns { order { " * 4 + "id" + " } }" * 4 + " } } }"
WIDE = "lines { orderLine { id } } order { returns { %s } lines { id } parcels { id items { orderLine { id } } } }"


@pytest.mark.parametrize(
    "query",
    [
        "{ " + " ".join(f"a{n}: shop {{ name }}" for n in range(16)) + " }",
        "{ ...a ...a } fragment a on Query { " + " ".join(f"a{n}: shop {{ name }}" for n in range(8)) + " }",
        SPREADS + " fragment f80 on Query { a: shop { name } }",
        NESTED,
        "{ shop { name " + "@include(if: true)" * 51 + " } }",
        '{ orderByNumber(number: "' + "x" * 200_000 + '") { id } }',
        "{ shop { " + "name " * 1000 + "} }",
        "{ " * 300 + "} " * 300,
    ],
    ids=["aliases", "aliases in fragments", "nested spreads", "depth", "directives", "literal", "tokens", "braces"],
)
async def test_a_document_that_is_too_large_is_refused_quickly(client: Client, query: str) -> None:
    await client.ask("{ shop { name } }")
    began = time.perf_counter()
    code = await client.code(query)
    assert code in {"QUERY_TOO_COMPLEX", "GRAPHQL_PARSE_FAILED"}
    assert time.perf_counter() - began < 1


async def test_fragments_that_spread_themselves_are_refused(client: Client) -> None:
    errors = await client.errors("{ ...a } fragment a on Query { ...b } fragment b on Query { ...a shop { name } }")
    assert {error["extensions"]["code"] for error in errors} == {"GRAPHQL_VALIDATION_FAILED"}


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ orders(first: 250) { nodes { lines { id } parcels { id } } } }", {}),
        ("query ($n: Int) { orders(first: $n) { nodes { lines { id } } } }", {"n": 250}),
        ("query ($n: Int = 250) { orders(last: $n) { edges { node { lines { id } } } } }", {}),
        (
            "{ orders(first: 100) { nodes { ...a } } } fragment a on Order { parcels { items { orderLine { id } } } }",
            {},
        ),
        (f"{{ returns(first: 30) {{ nodes {{ {WIDE % (WIDE % 'id')} }} }} }}", {}),
        ("query ($i: [ID!]!) { nodes(ids: $i) { ... on Order { lines { id } } } }", {"i": ["x"] * 250}),
    ],
)
async def test_a_query_that_is_too_dear_is_refused_before_it_runs(
    client: Client, query: str, variables: dict[str, Any]
) -> None:
    assert await client.code(query, **variables) == "MAX_COST_EXCEEDED"


@pytest.mark.parametrize(
    ("query", "requested", "actual"),
    [
        ("{ shop { name } }", 1, 1),
        ("{ __typename }", 1, 1),
        ("{ orders(first: 10) { nodes { id total { amount } } pageInfo { hasNextPage } } }", 11, 2),
        ("{ orders(first: 10) { edges { cursor node { id lines { id } } } } }", 61, 5),
        ("{ orders { nodes { id } } }", 51, 2),
        ("{ orders(first: 2) { nodes { ...a lines { sku } } } } fragment a on Order { lines { id } }", 13, 5),
        ('{ node(id: "x") { ... on Order { lines { id } } } }', 6, 1),
    ],
)
async def test_cost_is_an_object_each_and_counted_again_afterwards(
    client: Client, order: Order, query: str, requested: int, actual: int
) -> None:
    cost = (await client.send(query)).json()["extensions"]["cost"]
    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (requested, actual)


async def test_a_mutation_costs_ten(client: Client) -> None:
    document = 'mutation { returnApprove(input: {returnId: "x"}) { userErrors { code } } }'
    cost = (await client.send(document)).json()["extensions"]["cost"]
    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (10, 10)


async def test_an_empty_bucket_throttles_its_own_key_only(api: Starlette, merchant: MerchantFacts) -> None:
    busy, calm = await open_client(api, merchant), await open_client(api, merchant)
    dear = "{ orders(first: 160) { nodes { returns { number } } } }"
    first = await busy.send(dear)
    assert first.json()["extensions"]["cost"]["throttleStatus"]["maximumAvailable"] == CAPACITY
    await drain(api, busy)
    throttled = await busy.send(dear)
    assert (throttled.status_code, throttled.json()["errors"][0]["extensions"]["code"]) == (429, "THROTTLED")
    assert int(throttled.headers["retry-after"]) >= 1
    assert "data" not in throttled.json()
    assert (await calm.send(dear)).status_code == 200


async def drain(api: Starlette, client: Client) -> None:
    """Take all points that a client has left."""
    key = await find_api_key(client.http.headers["authorization"].removeprefix("Bearer "), NOW)
    assert key is not None
    level = await api.state.buckets.spend(str(key.id), 0)
    await api.state.buckets.spend(str(key.id), level.available)


@pytest.mark.parametrize("where", ["redis", "alone", "redis is gone"])
async def test_a_bucket_gives_what_it_has_and_takes_back_what_was_not_used(settings: Settings, where: str) -> None:
    url = {"redis": settings.redis_url, "alone": None, "redis is gone": "redis://127.0.0.1:1/0"}[where]
    buckets, who = Buckets(url), new_id().hex
    spent = await buckets.spend(who, CAPACITY)
    refused = await buckets.spend(who, 1000)
    back = await buckets.spend(who, -CAPACITY)
    await buckets.close()
    assert (spent.allowed, refused.allowed, back.allowed) == (True, False, True)
    assert (spent.available < 10, back.available) == (True, CAPACITY)
