"""When something breaks: a reference for the client, the story for the log, nothing of the query for anyone."""

import re
from collections.abc import AsyncIterator

import pytest
import strawberry
from starlette.applications import Starlette
from structlog.testing import capture_logs

from graphql_api.application import create_application
from graphql_api.ids import global_id
from portal.db.setup import connection
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.settings import Settings
from tests.factories.merchants import NOW
from tests.graphql_api.clients import Client, open_client
from tests.graphql_api.shops import returned


@strawberry.type
class Broken:
    @strawberry.field
    def boom(self, word: str = "") -> str:
        raise RuntimeError("password=hunter2")

    @strawberry.field
    async def later(self) -> str | None:
        raise KeyError("hunter2")

    @strawberry.field
    def wrong_number(self) -> int | None:
        return "hunter2"  # type: ignore[return-value]  # what a broken resolver does

    @strawberry.field
    def fine(self) -> str:
        return "fine"


@pytest.fixture
async def broken(settings: Settings, open_database: None, merchant: MerchantFacts) -> AsyncIterator[Client]:
    """A client of an application whose resolvers fail."""
    app: Starlette = create_application(settings, clock=lambda: NOW, schema=strawberry.Schema(query=Broken))
    yield await open_client(app, merchant)
    await app.state.buckets.close()
    await app.state.limiter.close()


@pytest.mark.parametrize("field", ["boom", "later", "wrongNumber"])
async def test_a_fault_shows_a_reference_and_logs_the_rest(broken: Client, field: str) -> None:
    with capture_logs() as logs:
        answer = await broken.send(f"{{ fine {field} }}")
    (error,) = answer.json()["errors"]
    assert (answer.status_code, "hunter2" in answer.text) == (200, False)
    assert (error["message"], error["path"], error["extensions"]["code"]) == (
        "Internal error",
        [field],
        "INTERNAL_SERVER_ERROR",
    )
    (entry,) = logs
    assert re.fullmatch("[0-9a-f]{8}", entry["reference"])
    assert (entry["reference"], entry["path"]) == (error["extensions"]["reference"], [field])


async def test_one_fault_behind_many_fields_is_logged_once(
    client: Client, order: Order, merchant: MerchantFacts
) -> None:
    made = [await returned(merchant, order, line) for line in ("l1", "l2")]
    await connection().execute_query("ALTER TABLE labels RENAME TO labels_away")
    try:
        with capture_logs() as logs:
            answer = (await client.send("{ returns { nodes { number label { state } } } }")).json()
    finally:
        await connection().execute_query("ALTER TABLE labels_away RENAME TO labels")
    assert answer["data"]["returns"]["nodes"] == [{"number": row.number, "label": None} for row in made]
    references = {error["extensions"]["reference"] for error in answer["errors"]}
    assert (len(answer["errors"]), len(references), len(logs)) == (2, 1, 1)


async def test_a_log_entry_holds_nothing_of_the_query(broken: Client) -> None:
    with capture_logs() as logs:
        await broken.send('{ boom(word: "jonas@example.com") }')
        await broken.send('{ boom(word: "jonas@example.com" }')
        await broken.send('{ bom(word: "jonas@example.com") }')
    assert len(logs) == 1
    assert "jonas" not in str(logs)


async def test_a_broken_row_breaks_its_own_field_only(client: Client, order: Order, merchant: MerchantFacts) -> None:
    row = await returned(merchant, order)
    await connection().execute_query("UPDATE returns SET quote = '{\"format\": 99}' WHERE id = $1", [row.id])
    answer = (
        await client.send(
            "query ($i: ID!) { shop { name } return(id: $i) { quote { total { minor } } } }",
            i=global_id("Return", row.id),
        )
    ).json()
    assert answer["data"] == {"shop": {"name": merchant.name}, "return": None}
    assert answer["errors"][0]["message"] == "Internal error"


async def test_a_value_that_the_schema_does_not_know_is_never_quoted(
    client: Client, order: Order, merchant: MerchantFacts
) -> None:
    row = await returned(merchant, order)
    await connection().execute_query("UPDATE returns SET method = 'carrier pigeon' WHERE id = $1", [row.id])
    answer = await client.send("{ returns { nodes { method } } }")
    assert (answer.json()["data"], "pigeon" in answer.text) == (None, False)
