"""Shopify's GraphQL API, asked through its twin: every page is turned, every order says what its webhook says."""

import dataclasses
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from graphql import parse

from portal.demo.brands import brands
from portal.demo.orders import orders
from portal.integrations.ports import AdapterError
from portal.integrations.shop_api import LONGEST_WAIT
from portal.integrations.shopify import graphql_queries
from portal.integrations.shopify.graphql_calls import seconds_to_wait
from portal.integrations.shopify.mapping import order_record
from portal.integrations.shopify.shop_api import changed_orders, fetch_order
from portal.integrations.shopify.twin import create_app
from portal.integrations.shopify.twin_cost import MOST, Bucket, requested_cost
from portal.integrations.shopify.twin_schema import read_schema
from portal.integrations.twins import Fault, Shelf
from tests.factories.merchants import NOW
from tests.factories.shopify import both, discount, fulfillment, line_item, order, refund, shipping_line

SHOP, TOKEN = "fernweh.myshopify.com", "shpat_0123456789abcdef"
CREDENTIALS = {"access_token": TOKEN, "api_url": "http://twin.test"}


@asynccontextmanager
async def asking(shelf: Shelf, **how: Any) -> AsyncIterator[httpx2.AsyncClient]:
    how.setdefault("bucket", Bucket(restore_rate=100_000))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(create_app(shelf, **how))) as client:
        yield client


def shelf_of(*found: dict[str, Any]) -> Shelf:
    shelf = Shelf(TOKEN)
    for each in found:
        shelf.put(str(each["id"]), each)
    return shelf


async def fetched(payload: dict[str, Any], **how: Any) -> Any:
    async with asking(shelf_of(payload), **how) as client:
        found = await fetch_order(client, SHOP, CREDENTIALS, str(payload["id"]))
    assert found is not None
    return found


async def refused(shelf: Shelf, **how: Any) -> AdapterError:
    async with asking(shelf, **how) as client:
        with pytest.raises(AdapterError) as caught:
            await fetch_order(client, SHOP, CREDENTIALS, "1")
    return caught.value


def as_webhook(payload: dict[str, Any]) -> Any:
    return order_record(json.loads(json.dumps(payload, default=str), parse_float=Decimal))


def large(**changes: Any) -> dict[str, Any]:
    """More of everything than a page of it holds."""
    lines = [line_item(number, "10.00", 2) for number in range(1, 61)]
    lines[0] = line_item(1, "10.00", 2, discounts=[discount("0.50", index) for index in range(30)])
    codes = [{"type": "discount_code", "code": f"CODE{index}"} for index in range(30)]
    held = {900 + number: [number] for number in range(5, 21)} | {990: list(range(21, 60))}
    made = [
        fulfillment(
            key, [(line, 1) for line in lines_of], tracking_number=f"N{key}", tracking_url=None,
            tracking_numbers=[f"N{key}", f"M{key}"], tracking_urls=[f"https://t.example/{key}", "https://t.example/m"],
        )
        for key, lines_of in held.items()
    ]  # fmt: skip
    back = [
        {**refund([(number, 1, "10.00", "0.00") for number in range(1, 60)]), "id": 2001},
        {**refund([(60, 1, "10.00", "0.00")]), "id": 2002},
    ]
    shipping = [shipping_line("1.00", id=500 + number) for number in range(7)]
    return {
        **order(lines, shipping=shipping),
        "id": 1,
        "discount_applications": codes,
        "fulfillments": made,
        "refunds": back,
        **changes,
    }


def differences(one: Any, other: Any) -> list[str]:
    return [each.name for each in dataclasses.fields(one) if getattr(one, each.name) != getattr(other, each.name)]


@pytest.mark.parametrize("slug", [brand.slug for brand in brands()])
async def test_every_order_of_the_demo_says_the_same_over_the_api_as_by_webhook(slug: str) -> None:
    everything = orders(slug, NOW)
    async with asking(shelf_of(*everything)) as client:
        for payload in everything:
            found = await fetch_order(client, SHOP, CREDENTIALS, str(payload["id"]))
            assert found is not None
            assert differences(order_record(found.payload), as_webhook(payload)) == []


async def test_every_page_of_a_large_order_is_turned() -> None:
    payload = large()
    found = await fetched(payload)
    mine, theirs = order_record(found.payload), as_webhook(payload)
    assert differences(mine, theirs) == []
    assert (len(mine.lines), len(mine.parcels), len(mine.lines[0].discounts)) == (60, 34, 30)


async def test_a_tip_is_a_charge_and_no_goods() -> None:
    tip = line_item(9, "5.00", title="Trinkgeld", product_id=None, requires_shipping=False, tip={})
    sums = {**both("total_tip_received", "5.00"), **both("subtotal_price", "100.00")}
    payload = {**order([line_item(1), tip]), "id": 1, **sums}
    mine = order_record((await fetched(payload)).payload)
    assert [(charge.kind, charge.price.minor) for charge in mine.charges] == [("tip", 500)]
    assert len(mine.lines) == 1


async def test_an_order_that_changes_between_its_pages_is_read_anew() -> None:
    class Busy(Shelf):
        def next_fault(self) -> Fault | None:
            if self.calls == 2:
                self.put("1", large(updated_at="2026-11-20T09:59:00+00:00", note="changed"))
            return super().next_fault()

    shelf = Busy(TOKEN)
    shelf.put("1", large())
    async with asking(shelf) as client:
        found = await fetch_order(client, SHOP, CREDENTIALS, "1")
    assert found is not None
    assert (found.updated_at, found.payload["note"]) == (datetime(2026, 11, 20, 9, 59, tzinfo=UTC), "changed")


async def test_changes_are_told_oldest_first_and_only_those_of_the_window() -> None:
    minutes = [7, 3, 9, 1, 5, 3]
    shelf = shelf_of(
        *({**order(), "id": index, "updated_at": (NOW + timedelta(minutes=minute)).isoformat()}
          for index, minute in enumerate(minutes, 1))
    )  # fmt: skip
    async with asking(shelf, at_most=2) as client:
        since, until = NOW + timedelta(minutes=3), NOW + timedelta(minutes=7)
        found = [one async for one in changed_orders(client, SHOP, CREDENTIALS, since, until)]
    assert [one.source_id for one in found] == ["2", "6", "5", "1"]


async def test_what_is_not_there_is_none() -> None:
    async with asking(Shelf(TOKEN)) as client:
        assert await fetch_order(client, SHOP, CREDENTIALS, "1") is None
        assert await fetch_order(client, SHOP, CREDENTIALS, "٣/../1") is None


async def test_an_empty_bucket_is_waited_for_by_arithmetic() -> None:
    bucket = Bucket(maximum=1000, restore_rate=40_000)
    shelf = shelf_of(large())
    async with asking(shelf, bucket=bucket) as client:
        for _ in range(3):
            bucket.pour(bucket.level())
            assert await fetch_order(client, SHOP, CREDENTIALS, "1")


async def test_a_bucket_that_fills_too_slowly_is_somebody_elses_turn() -> None:
    bucket = Bucket(maximum=1000, restore_rate=10)
    bucket.pour(bucket.level())
    error = await refused(shelf_of({**order(), "id": 1}), bucket=bucket)
    assert (error.code, error.permanent) == ("throttled", False)
    assert error.retry_after is not None
    assert LONGEST_WAIT < error.retry_after < 60


@pytest.mark.parametrize(
    ("fault", "code", "permanent"),
    [
        (Fault.OUTAGE, "outage", False),
        (Fault.HTML, "outage", False),
        (Fault.GARBAGE, "garbage", False),
        (Fault.UNAUTHORISED, "unauthorised", True),
    ],
)
async def test_each_kind_of_bad_day_is_one_kind_of_error(fault: Fault, code: str, permanent: bool) -> None:
    shelf = shelf_of({**order(), "id": 1})
    shelf.faults = [fault]
    error = await refused(shelf)
    assert (error.code, error.permanent) == (code, permanent)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, b"[]", "garbage"),
        (200, b'{"data": {"order": {"id": 5}}}', "garbage"),
        (200, b'{"data": {"order": []}}', "garbage"),
        (200, b'{"data": {"order": null}, "errors": [{"message": "x"}]}', "refused"),
        (200, b'{"data": null, "errors": [{"message": "x", "extensions": {"code": "ACCESS_DENIED"}}]}', "unauthorised"),
        (200, b'{"errors": [{"message": "x", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}', "outage"),
        (200, b'{"errors": "everything"}', "refused"),
        (200, b'{"errors": [5]}', "refused"),
        (404, b'{"errors": "Not Found"}', "refused"),
        (302, b"", "refused"),
        (402, b'{"errors": "Unavailable Shop"}', "refused"),
        (429, b"", "throttled"),
    ],
)
async def test_an_answer_that_no_shop_gives_is_no_order(status: int, body: bytes, code: str) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(status, content=body)

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as client:
        with pytest.raises(AdapterError) as caught:
            await fetch_order(client, SHOP, CREDENTIALS, "1")
    assert caught.value.code == code


async def test_silence_is_an_error_in_the_end() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ReadTimeout("nothing came", request=request)

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as client:
        with pytest.raises(AdapterError) as caught:
            _ = [one async for one in changed_orders(client, SHOP, CREDENTIALS, NOW, NOW)]
    assert caught.value.code == "unreachable"


@pytest.mark.parametrize("page", [{"hasNextPage": True, "endCursor": None}, {"hasNextPage": True, "endCursor": "a"}])
async def test_pages_that_lead_in_a_circle_end(page: dict[str, Any]) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json={"data": {"orders": {"nodes": [], "pageInfo": page}}})

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as client:
        with pytest.raises(AdapterError) as caught:
            _ = [one async for one in changed_orders(client, SHOP, CREDENTIALS, NOW, NOW)]
    assert caught.value.code == "garbage"


async def test_credentials_without_a_token_are_no_credentials() -> None:
    async with asking(Shelf(TOKEN)) as client:
        with pytest.raises(AdapterError) as caught:
            await fetch_order(client, SHOP, {}, "1")
    assert (caught.value.code, caught.value.permanent) == ("unauthorised", True)


@pytest.mark.parametrize("name", [name for name in vars(graphql_queries) if name.isupper() and name[0] != "_"])
def test_no_question_costs_more_than_shopify_allows(name: str) -> None:
    if name == "VERSION":
        return
    cost = requested_cost(read_schema(), parse(getattr(graphql_queries, name)), {})
    assert cost < MOST / 2


@pytest.mark.parametrize("document", [{}, {"extensions": {"cost": None}}, {"extensions": {"cost": {
    "requestedQueryCost": 5, "throttleStatus": {"currentlyAvailable": 1, "restoreRate": 0}}}}])  # fmt: skip
def test_a_wait_that_is_not_told_is_too_long(document: dict[str, Any]) -> None:
    assert seconds_to_wait(document) > LONGEST_WAIT
