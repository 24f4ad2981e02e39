"""The brand's blocks below an order: when they are shown, and what stands in them."""

from datetime import date
from types import MappingProxyType
from typing import Any

from portal.branding.sections import Phrase, Section
from portal.kernel.money import Money
from portal.products.rules import Product
from portal.tracking.presenters import SectionView
from portal.tracking.sections import section_views

TODAY = date(2026, 11, 20)
CONTENT = {"order": {"number": "1001", "cancelled_at": None}, "lines": [{"sku": "mug"}, {"sku": ""}]}


def phrase(text: str) -> Phrase:
    return Phrase(MappingProxyType({"": text}))


STORY = Section("story", phrase("A story"), image="one.svg")
OFFER = Section("offer", phrase("An offer"), until=TODAY)
PRODUCTS = Section("products", phrase("More"), count=2)


def product(sku: str) -> Product:
    return Product(sku, "", sku.title(), f"https://shop.example/{sku}", sku, Money(900, "EUR"), None, "")


def views(*sections: Section, **facts: Any) -> tuple[SectionView, ...]:
    known: dict[str, Any] = {"products": [product("mug"), product("hat")], "today": TODAY, "tone": "ok"}
    known |= facts
    return section_views(
        sections, CONTENT, known["products"], "de", known["today"], known["tone"], {"one.svg": "/assets/1/one.svg"}
    )


def test_blocks_stand_in_the_theme_s_order_with_the_theme_s_picture() -> None:
    story, offer = views(STORY, OFFER)
    assert (story.kind, story.image_url, offer.title) == ("story", "/assets/1/one.svg", "An offer")


def test_an_offer_is_gone_the_day_after_its_last() -> None:
    assert views(OFFER, today=date(2026, 11, 21)) == ()


def test_nothing_stands_below_bad_news() -> None:
    assert views(STORY, OFFER, PRODUCTS, tone="bad") == ()


def test_products_leave_out_what_was_bought_and_their_block_when_none_is_left() -> None:
    (shown,) = views(PRODUCTS)
    assert [one.title for one in shown.products] == ["Hat"]
    assert views(PRODUCTS, products=[product("mug")]) == ()
