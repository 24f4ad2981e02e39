"""The printed label: one page, both codes readable on a cheap printer, nothing of the address lost."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
import zxingcpp
from PIL.Image import Image
from pypdfium2 import PdfDocument
from pypdfium2.raw import FPDFCatalog_IsTagged

from portal.integrations.records import AddressRecord
from portal.labels.document import render_return_label
from portal.labels.look import PrintLook, faces_for
from portal.labels.renderer import Renderer, RenderOverflow
from portal.labels.rules import LabelFacts, barcode_content
from portal.orders.addresses import address_block
from tests.labels.conftest import AURELLE, FERNWEH, unpacked

Brands = dict[str, tuple[LabelFacts, PrintLook]]
TWENTY = tuple(
    (f"A long product title, number {n}, in a colour and a size and a fit of its own", n) for n in range(1, 21)
)
LONG_ADDRESS = AddressRecord(
    name="Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft Rückgaben",
    company="Fernweh Internationale Logistik und Rückgabe GmbH & Co. KG",
    line1="Bürgermeister-Doktor-Ernst-Friedrich-Schumacher-Straße 1234 Hinterhaus",
    line2="Gebäude C, Rampe 17, Tor 4 bei der Warenannahme im zweiten Untergeschoss",
    city="Sankt Andreasberg-Klausthal-Zellerfeld an der Innerste",
    postal_code="99084",
    country="DE",
)
JAPAN = AddressRecord(
    name="山田太郎",
    company="フェルンヴェー返品センター",
    line1="丸の内1-1-1",
    line2="パレスビル3階",
    city="千代田区",
    postal_code="100-0005",
    region="東京都",
    country="JP",
)
EMIRATES = AddressRecord(name="متجر السفر", line1="شارع الشيخ زايد 12", city="وسط المدينة", region="دبي", country="AE")
CASES: dict[str, dict[str, object]] = {
    "one item": {},
    "twenty items": {"items": TWENTY},
    "arabic": {"locale": "ar", "to_address": EMIRATES, "items": (("حذاء جلدي للمشي", 1), ("Parka", 2))},
    "cjk": {"merchant_name": "フェルンヴェー", "to_address": JAPAN, "from_lines": ("王小明", "上海市")},
    "very long": {
        "merchant_name": "The Extraordinarily Long-Named Outdoor & Mountaineering Company of Thuringia",
        "to_address": LONG_ADDRESS,
        "from_lines": ("An unreasonably long sender line that goes on and on and on",) * 6,
        "carrier_name": "Deutsche Post DHL Group Express Worldwide Services",
        "return_number": "R-10427300000001",
        "order_number": "#FW-104820000000000000000000001",
        "tracking_code": "00340434161094042557",
        "items": TWENTY,
        "from_country": "US",
    },
    "hostile": {
        "merchant_name": '<b onload="x">&amp;</b>',
        "from_lines": ("<script>alert(1)</script>", "\u202egnihtemos"),
        "items": (("</body></html><img src=file:///etc/hostname>", 1),),
    },
}


def text_of(pdf: bytes) -> tuple[int, str]:
    """Pages, and all text without blanks, so that line breaks do not matter."""
    document = PdfDocument(pdf)
    try:
        return len(document), "".join(document[0].get_textpage().get_text_bounded().split())
    finally:
        document.close()


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("brand", ["fernweh", "aurelle"])
async def test_both_codes_read_back_from_one_page(
    renderer: Renderer, brands: Brands, picture: Callable[..., Image], brand: str, case: str
) -> None:
    facts, look = brands[brand]
    facts = replace(facts, **CASES[case])  # type: ignore[arg-type]  # fields by name
    pdf = await render_return_label(renderer, facts, look)
    # One bit a dot, as a thermal printer has it.
    printed = picture(pdf).point([0] * 128 + [255] * 128)
    read = {code.format: code.text for code in zxingcpp.read_barcodes(printed)}
    assert read == {
        zxingcpp.BarcodeFormat.Code128: barcode_content(facts),
        zxingcpp.BarcodeFormat.QRCode: facts.drop_off_payload,
    }
    assert text_of(pdf)[0] == 1


@pytest.mark.parametrize("case", ["one item", "cjk", "very long"])
async def test_every_character_of_the_address_is_on_the_page(renderer: Renderer, brands: Brands, case: str) -> None:
    facts, look = brands["fernweh"]
    facts = replace(facts, **CASES[case])  # type: ignore[arg-type]  # fields by name
    _, text = text_of(await render_return_label(renderer, facts, look))
    for line in address_block(facts.to_address, facts.from_country):
        assert "".join(line.split()) in text


async def test_twenty_items_say_how_many_are_not_listed(renderer: Renderer, brands: Brands) -> None:
    facts, look = brands["aurelle"]
    _, text = text_of(await render_return_label(renderer, replace(facts, items=TWENTY), look))
    assert "number5," in text
    assert "number6," not in text
    assert "and195morepieces" in text


async def test_an_address_that_not_even_tiny_type_can_hold_is_an_error(renderer: Renderer, brands: Brands) -> None:
    facts, look = brands["fernweh"]
    endless = replace(facts, to_address=replace(LONG_ADDRESS, line1="Lange Straße " * 300))
    with pytest.raises(RenderOverflow):
        await render_return_label(renderer, endless, look)


async def test_the_same_facts_give_the_same_bytes(renderer: Renderer, brands: Brands) -> None:
    facts, look = brands["fernweh"]
    first, second = await asyncio.gather(*(render_return_label(renderer, facts, look) for _ in range(2)))
    assert first == second


async def test_the_page_is_four_by_six_inches_and_says_its_language_and_title(
    renderer: Renderer, brands: Brands
) -> None:
    pdf = await render_return_label(renderer, *brands["fernweh"])
    document = PdfDocument(pdf)
    size, title = document[0].get_size(), document.get_metadata_dict()["Title"]
    tagged = FPDFCatalog_IsTagged(document.raw)
    document.close()
    assert size == pytest.approx((288, 432))
    assert "R-104273" in title
    assert b"/Lang (de)" in unpacked(pdf)
    assert tagged


async def test_a_label_stays_small_enough_to_mail(renderer: Renderer, brands: Brands) -> None:
    assert len(await render_return_label(renderer, *brands["aurelle"])) < 40_000


async def test_all_words_come_from_the_catalogue(renderer: Renderer, brands: Brands) -> None:
    facts, look = brands["aurelle"]
    facts = replace(facts, locale="en-XA", items=TWENTY)
    _, text = text_of(await render_return_label(renderer, facts, look))
    for word in ("Returnnumber", "Carrier", "From", "To", "Order", "Handinby", "and195morepieces"):
        assert f"⟦{word}⟧".upper() in text.upper()


def test_faces_are_loaded_for_the_scripts_on_the_page_only(looks: dict[str, PrintLook]) -> None:
    fonts = looks["fernweh"].fonts
    if not fonts:
        pytest.skip("the brands' fonts are not installed")
    plain = {font.family for font in faces_for(fonts, "Gutenbergstraße 12")}
    assert "Cairo" not in plain
    assert {font.family for font in faces_for(fonts, "Erfurt حذاء")} - plain == {"Cairo"}


@pytest.mark.parametrize(
    "tokens",
    [
        {"ink": "red;}@import url(http://x)"},
        {"accent": "#12345"},
        {"font_text": ('x"}@font-face{src:url(file:///etc/hostname)}',)},
        {"tracking": "1em;position:fixed"},
        {"rule": "expression(1)"},
    ],
)
def test_tokens_cannot_smuggle_css(tokens: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a print token"):
        PrintLook(**tokens)  # type: ignore[arg-type]  # fields by name


def test_the_demo_brands_differ_in_all_that_a_shopper_sees(looks: dict[str, PrintLook]) -> None:
    fernweh, aurelle = looks["fernweh"], looks["aurelle"]
    assert fernweh.font_display != aurelle.font_display
    assert (fernweh.capitals, aurelle.capitals) == (False, True)
    assert FERNWEH.to_address != AURELLE.to_address
