"""The number of SQL statements of a query does not depend on the number of its rows."""

import logging

import pytest

from portal.merchants.queries import MerchantFacts
from portal.policies.service import publish_policy
from tests.factories.merchants import NOW
from tests.factories.policies import FIRST_POLICY
from tests.graphql_api.clients import Client
from tests.graphql_api.shops import delivered_order, returned

ORDERS = """{ orders(first: %s) { nodes {
  id lines { id } parcels { id events { status } } returns { number label { state } }
} } }"""
PARCELS = "{ orders(first: %s) { nodes { parcels { id items { orderLine { id title } } } } } }"
RETURNS = """{ returns(first: %s) { nodes {
  id order { number lines { id } } lines { reason orderLine { title } } label { state } history { kind }
  quote { total { amount } } decision { policyVersion }
} } }"""


@pytest.mark.parametrize(
    ("document", "most"), [(ORDERS, 6), (PARCELS, 4), (RETURNS, 8)], ids=["orders", "parcels", "returns"]
)
async def test_twenty_rows_take_as_many_statements_as_two(
    client: Client, merchant: MerchantFacts, caplog: pytest.LogCaptureFixture, document: str, most: int
) -> None:
    await publish_policy(merchant.id, FIRST_POLICY, NOW)
    for _ in range(20):
        await returned(merchant, await delivered_order(merchant.id))
    await client.ask("{ shop { name } }")  # from here on host and key are known
    counts = []
    for size in (2, 20):
        caplog.clear()
        with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
            data = await client.ask(document % size)
        (listed,) = data.values()
        assert len(listed["nodes"]) == size
        counts.append(sum("SELECT" in record.getMessage() for record in caplog.records))
    assert counts[0] == counts[1]
    assert counts[0] <= most + 1  # the key's own look-up comes on top
