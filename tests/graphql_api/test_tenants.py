"""Whatever belongs to another merchant is as absent as what never was."""

import pytest
from starlette.applications import Starlette

from graphql_api.ids import global_id
from portal.kernel.ids import new_id
from portal.merchants.models import ApiKey
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.returns.models import Return
from portal.tracking.models import Parcel
from tests.factories.merchants import NOW
from tests.graphql_api.clients import Client, open_client
from tests.graphql_api.shops import asked, line_of, returned

NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"


@pytest.fixture
async def stranger(api: Starlette, other_merchant: MerchantFacts) -> Client:
    """Another merchant's program, at its own door, with every scope."""
    return await open_client(api, other_merchant)


async def ids_of(order: Order, row: Return) -> dict[str, str]:
    line, parcel = await line_of(order, "l1"), await Parcel.get(order_id=order.id)
    rows = {"Order": order.id, "OrderLine": line.id, "Parcel": parcel.id, "Return": row.id}
    return {kind: global_id(kind, row_id) for kind, row_id in rows.items()}


async def test_every_kind_of_node_is_found_by_its_own_merchant_only(
    client: Client, stranger: Client, order: Order, merchant: MerchantFacts
) -> None:
    ids = await ids_of(order, await returned(merchant, order))
    for kind, text in ids.items():
        assert (await client.ask(NODE, id=text))["node"] == {"__typename": kind, "id": text}
        assert (await stranger.ask(NODE, id=text))["node"] is None


async def test_several_nodes_keep_their_order_and_their_gaps(
    client: Client, stranger: Client, order: Order, merchant: MerchantFacts
) -> None:
    ids = [*(await ids_of(order, await returned(merchant, order))).values()]
    wanted = [ids[1], global_id("Order", new_id()), ids[0], ids[1]]
    told = await client.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=wanted)
    assert [node and node["id"] for node in told["nodes"]] == [ids[1], None, ids[0], ids[1]]
    foreign = await stranger.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids)
    assert foreign["nodes"] == [None] * 4


@pytest.mark.parametrize("spoiled", ["wrong type", "random", "rubbish", "other spelling", "foreign"])
async def test_ids_that_name_nothing_here_are_all_alike(
    client: Client, stranger: Client, order: Order, merchant: MerchantFacts, spoiled: str
) -> None:
    row = await returned(merchant, order)
    order_id, return_id = {
        "wrong type": (global_id("Return", order.id), global_id("Order", row.id)),
        "random": (global_id("Order", new_id()), global_id("Return", new_id())),
        "rubbish": ("é\x00" * 9, "x" * 5000),
        "other spelling": (f"{global_id('Order', order.id)}=", str(row.id)),
        "foreign": (global_id("Order", order.id), global_id("Return", row.id)),
    }[spoiled]
    caller = stranger if spoiled == "foreign" else client
    told = await caller.ask(
        """query ($o: ID!, $r: ID!) {
          order(id: $o) { id } return(id: $r) { id } a: node(id: $o) { id } returns(orderId: $o) { nodes { id } }
        }""",
        o=order_id,
        r=return_id,
    )
    assert (told["order"], told["return"], told["returns"]["nodes"]) == (None, None, [])
    decided = await caller.ask(
        """mutation ($r: ID!) {
          returnApprove(input: {returnId: $r}) { return { id } userErrors { code field } }
          returnDecline(input: {returnId: $r, reason: "No."}) { return { id } userErrors { code field } }
        }""",
        r=return_id,
    )
    nothing = {"return": None, "userErrors": [{"code": "NOT_FOUND", "field": ["input", "returnId"]}]}
    assert decided == {"returnApprove": nothing, "returnDecline": nothing}


async def test_a_return_of_a_foreign_order_or_line_is_not_found(
    stranger: Client, client: Client, order: Order, merchant: MerchantFacts
) -> None:
    document = "mutation ($i: ReturnRequestInput!) { returnRequest(input: $i) { userErrors { code field } } }"
    wanted = await asked(order)
    foreign = (await stranger.ask(document, i=wanted))["returnRequest"]["userErrors"]
    assert foreign == [{"code": "NOT_FOUND", "field": ["input", "orderId"]}]
    raw_line = [{**wanted["lines"][0], "orderLineId": str((await line_of(order, "l1")).id)}]
    raw = (await client.ask(document, i={**wanted, "lines": raw_line}))["returnRequest"]["userErrors"]
    assert raw == [{"code": "NOT_FOUND", "field": ["input", "lines", "0", "orderLineId"]}]
    assert await Return.filter(merchant_id=merchant.id).count() == 0


async def test_lists_show_the_own_merchant_only(client: Client, stranger: Client, order: Order) -> None:
    document = "{ orders { nodes { number } } returns { nodes { number } } }"
    assert (await client.ask(document))["orders"]["nodes"] == [{"number": order.number}]
    assert (await stranger.ask(document))["orders"]["nodes"] == []


async def test_a_key_opens_the_door_of_its_own_host_only(
    api: Starlette, merchant: MerchantFacts, other_merchant: MerchantFacts
) -> None:
    lost = await open_client(api, merchant, host=other_merchant.slug)
    foreign = await lost.send("{ shop { name } }")
    unknown = await lost.http.post(
        "/graphql", json={"query": "{ shop { name } }"}, headers={"authorization": f"Bearer dsk_{'x' * 43}"}
    )
    assert (foreign.status_code, unknown.status_code) == (401, 401)
    assert foreign.content == unknown.content
    assert foreign.headers["www-authenticate"] == 'Bearer realm="doorstep"'


async def test_a_revoked_key_is_unknown(client: Client, merchant: MerchantFacts) -> None:
    assert (await client.send("{ shop { name } }")).status_code == 200
    await ApiKey.filter(merchant_id=merchant.id).update(revoked_at=NOW)
    assert (await client.send("{ shop { name } }")).status_code == 401
