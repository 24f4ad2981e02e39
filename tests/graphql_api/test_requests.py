"""What shoppers ask of the team, over the admin API: the list, one of them, the answer."""

from datetime import timedelta
from typing import Any

import pytest
from starlette.applications import Starlette

from graphql_api.ids import global_id
from portal.intake.service import record_order
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.requests.forms import NO_FACTS
from portal.requests.models import ShopperRequest
from portal.requests.rules import Kind
from portal.requests.service import Asked, Wanted, make_request
from portal.tracking.models import Parcel
from tests.factories.merchants import NOW
from tests.factories.records import order_record, parcel_record
from tests.graphql_api.clients import Client, open_client

ANSWER = """
mutation ($input: ShopperRequestAnswerInput!) {
  shopperRequestAnswer(input: $input) {
    shopperRequest { number state answer answeredAt history { kind who note } }
    userErrors { field message code }
  }
}
"""
LIST = """
query ($state: ShopperRequestState, $kind: ShopperRequestKind, $orderId: ID, $first: Int, $after: String) {
  shopperRequests(state: $state, kind: $kind, orderId: $orderId, first: $first, after: $after) {
    nodes { number kind state } pageInfo { hasNextPage endCursor }
  }
}
"""
ONE = """
query ($id: ID!) {
  shopperRequest(id: $id) {
    number kind reach state text place placeKind locale via madeAt
    address { line1 postalCode countryCode }
    items { quantity orderLine { title } }
    order { number } parcel { carrier }
    history { kind who }
  }
}
"""


@pytest.fixture
async def missed(merchant: MerchantFacts) -> Order:
    """An order whose courier found nobody."""
    return await missed_order(merchant)


async def missed_order(merchant: MerchantFacts) -> Order:
    record = order_record(parcels=(parcel_record(status="attempt_failed"),))
    await record_order(merchant.id, record, NOW)
    return await Order.get(merchant_id=merchant.id, source_id=record.source_id)


async def asked(merchant: MerchantFacts, order: Order, kind: Kind, minutes: int = 0, **facts: Any) -> ShopperRequest:
    parcel = await Parcel.get(merchant_id=merchant.id, order_id=order.id)
    wanted = Wanted(kind, str(parcel.id), {**NO_FACTS, **facts})
    return await make_request(
        merchant, order.id, wanted, Asked(f"key-{order.id}-{kind}", "de", NOW + timedelta(minutes=minutes))
    )


def id_of(row: ShopperRequest) -> str:
    return global_id("ShopperRequest", row.id)


async def test_a_request_is_told_whole(client: Client, merchant: MerchantFacts, missed: Order) -> None:
    row = await asked(merchant, missed, Kind.PICKUP_POINT, place="Kiosk Torstraße", text="Danke")
    one = (await client.ask(ONE, id=id_of(row)))["shopperRequest"]
    assert (one["number"], one["kind"], one["reach"], one["state"]) == ("A-1001", "PICKUP_POINT", "CARRIER", "OPEN")
    assert (one["place"], one["placeKind"], one["text"], one["locale"]) == (
        "Kiosk Torstraße",
        "pickup_point",
        "Danke",
        "de",
    )
    assert one["order"] == {"number": missed.number}
    assert one["parcel"] == {"carrier": "DHL"}
    assert one["history"] == [{"kind": "asked", "who": "shopper"}]


async def test_lists_are_filtered_and_paged(client: Client, merchant: MerchantFacts, missed: Order) -> None:
    other = await missed_order(merchant)
    await asked(merchant, missed, Kind.REDELIVERY)
    await asked(merchant, missed, Kind.OTHER, 1, text="Hello")
    await asked(merchant, other, Kind.OTHER, 2, text="Hello")

    async def numbers(**filters: Any) -> list[str]:
        found = (await client.ask(LIST, **filters))["shopperRequests"]
        return [node["number"] for node in found["nodes"]]

    assert await numbers() == ["A-1001", "A-1002", "A-1003"]
    assert await numbers(kind="OTHER") == ["A-1002", "A-1003"]
    assert await numbers(orderId=global_id("Order", missed.id), state="OPEN") == ["A-1001", "A-1002"]
    assert await numbers(state="DONE") == []
    page = (await client.ask(LIST, first=2))["shopperRequests"]["pageInfo"]
    assert await numbers(after=page["endCursor"]) == ["A-1003"]


async def test_an_answer_settles_it_once(client: Client, merchant: MerchantFacts, missed: Order) -> None:
    row = await asked(merchant, missed, Kind.REDELIVERY)
    wanted = {"id": id_of(row), "outcome": "DONE", "note": "They come\x07 tomorrow."}
    told = (await client.ask(ANSWER, input=wanted))["shopperRequestAnswer"]
    assert told["userErrors"] == []
    assert (told["shopperRequest"]["state"], told["shopperRequest"]["answer"]) == ("DONE", "They come tomorrow.")
    again = (await client.ask(ANSWER, input={**wanted, "outcome": "DECLINED"}))["shopperRequestAnswer"]
    assert [error["code"] for error in again["userErrors"]] == ["NOT_OPEN"]
    assert again["shopperRequest"]["state"] == "DONE"


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"outcome": "DECLINED"}, "NOTE_MISSING", "note"),
        ({"note": "x" * 1001}, "NOTE_TOO_LONG", "note"),
        ({"id": "rubbish"}, "NOT_FOUND", "id"),
    ],
)
async def test_an_answer_that_cannot_be_says_why(
    client: Client, merchant: MerchantFacts, missed: Order, change: dict[str, str], code: str, field: str
) -> None:
    row = await asked(merchant, missed, Kind.REDELIVERY)
    told = await client.ask(ANSWER, input={"id": id_of(row), "outcome": "DONE", **change})
    (error,) = told["shopperRequestAnswer"]["userErrors"]
    assert (error["code"], error["field"]) == (code, ["input", field])
    assert (await ShopperRequest.get(id=row.id)).state == "open"


async def test_other_merchants_find_nothing(
    api: Starlette, merchant: MerchantFacts, other_merchant: MerchantFacts, missed: Order
) -> None:
    row = await asked(merchant, missed, Kind.REDELIVERY)
    stranger = await open_client(api, other_merchant)
    assert (await stranger.ask(ONE, id=id_of(row)))["shopperRequest"] is None
    assert (await stranger.ask(LIST))["shopperRequests"]["nodes"] == []
    told = await stranger.ask(ANSWER, input={"id": id_of(row), "outcome": "DONE"})
    assert [error["code"] for error in told["shopperRequestAnswer"]["userErrors"]] == ["NOT_FOUND"]
    assert (await ShopperRequest.get(id=row.id)).state == "open"


async def test_reading_and_answering_need_their_scopes(api: Starlette, merchant: MerchantFacts, missed: Order) -> None:
    row = await asked(merchant, missed, Kind.REDELIVERY)
    orders = await open_client(api, merchant, "read_orders")
    assert await orders.code(LIST) == "ACCESS_DENIED"
    reader = await open_client(api, merchant, "read_requests")
    assert await reader.code(ANSWER, input={"id": id_of(row), "outcome": "DONE"}) == "ACCESS_DENIED"


async def test_a_list_costs_what_its_page_holds(client: Client) -> None:
    dear = "{ shopperRequests(first: 250) { nodes { history { at } items { quantity } order { number } } } }"
    assert await client.code(dear) == "MAX_COST_EXCEEDED"
