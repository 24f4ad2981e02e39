"""Product feeds: what shops already make for Google, and what is wrong with some of them."""

from pathlib import Path

import pytest

from portal.kernel.money import Money
from portal.products.feed import FeedItem, FeedRefused, read_feed

RSS = """<?xml version="1.0"?>
<rss xmlns:g="urn:google" version="2.0"><channel><title>Shop</title>
<item><g:id>A-1</g:id><title>Wool  hat</title><link>https://shop.example/a</link><g:price>15.00 EUR</g:price>
<g:sale_price>EUR 12.50</g:sale_price><g:availability>in stock</g:availability>
<g:item_group_id>A</g:item_group_id></item>
<item><g:id>A-2</g:id><title>Cap</title><link>javascript:alert(1)</link><g:price>15.00 EUR</g:price></item>
<item><g:id>A-3</g:id><title>Belt</title><link>https://shop.example/b</link><g:price>lots</g:price></item>
<item><g:id>A-4</g:id><title>Scarf</title><link>https://shop.example/c</link><g:price>900 JPY</g:price>
<g:availability>out_of_stock</g:availability></item>
</channel></rss>"""


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "feed"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_an_xml_feed_is_read_product_by_product(tmp_path: Path) -> None:
    hat, cap, belt, scarf = read_feed(written(tmp_path, RSS))
    assert isinstance(hat, FeedItem)
    assert (hat.title, hat.price, hat.sale_price, hat.group) == (
        "Wool hat",
        Money(1500, "EUR"),
        Money(1250, "EUR"),
        "A",
    )
    assert [str(one).split(":")[0] for one in (cap, belt)] == ["product 2 (A-2)", "product 3 (A-3)"]
    assert isinstance(scarf, FeedItem)
    assert (scarf.available, scarf.price) == (False, Money(900, "JPY"))


def test_a_table_is_read_with_tabs_or_commas(tmp_path: Path) -> None:
    for mark in ("\t", ","):
        head = mark.join(("id", "title", "link", "price", "availability"))
        row = mark.join(("1", "Mug", "https://shop.example/m", "9.90 USD", "in_stock"))
        (mug,) = read_feed(written(tmp_path, f"{head}\n{row}\n"))
        assert isinstance(mug, FeedItem)
        assert mug.price == Money(990, "USD")


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><rss><item><id>&b;</id></item></rss>'
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BOMB, "entities"),
        (RSS[:400], "not XML to the end"),
        ("name;price\nMug;9", "columns are missing"),
        (b"\xff\xfe\x00id,title", "UTF-8"),
        ("", "columns are missing"),
    ],
)
def test_a_file_that_is_no_feed_says_why(tmp_path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(FeedRefused, match=said):
        list(read_feed(written(tmp_path, text)))
