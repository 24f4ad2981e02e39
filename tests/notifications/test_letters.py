"""Letters: the brand's look, the reader's language, nothing from elsewhere, and nothing a shop wrote becomes markup."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from portal.integrations.smtp.composing import compose
from portal.kernel.words import Words
from portal.merchants.queries import MerchantFacts
from portal.notifications.letters import Links, write_letter
from portal.notifications.presenters import ItemLine, ParcelLetter
from portal.web.render import TEMPLATES
from tests.branding.markup import read_markup
from tests.notifications.post import STATIONERY

LETTER = ParcelLetter(
    heading=Words("Your parcel is on its way"),
    lede=Words("%(carrier)s has it now. We write again when it is close.", {"carrier": "DHL"}),
    more=(),
    number="#FW-1042",
    expected=Words("Expected %(day)s", {"day": datetime(2026, 11, 24, tzinfo=UTC).date()}),
    carrier="DHL",
    tracking_number="JD014600006281230704",
    items=(ItemLine(2, "Ridge shell jacket"),),
    url="https://fernweh.example/en/o/token",
    required=False,
)
LINKS = Links("https://fernweh.example/", "https://fernweh.example/o/t/messages", "https://fernweh.example/messages/l")
NASTY = '<script>alert(1)</script>"><img src=x onerror=alert(1)>\r\nBcc: x@evil.example'


@pytest.mark.parametrize("locale", ["en", "de", "es", "ar", "en-XA"])
async def test_a_letter_says_all_in_one_language(merchant: MerchantFacts, locale: str) -> None:
    mail = write_letter(STATIONERY, merchant, locale, "parcel", LETTER, "nora@example.org", "1", LINKS)
    (html,) = read_markup(mail.html).every("html")
    assert html.attributes["dir"] == ("rtl" if locale == "ar" else "ltr")
    assert len(html.every("h1")) == 1
    assert all(link in mail.text and link in mail.html for link in (LETTER.url, LINKS.leave, LINKS.settings))


@pytest.mark.parametrize("theme", ["fernweh", "aurelle"])
async def test_a_letter_loads_nothing_and_wears_the_brands_colours(merchant: MerchantFacts, theme: str) -> None:
    mail = write_letter(STATIONERY, replace(merchant, theme=theme), "en", "parcel", LETTER, "n@example.org", "1")
    assert re.findall(r"<(?:img|link|script|iframe)|url\(|@import|rem\b", mail.html) == []
    assert "prefers-color-scheme:dark" in mail.html
    assert "List-Unsubscribe" not in mail.headers


async def test_nothing_that_a_shop_wrote_becomes_markup_or_a_header(merchant: MerchantFacts) -> None:
    about = replace(LETTER, carrier=NASTY, tracking_number=NASTY, number=NASTY, items=(ItemLine(1, NASTY),))
    mail = write_letter(STATIONERY, replace(merchant, name=NASTY), "en", "parcel", about, "n@example.org", "1", LINKS)
    content = compose(mail, "post@fernweh.example", datetime(2026, 11, 20, tzinfo=UTC)).content
    assert read_markup(mail.html).every("script") == read_markup(mail.html).every("img") == []
    assert b"\nBcc:" not in content.split(b"\r\n\r\n")[0]


async def test_a_letter_in_a_language_that_the_shop_lacks_comes_in_its_own(merchant: MerchantFacts) -> None:
    mail = write_letter(STATIONERY, merchant, "fr", "parcel", LETTER, "n@example.org", "1")
    assert mail.headers["Content-Language"] == merchant.locale
    assert mail.reply_to == merchant.support_email


async def test_the_text_holds_no_markup_and_no_long_gaps(merchant: MerchantFacts) -> None:
    mail = write_letter(STATIONERY, merchant, "en", "parcel", LETTER, "n@example.org", "1", LINKS)
    assert "<" not in mail.text
    assert "\n\n\n" not in mail.text


def test_every_letter_has_a_plain_text_beside_it() -> None:
    kinds = {form: {path.stem for path in (TEMPLATES / "mail").glob(f"*.{form}")} for form in ("html", "txt")}
    assert kinds["html"] == kinds["txt"]
    assert "parcel" in kinds["txt"]
