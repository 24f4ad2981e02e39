"""Merchants, their hosts, their keys and their numbers."""

import asyncio

import pytest

from portal.db.setup import transaction
from portal.kernel.hosts import host_name
from portal.kernel.refusal import Refusal
from portal.merchants.queries import MerchantFacts, find_api_key, find_merchant_by_host
from portal.merchants.service import create_api_key, next_number
from tests.factories.merchants import NOW, make_merchant


async def test_a_host_finds_exactly_its_merchant(merchant: MerchantFacts, other_merchant: MerchantFacts) -> None:
    found = await find_merchant_by_host(f"{merchant.slug}.localhost")
    assert found == merchant
    assert await find_merchant_by_host("nobody.localhost") is None


async def test_a_host_cannot_be_taken_from_another_merchant(
    merchant: MerchantFacts,
) -> None:
    with pytest.raises(Refusal, match="host_taken"):
        await make_merchant(hosts=(f"{merchant.slug}.localhost",))


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("fashion.localhost:8000", "fashion.localhost"),
        ("FASHION.localhost", "fashion.localhost"),
        ("fashion.localhost.", None),
        ("fashion.localhost/b?x=", None),
        ("a@fashion.localhost", None),
        ("[::1]:8000", None),
        ("fashion.localhost:80:80", None),
        ("fashion.localhost ", None),
        ("fäshion.localhost", None),
        ("", None),
        ("a" * 300, None),
    ],
)
def test_only_a_plain_host_header_names_a_host(header: str, name: str | None) -> None:
    assert host_name(header) == name


async def test_a_key_is_shown_once_and_found_by_its_hash(
    merchant: MerchantFacts,
) -> None:
    token = await create_api_key(merchant.id, "shop", ("read_orders",), NOW)
    key = await find_api_key(token, NOW)
    assert key is not None
    assert (key.merchant_id, key.scopes, key.last_used_at) == (
        merchant.id,
        ["read_orders"],
        None,
    )
    assert await find_api_key(token + "x", NOW) is None


async def test_an_unknown_scope_is_refused(merchant: MerchantFacts) -> None:
    with pytest.raises(Refusal, match="unknown_scope"):
        await create_api_key(merchant.id, "shop", ("write_everything",), NOW)


async def test_fifty_at_once_get_fifty_numbers(merchant: MerchantFacts) -> None:
    async def take() -> int:
        async with transaction():
            return await next_number(merchant.id, "returns")

    taken = await asyncio.gather(*(take() for _ in range(50)))
    assert sorted(taken) == list(range(1001, 1051))
