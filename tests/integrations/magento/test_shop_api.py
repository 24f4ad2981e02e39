"""Magento's API, asked through its twin: nothing is lost between pages, whatever the shop does meanwhile."""

import asyncio
import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from portal.integrations.magento.mapping import order_record
from portal.integrations.magento.oauth import Keys, authorization
from portal.integrations.magento.shop_api import changed_orders, fetch_order
from portal.integrations.magento.twin import create_app
from portal.integrations.ports import AdapterError
from portal.integrations.shop_api import ChangedOrder
from portal.integrations.twins import Fault, Shelf
from tests.factories.magento import CREDENTIALS, SHOP, at, client_of, magento_order, shelf_of, shipment, written


async def changes(shelf: Shelf, since: int = 0, until: int = 600, **how: Any) -> list[ChangedOrder]:
    """What the twin tells of the minutes from `since` to `until`."""
    async with client_of(create_app(shelf, **how)) as client:
        return [one async for one in changed_orders(client, SHOP, CREDENTIALS, at(since), at(until))]


async def fetch(shelf: Shelf, order: str, **how: Any) -> Any:
    async with client_of(create_app(shelf, **how)) as client:
        return await fetch_order(client, SHOP, CREDENTIALS, order)


def ids(found: list[ChangedOrder]) -> list[str]:
    return [one.source_id for one in found]


async def test_four_hours_without_us_lose_nothing_however_many_orders_changed_in_one_second() -> None:
    orders = [magento_order(number, at(number // 130)) for number in range(1, 521)]
    shelf = shelf_of(*reversed(orders))
    assert ids(await changes(shelf, until=240)) == [str(number) for number in range(1, 521)]
    assert shelf.calls < 12


async def test_only_what_changed_in_the_window_is_told_both_ends_included() -> None:
    shelf = shelf_of(*(magento_order(number, at(number)) for number in range(1, 6)))
    assert ids(await changes(shelf, since=2, until=4)) == ["2", "3", "4"]
    assert await changes(shelf, since=50) == []


async def test_an_order_that_changes_between_two_pages_takes_no_other_with_it() -> None:
    shelf = shelf_of(*(magento_order(number, at(number)) for number in range(1, 301)))
    async with client_of(create_app(shelf)) as client:
        told = []
        async for one in changed_orders(client, SHOP, CREDENTIALS, at(0), at(600)):
            told.append(one.source_id)
            if one.source_id == "50":
                # By page numbers, the hundredth and first order would now stand on the page that was read already.
                shelf.put("3", magento_order(3, at(599)))
                shelf.put("60", magento_order(60, at(700)))
    assert set(map(str, range(1, 301))) == set(told)
    assert told[-1] == "3"


async def test_pages_that_come_short_are_not_taken_for_the_last_one() -> None:
    shelf = shelf_of(*(magento_order(number, at(number // 3)) for number in range(1, 26)))
    assert ids(await changes(shelf, at_most=4)) == [str(number) for number in range(1, 26)]


async def test_a_tracking_number_that_comes_after_the_order_changed_is_a_change_of_the_order() -> None:
    order = magento_order(5, at(1), shipments=[shipment(9, 5, at(30), "00340434161094042557")])
    shelf = shelf_of(order, magento_order(6, at(20)))
    found = await changes(shelf, since=10)
    assert [(one.source_id, one.updated_at) for one in found] == [("6", at(20)), ("5", at(30))]


async def test_a_credit_memo_is_a_change_of_its_order() -> None:
    memo = {"entity_id": 2, "order_id": 5, "updated_at": written(at(40)), "created_at": written(at(40))}
    shelf = shelf_of(magento_order(5, at(1), creditmemos=[memo]))
    assert ids(await changes(shelf, since=10)) == ["5"]


async def test_an_order_comes_with_all_its_shipments_and_amounts_to_the_digit() -> None:
    many = [shipment(number, 5, at(number), f"N{number}", units=int(number == 1)) for number in range(1, 141)]
    other = magento_order(6, at(1), shipments=[shipment(900, 6, at(2), "X")])
    found = await fetch(shelf_of(magento_order(5, at(1), shipments=many), other), "5")
    record = order_record(found.payload)
    assert [parcel.tracking_number for parcel in record.parcels] == [f"N{number}" for number in range(1, 141)]
    assert (record.total.minor, found.updated_at) == (10000, record.updated_at)
    assert found.updated_at == at(140)


async def test_an_order_that_is_not_there_is_none() -> None:
    shelf = shelf_of(magento_order(5, at(1)))
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
    shelf = shelf_of(magento_order(5, at(1)))
    shelf.faults.append(fault)
    with pytest.raises(AdapterError) as listing:
        await changes(shelf)
    shelf.faults.append(fault)
    with pytest.raises(AdapterError) as fetching:
        await fetch(shelf, "5")
    assert [(caught.value.code, caught.value.permanent) for caught in (listing, fetching)] == [(code, permanent)] * 2


async def test_a_fault_between_pages_breaks_off_and_the_next_try_tells_everything() -> None:
    shelf = shelf_of(*(magento_order(number, at(number)) for number in range(1, 301)))
    told: list[str] = []

    async def listen() -> None:
        async with client_of(create_app(shelf)) as client:
            async for one in changed_orders(client, SHOP, CREDENTIALS, at(0), at(600)):
                told.append(one.source_id)
                if len(told) == 60:
                    shelf.faults.append(Fault.OUTAGE)

    with pytest.raises(AdapterError, match="outage"):
        await listen()
    assert told == [str(number) for number in range(1, 101)]
    assert len(await changes(shelf)) == 300


async def test_a_wrong_token_opens_nothing() -> None:
    shelf = shelf_of(magento_order(5, at(1)))
    async with client_of(create_app(shelf)) as client:
        with pytest.raises(AdapterError, match="unauthorised"):
            await fetch_order(client, SHOP, {**CREDENTIALS, "access_token": "other"}, "5")
        with pytest.raises(AdapterError, match="access_token"):
            await fetch_order(client, SHOP, {"api_url": "http://twin.test"}, "5")


KEYS = Keys("consumer1", "secret&1", "token1", "secret/2")
SIGNED = {**CREDENTIALS, "consumer_key": "consumer1", "consumer_secret": "secret&1", "access_token": "token1",
          "access_token_secret": "secret/2"}  # fmt: skip


async def test_an_integration_that_may_not_use_its_bare_token_signs() -> None:
    shelf = shelf_of(magento_order(5, at(1)))
    async with client_of(create_app(shelf, keys=KEYS)) as client:
        assert ids([one async for one in changed_orders(client, SHOP, SIGNED, at(0), at(60))]) == ["5"]
        with pytest.raises(AdapterError, match="unauthorised"):
            await fetch_order(client, SHOP, {**SIGNED, "access_token_secret": "other"}, "5")


def test_a_signature_is_the_one_that_the_standard_describes() -> None:
    query = [("b5", "=%3D"), ("a3", "a"), ("c@", ""), ("a2", "r b"), ("a3", "2 q")]
    header = authorization(KEYS, "get", "http://example.com/request", query, "7d8f3e4a", 137131201)
    base = (
        "GET&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D"
        "%26oauth_consumer_key%3Dconsumer1%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA256"
        "%26oauth_timestamp%3D137131201%26oauth_token%3Dtoken1%26oauth_version%3D1.0"
    )
    signature = base64.b64encode(hmac.digest(b"secret%261&secret%2F2", base.encode(), hashlib.sha256)).decode()
    assert header.startswith('OAuth oauth_consumer_key="consumer1", oauth_nonce="7d8f3e4a"')
    assert f'oauth_signature="{quote(signature, safe="")}"' in header


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, b"[]", "garbage"),
        (200, b'{"items": [{"entity_id": 1}], "total_count": 1}', "garbage"),
        (200, b'{"items": [], "total_count": 3}', "garbage"),
        (200, b'{"items": [7], "total_count": 1}', "garbage"),
        (200, b'{"items": [{"entity_id": 1, "updated_at": "1999-01-01 00:00:00"}], "total_count": 9}', "garbage"),
        (200, b'{"total_count": 1e99999}', "garbage"),
        (301, b"", "refused"),
        (404, b"<h1>Not found</h1>", "garbage"),
        (400, b'{"message": "no"}', "refused"),
        (404, b'{"message": "Request does not match any route.", "trace": null}', "refused"),
    ],
)
async def test_an_answer_that_is_no_answer_ends_the_run(status: int, body: bytes, code: str) -> None:
    transport = httpx2.MockTransport(lambda _: httpx2.Response(status, content=body))
    async with httpx2.AsyncClient(transport=transport) as client:
        with pytest.raises(AdapterError) as caught:
            _ = [one async for one in changed_orders(client, SHOP, CREDENTIALS, at(0), at(60))]
    assert caught.value.code == code


async def test_a_shop_that_says_nothing_is_left_alone() -> None:
    shelf = shelf_of(magento_order(5, at(1)))
    shelf.faults.append(Fault.SILENCE)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await fetch(shelf, "5")
    assert (await fetch(shelf, "5")).source_id == "5"


async def test_asked_beyond_the_last_page_the_twin_gives_the_last_page_again() -> None:
    shelf = shelf_of(*(magento_order(number, at(number)) for number in range(1, 6)))
    asked = {"searchCriteria[pageSize]": "2", "searchCriteria[currentPage]": "99"}
    async with client_of(create_app(shelf)) as client:
        answer = await client.get(
            "http://twin.test/rest/V1/orders", params=asked, headers={"authorization": f"Bearer {shelf.token}"}
        )
    found = answer.json()
    assert ([item["entity_id"] for item in found["items"]], found["total_count"]) == ([5], 5)


async def test_a_window_in_another_zone_is_the_same_window() -> None:
    shelf = shelf_of(magento_order(5, at(30)))
    async with client_of(create_app(shelf)) as client:
        since = at(29, 59).astimezone().replace(microsecond=900_000)
        found = [one async for one in changed_orders(client, SHOP, CREDENTIALS, since, at(30) + timedelta(seconds=0.5))]
    assert ids(found) == ["5"]


async def test_an_address_that_is_no_api_is_not_a_shop_without_this_order() -> None:
    said = {"message": "Request does not match any route."}
    transport = httpx2.MockTransport(lambda _: httpx2.Response(404, json=said))
    async with httpx2.AsyncClient(transport=transport) as client:
        with pytest.raises(AdapterError, match="refused"):
            await fetch_order(client, SHOP, CREDENTIALS, "5")


async def test_an_address_that_has_moved_is_told_to_the_operator() -> None:
    there = {"location": "https://www.shop.example/"}
    transport = httpx2.MockTransport(lambda _: httpx2.Response(301, headers=there))
    async with httpx2.AsyncClient(transport=transport) as client:
        with pytest.raises(AdapterError, match=r"refused: 301 https://www.shop.example/") as caught:
            await fetch_order(client, SHOP, CREDENTIALS, "5")
    assert caught.value.permanent


async def test_a_refusal_without_a_word_on_when_to_come_again_is_passed_on() -> None:
    transport = httpx2.MockTransport(lambda _: httpx2.Response(429))
    async with httpx2.AsyncClient(transport=transport) as client:
        with pytest.raises(AdapterError, match="throttled") as caught:
            await fetch_order(client, SHOP, CREDENTIALS, "5")
    assert (caught.value.retry_after, caught.value.permanent) == (None, False)
