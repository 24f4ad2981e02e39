"""The brands' goods and their drawings."""

import re

import pytest

from portal.demo.catalogue import SLUGS, art_path, articles
from portal.demo.seed import policy_of, write_pictures
from portal.policies.documents import read_document

DRAWINGS = [path for slug in SLUGS for path in sorted(art_path(slug, "x").parent.glob("*.svg"))]
FORBIDDEN = re.compile(r"<script|<style|\sstyle=|href|url\(|<image|<foreignObject|\son\w+=|<!|&\w+;", re.IGNORECASE)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_brand_sells_at_least_twenty_four_products(slug):
    products = {article.product.id for article in articles(slug).values()}
    assert len(products) >= 24
    assert all(article.product.title and article.product.vendor for article in articles(slug).values())


@pytest.mark.parametrize("slug", SLUGS)
def test_every_drawing_named_exists_and_every_drawing_is_used(slug):
    named = {article.art for article in articles(slug).values()} - {""}
    assert named == {path.stem for path in art_path(slug, "x").parent.glob("*.svg")}


@pytest.mark.parametrize("slug", SLUGS)
def test_some_goods_have_no_picture_some_are_final_sale_some_can_be_personalised(slug):
    goods = list(articles(slug).values())
    assert any(not article.art for article in goods)
    assert any("final-sale" in article.product.tags for article in goods)
    assert any(article.product.personalisation for article in goods)


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_a_drawing_is_small_and_holds_nothing_that_runs_or_loads(path):
    text = path.read_text()
    assert len(text.encode()) <= 3 * 1024
    assert not FORBIDDEN.search(text)
    assert text.startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96">')


def test_pictures_are_named_by_sku(tmp_path):
    assert write_pictures("jewels", tmp_path) == len(list(tmp_path.iterdir()))
    assert (tmp_path / "AU-SOL-WG-6.svg").read_bytes() == art_path("jewels", "solene-solitaire-ring-white").read_bytes()


@pytest.mark.parametrize("slug", SLUGS)
def test_both_policies_are_documents_that_exclude_final_sale_and_personalised_goods(slug):
    document = read_document(policy_of(slug))
    assert {"final-sale", "personalised", "gift-card"} <= {rule.id for rule in document.rules}
