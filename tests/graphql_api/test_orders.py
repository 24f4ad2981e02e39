"""Orders through the API: everything the types promise, and nothing without the scope."""

from starlette.applications import Starlette

from graphql_api.ids import global_id
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from tests.graphql_api.clients import Client, open_client
from tests.graphql_api.shops import returned

WHOLE = """
query ($id: ID!) {
  order(id: $id) {
    id number placedAt cancelledAt currencyCode version gift channel
    total { amount currencyCode minor }
    customer { name email }
    lines { id title quantity unitPrice { amount } finalSale }
    parcels {
      id carrier trackingNumber status deliveredAt
      events { status occurredAt }
      items { quantity orderLine { title } }
    }
    returns { number refund { amount } }
  }
}
"""


async def test_an_order_tells_its_lines_parcels_and_returns(
    client: Client, order: Order, merchant: MerchantFacts
) -> None:
    made = await returned(merchant, order)
    told = (await client.ask(WHOLE, id=global_id("Order", order.id)))["order"]
    assert (told["number"], told["total"]) == (
        order.number,
        {"amount": "945.00", "currencyCode": "EUR", "minor": "94500"},
    )
    assert told["customer"] == {"name": "Jonas Weber", "email": "jonas@example.com"}
    assert [line["title"] for line in told["lines"]] == ["Ridge shell jacket", "Cairn beanie", "Outlet scarf"]
    (parcel,) = told["parcels"]
    assert (parcel["status"], [item["quantity"] for item in parcel["items"]]) == ("DELIVERED", [1, 3, 1])
    assert told["returns"] == [{"number": made.number, "refund": {"amount": "189.00"}}]


async def test_a_line_tells_where_its_units_are(client: Client, order: Order) -> None:
    asked = "query ($id: ID!) { order(id: $id) { lines { quantity unitsByStatus { status quantity } } } }"
    lines = (await client.ask(asked, id=global_id("Order", order.id)))["order"]["lines"]
    assert [line["unitsByStatus"] for line in lines] == [
        [{"status": "DELIVERED", "quantity": line["quantity"]}] for line in lines
    ]


async def test_an_order_is_found_by_its_number_written_in_any_way(client: Client, order: Order) -> None:
    spelled = f" {order.number.lower()} "
    told = await client.ask("query ($n: String!) { orderByNumber(number: $n) { number } }", n=spelled)
    assert told["orderByNumber"] == {"number": order.number}
    listed = await client.ask("query ($n: String!) { orders(number: $n) { nodes { number } } }", n=spelled)
    assert listed["orders"]["nodes"] == [{"number": order.number}]


async def test_a_number_that_nobody_has_is_null(client: Client) -> None:
    told = await client.ask('{ orderByNumber(number: "nope") { number } returnByNumber(number: "nope") { number } }')
    assert told == {"orderByNumber": None, "returnByNumber": None}


async def test_returns_of_an_order_need_their_own_scope(api: Starlette, order: Order, merchant: MerchantFacts) -> None:
    client = await open_client(api, merchant, "read_orders")
    answer = (await client.send("{ orders { nodes { number returns { number } } } }")).json()
    assert answer["data"]["orders"]["nodes"] == [{"number": order.number, "returns": None}]
    (error,) = answer["errors"]
    assert error["extensions"] == {"code": "ACCESS_DENIED", "requiredScope": "read_returns"}


async def test_the_shop_is_told_to_any_key(api: Starlette, merchant: MerchantFacts) -> None:
    client = await open_client(api, merchant, "write_returns")
    told = await client.ask("{ shop { name slug timeZone locales } }")
    assert told["shop"]["slug"] == merchant.slug
    assert told["shop"]["timeZone"] == "Europe/Berlin"
