"""BigCommerce's API, asked through its twin: nothing is lost between pages, whatever the store does meanwhile."""

import asyncio
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from portal.integrations.bigcommerce.mapping import order_record
from portal.integrations.bigcommerce.shop_api import changed_orders, fetch_order
from portal.integrations.bigcommerce.twin import Window, create_app
from portal.integrations.ports import AdapterError
from portal.integrations.shop_api import ChangedOrder
from portal.integrations.twins import Fault, Shelf
from tests.factories.bigcommerce import CREDENTIALS, STORE, at, bigcommerce_order, client_of, refund, shelf_of


async def changes(shelf: Shelf, since: int = 0, until: int = 600, **how: Any) -> list[ChangedOrder]:
    """What the twin tells of the minutes from `since` to `until`."""
    async with client_of(create_app(shelf, **how)) as client:
        return [one async for one in changed_orders(client, STORE, CREDENTIALS, at(since), at(until))]


async def fetch(shelf: Shelf, order: str, **how: Any) -> Any:
    async with client_of(create_app(shelf, **how)) as client:
        return await fetch_order(client, STORE, CREDENTIALS, order)


def ids(found: list[ChangedOrder]) -> list[int]:
    return [int(one.source_id) for one in found]


@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize(("orders", "a_minute", "at_most"), [(900, 300, 250), (900, 10, 250), (60, 60, 7), (40, 3, 50)])
async def test_four_hours_without_us_lose_nothing_however_many_orders_changed_in_one_second(
    exclusive: bool, orders: int, a_minute: int, at_most: int
) -> None:
    shelf = shelf_of(*(bigcommerce_order(number, at(number // a_minute)) for number in range(1, orders + 1)))
    found = await changes(shelf, until=240, exclusive=exclusive, at_most=at_most)
    assert sorted(ids(found)) == list(range(1, orders + 1))
    assert [one.updated_at for one in found] == sorted(one.updated_at for one in found)


@pytest.mark.parametrize("exclusive", [False, True])
async def test_only_what_changed_in_the_window_is_told_both_ends_included(exclusive: bool) -> None:
    shelf = shelf_of(*(bigcommerce_order(number, at(number)) for number in range(1, 6)))
    assert ids(await changes(shelf, since=2, until=4, exclusive=exclusive)) == [2, 3, 4]


async def test_a_quiet_store_is_asked_twice_and_no_more() -> None:
    shelf = shelf_of(bigcommerce_order(1, at(1)))
    assert await changes(shelf, since=50) == []
    assert shelf.calls == 2


async def test_an_order_that_changes_between_two_pages_takes_no_other_with_it() -> None:
    shelf = shelf_of(*(bigcommerce_order(number, at(number)) for number in range(1, 501)))
    told = []
    async with client_of(create_app(shelf)) as client:
        async for one in changed_orders(client, STORE, CREDENTIALS, at(0), at(600)):
            told.append(int(one.source_id))
            if told[-1] == 100:
                shelf.put("3", bigcommerce_order(3, at(599)))
    assert set(told) == set(range(1, 501))
    assert told[-1] == 3


async def test_a_checkout_that_nobody_finished_is_no_order() -> None:
    shelf = shelf_of(bigcommerce_order(1, at(1), status_id=0), bigcommerce_order(2, at(2)))
    assert ids(await changes(shelf)) == [2]
    assert await fetch(shelf, "1") is None


async def test_a_refund_is_a_change_of_its_order() -> None:
    shelf = shelf_of(bigcommerce_order(5, at(1), refunds=[refund(1, 5, at(30))]), bigcommerce_order(6, at(40)))
    found = await changes(shelf, since=10)
    assert [(one.source_id, one.updated_at) for one in found] == [("5", at(30)), ("6", at(40))]


async def test_an_order_comes_with_every_product_however_many_pages_they_make() -> None:
    order = bigcommerce_order(5, at(1), total_inc_tax="12000.0000")
    order["products"] = [{**order["products"][0], "id": number} for number in range(1, 121)]
    found = await fetch(shelf_of(order), "5", at_most=50)
    record = order_record(found.payload)
    assert [line.source_id for line in record.lines] == [str(number) for number in range(1, 121)]
    assert (record.total.minor, found.updated_at) == (1_200_000, at(1))


async def test_an_order_without_shipments_and_refunds_is_answered_with_nothing_and_still_read() -> None:
    found = await fetch(shelf_of(bigcommerce_order(5, at(1), shipping_addresses=[])), "5")
    assert (found.payload["shipments"], found.payload["refunds"]) == ([], [])
    assert order_record(found.payload).shipping_address is None


async def test_what_was_refunded_is_read_from_the_refunds() -> None:
    order = bigcommerce_order(5, at(1), refunds=[refund(1, 5, at(30), amount=45.5), refund(2, 5, at(31), amount=0.1)])
    order["products"][0]["quantity_shipped"] = 1
    found = await fetch(shelf_of(order), "5")
    record = order_record(found.payload)
    line = record.lines[0]
    assert (record.refunded and record.refunded.minor, line.refunded and line.refunded.minor) == (4560, 4560)
    assert (line.refunded_quantity, line.cancelled_quantity) == (1, 1)
    assert found.updated_at == record.updated_at == at(31)


async def test_a_declined_refund_gave_nothing_back() -> None:
    declined = refund(1, 5, at(30))
    declined["payments"][0]["is_declined"] = True
    record = order_record((await fetch(shelf_of(bigcommerce_order(5, at(1), refunds=[declined])), "5")).payload)
    assert record.refunded is not None
    assert record.refunded.minor == 0


async def test_who_collects_the_order_is_told_where() -> None:
    pickup = {"pickups": [{"id": 99, "location": {"id": 1, "name": "Salon Fifth Avenue", "code": "S5"}}]}
    shelf = shelf_of(bigcommerce_order(5, at(1), consignments=pickup, shipping_addresses=[]))
    assert order_record((await fetch(shelf, "5")).payload).extra["pickup"] == "Salon Fifth Avenue"


async def test_an_order_in_a_list_has_links_where_its_parts_are() -> None:
    shelf = shelf_of(bigcommerce_order(5, at(1)))
    outside = Starlette(routes=[Mount("/twins", create_app(shelf))])
    async with client_of(outside) as client:
        headers = {"x-auth-token": shelf.token}
        [order] = (await client.get(f"http://twin.test/twins/stores/{STORE}/v2/orders", headers=headers)).json()
        products = (await client.get(order["products"]["url"], headers=headers)).json()
    assert [product["order_id"] for product in products] == [5]
    assert order["shipping_addresses"]["resource"] == "/orders/5/shippingaddresses"


async def test_an_order_that_is_not_there_is_none() -> None:
    shelf = shelf_of(bigcommerce_order(5, at(1)))
    assert await fetch(shelf, "77") is None
    assert await fetch(shelf, "5/../6") is None


@pytest.mark.parametrize(
    ("fault", "code", "permanent"),
    [
        (Fault.OUTAGE, "outage", False),
        (Fault.HTML, "outage", False),
        (Fault.GARBAGE, "garbage", False),
        (Fault.THROTTLED, "throttled", False),
        (Fault.UNAUTHORISED, "unauthorised", True),
    ],
)
async def test_a_bad_day_is_told_in_our_words(fault: Fault, code: str, permanent: bool) -> None:
    shelf = shelf_of(bigcommerce_order(5, at(1)))
    shelf.faults.append(fault)
    with pytest.raises(AdapterError) as listing:
        await changes(shelf)
    shelf.faults.append(fault)
    with pytest.raises(AdapterError) as fetching:
        await fetch(shelf, "5")
    assert [(caught.value.code, caught.value.permanent) for caught in (listing, fetching)] == [(code, permanent)] * 2


async def test_one_part_that_fails_fails_the_whole_order() -> None:
    shelf = shelf_of(bigcommerce_order(5, at(1)))
    order = shelf.orders["5"]

    async def ask(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("shipments"):
            return httpx2.Response(500)
        return httpx2.Response(200, json=order if request.url.path.endswith("/5") else [])

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(ask)) as client:
        with pytest.raises(AdapterError, match="outage"):
            await fetch_order(client, STORE, CREDENTIALS, "5")


async def test_a_full_window_is_waited_for_when_it_is_short_and_told_when_it_is_long() -> None:
    shelf = shelf_of(*(bigcommerce_order(number, at(number)) for number in range(1, 6)))
    assert len(await changes(shelf, window=Window(quota=2, milliseconds=20))) == 5
    with pytest.raises(AdapterError) as caught:
        await changes(shelf, window=Window(quota=2, milliseconds=30_000, clock=lambda: 10.0))
    assert (caught.value.code, caught.value.retry_after) == ("throttled", 30.0)


async def test_a_store_that_is_used_up_by_others_is_left_alone_after_a_few_tries() -> None:
    shelf = shelf_of(bigcommerce_order(5, at(1)))
    with pytest.raises(AdapterError, match="throttled"):
        await changes(shelf, window=Window(quota=0, milliseconds=1))
    assert shelf.calls <= 6


async def test_a_wrong_token_opens_nothing() -> None:
    shelf = shelf_of(bigcommerce_order(5, at(1)))
    async with client_of(create_app(shelf)) as client:
        with pytest.raises(AdapterError, match="unauthorised"):
            await fetch_order(client, STORE, {**CREDENTIALS, "access_token": "other"}, "5")


async def test_no_more_than_three_questions_are_under_way_for_one_order() -> None:
    shelf, now, most = shelf_of(bigcommerce_order(5, at(1))), 0, 0
    twin = httpx2.ASGITransport(create_app(shelf))

    class Counting(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            nonlocal now, most
            now += 1
            most = max(most, now)
            await asyncio.sleep(0)
            answer = await twin.handle_async_request(request)
            now -= 1
            return answer

    async with httpx2.AsyncClient(transport=Counting()) as client:
        assert await fetch_order(client, STORE, CREDENTIALS, "5") is not None
    assert most == 3


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, b'{"data": 7}', "garbage"),
        (200, b'[{"id": 1}]', "garbage"),
        (200, b'[{"id": 1, "date_modified": "soon"}]', "garbage"),
        (200, b"[7]", "garbage"),
        (200, b"NaN", "garbage"),
        (200, b"<h1>Down</h1>", "garbage"),
        (301, b"", "refused"),
        (422, b"{}", "refused"),
        (404, b'[{"status": 404, "message": "The requested resource was not found."}]', "refused"),
    ],
)
async def test_an_answer_that_is_no_answer_ends_the_run(status: int, body: bytes, code: str) -> None:
    transport = httpx2.MockTransport(lambda _: httpx2.Response(status, content=body))
    async with httpx2.AsyncClient(transport=transport) as client:
        with pytest.raises(AdapterError) as caught:
            _ = [one async for one in changed_orders(client, STORE, CREDENTIALS, at(0), at(60))]
    assert caught.value.code == code


async def test_an_address_that_has_moved_is_told_to_the_operator() -> None:
    there = {"location": "https://www.shop.example/"}
    transport = httpx2.MockTransport(lambda _: httpx2.Response(301, headers=there))
    async with httpx2.AsyncClient(transport=transport) as client:
        with pytest.raises(AdapterError, match=r"refused: 301 https://www.shop.example/") as caught:
            await fetch_order(client, STORE, CREDENTIALS, "5")
    assert caught.value.permanent


async def test_a_refusal_without_a_word_on_when_to_come_again_is_passed_on() -> None:
    transport = httpx2.MockTransport(lambda _: httpx2.Response(429))
    async with httpx2.AsyncClient(transport=transport) as client:
        with pytest.raises(AdapterError, match="throttled") as caught:
            await fetch_order(client, STORE, CREDENTIALS, "5")
    assert (caught.value.retry_after, caught.value.permanent) == (None, False)
