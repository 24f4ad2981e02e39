"""What an order's page recommends, and the feed that stands behind it."""

import pytest

from portal.kernel.money import Money
from portal.merchants.queries import MerchantFacts
from portal.products.feed import FeedItem, FeedRefused
from portal.products.queries import list_offered
from portal.products.rules import Product, recommend
from portal.products.service import replace_feed
from tests.factories.merchants import NOW


def product(sku: str, group: str = "", product_type: str = "Hats") -> Product:
    return Product(sku, group, sku, f"https://shop.example/{sku}", product_type, Money(1000, "EUR"), None, "")


def item(sku: str, **facts: object) -> FeedItem:
    known: dict[str, object] = {
        "group": "", "title": sku, "link": f"https://shop.example/{sku}", "picture": "", "product_type": "",
        "price": Money(1000, "EUR"), "sale_price": None, "available": True,
    }  # fmt: skip
    return FeedItem(sku=sku, **{**known, **facts})  # type: ignore[arg-type]  # facts are named by the test


def test_nothing_that_was_bought_and_no_other_size_of_it() -> None:
    offered = [product("a-s", "a"), product("a-m", "a"), product("b-s", "b"), product("b-m", "b")]
    assert [one.sku for one in recommend(offered, {"a-m"}, "1001", 4)] == ["b-s"]


def test_one_of_each_type_before_a_second_and_alike_for_the_same_order() -> None:
    offered = [product("h1"), product("h2"), product("m1", "", "Mugs"), product("m2", "", "Mugs")]
    chosen = recommend(offered, set(), "1001", 3)
    assert {one.product_type for one in chosen[:2]} == {"Hats", "Mugs"}
    assert recommend(offered, set(), "1001", 3) == chosen


async def test_a_feed_replaces_the_one_before(merchant: MerchantFacts, other_merchant: MerchantFacts) -> None:
    await replace_feed(merchant.id, "", [item("old")], NOW)
    await replace_feed(other_merchant.id, "", [item("theirs")], NOW)
    report = await replace_feed(
        merchant.id, "", [item("new", sale_price=Money(800, "EUR")), item("new"), item("gone", available=False)], NOW
    )
    (offered,) = await list_offered(merchant.id, "de")
    assert (offered.sku, offered.price, offered.was) == ("new", Money(800, "EUR"), Money(1000, "EUR"))
    assert (report.taken, report.refusals) == (2, ["new: is there twice"])
    assert [one.sku for one in await list_offered(other_merchant.id, "en")] == ["theirs"]


async def test_a_feed_that_holds_nothing_changes_nothing(merchant: MerchantFacts) -> None:
    await replace_feed(merchant.id, "", [item("kept")], NOW)
    with pytest.raises(FeedRefused, match="has no title"):
        await replace_feed(merchant.id, "", [FeedRefused("product 1 (x): has no title")], NOW)
    assert [one.sku for one in await list_offered(merchant.id, "en")] == ["kept"]


async def test_the_language_s_own_feed_comes_first(merchant: MerchantFacts) -> None:
    await replace_feed(merchant.id, "", [item("for-all")], NOW)
    await replace_feed(merchant.id, "de", [item("deutsch")], NOW)
    assert [one.sku for one in await list_offered(merchant.id, "de")] == ["deutsch"]
    assert [one.sku for one in await list_offered(merchant.id, "en")] == ["for-all"]
