"""Money, dates and numbers as people of a language and region write them, and which language a visitor gets."""

import re
from datetime import UTC, date, datetime

import pytest

from portal.kernel.money import Money
from portal.kernel.words import Words
from portal.web.locale import PSEUDO, Speech, negotiate, own_name

DAY = date(2026, 11, 26)
EARLY = datetime(2026, 11, 26, 4, 30, tzinfo=UTC)
"""05:30 in Berlin; in New York it is half past eleven the evening before."""
INVISIBLE = re.compile("[\u200e\u200f\u061c\u2066-\u2069]")
BERLIN, NEW_YORK = ("DE", "Europe/Berlin"), ("US", "America/New_York")
OFFERED = ("de", "en", "ar")


def speech(language: str, place: tuple[str, str] = BERLIN) -> Speech:
    return Speech(language, *place)


def plain(text: str) -> str:
    """Without marks of direction, and with every kind of space as a space."""
    return " ".join(INVISIBLE.sub("", text).replace("\u00a0", " ").replace("\u202f", " ").split())


@pytest.mark.parametrize(
    ("language", "place", "long", "day", "short"),
    [
        ("de", BERLIN, "26. November 2026", "Donnerstag, 26. November", "26. Nov."),
        ("en", BERLIN, "26 November 2026", "Thursday, 26 November", "26 Nov"),
        ("ar", BERLIN, "26 نوفمبر 2026", "الخميس، 26 نوفمبر", "26 نوفمبر"),
        ("en", NEW_YORK, "November 26, 2026", "Thursday, November 26", "Nov 26"),
        ("es", NEW_YORK, "26 de noviembre de 2026", "jueves, 26 de noviembre", "26 nov"),
        ("ar", NEW_YORK, "26 نوفمبر 2026", "الخميس، 26 نوفمبر", "26 نوفمبر"),
    ],
)
def test_a_day_is_written_as_its_readers_write_it(
    language: str, place: tuple[str, str], long: str, day: str, short: str
) -> None:
    speaker = speech(language, place)
    assert [speaker.date(DAY, style) for style in ("long", "day", "short")] == [long, day, short]


@pytest.mark.parametrize(
    ("language", "place", "time"),
    [
        ("de", BERLIN, "05:30"),
        ("en", BERLIN, "05:30"),
        ("ar", BERLIN, "5:30 ص"),
        ("en", NEW_YORK, "11:30 PM"),
        ("es", NEW_YORK, "11:30 p.m."),
    ],
)
def test_the_time_of_day_is_the_shops(language: str, place: tuple[str, str], time: str) -> None:
    assert plain(speech(language, place).time(EARLY)) == time
    assert plain(speech(language, place).moment(EARLY)).endswith(time)


def test_a_moment_falls_on_the_shops_day() -> None:
    assert speech("de").date(EARLY, "short") == "26. Nov."
    assert speech("en", NEW_YORK).date(EARLY, "short") == "Nov 25"


@pytest.mark.parametrize(
    ("language", "place", "amount", "text"),
    [
        ("de", BERLIN, Money(18900, "EUR"), "189,00 €"),
        ("en", BERLIN, Money(18900, "EUR"), "€189.00"),
        ("ar", BERLIN, Money(18900, "EUR"), "189.00 €"),
        ("de", BERLIN, Money(123456789, "EUR"), "1.234.567,89 €"),
        ("en", NEW_YORK, Money(148000, "USD"), "$1,480.00"),
        ("es", NEW_YORK, Money(148000, "USD"), "$1,480.00"),
        ("en", NEW_YORK, Money(-148000, "USD"), "−$1,480.00"),
        ("en", NEW_YORK, Money(148000, "JPY"), "¥148,000"),
        ("de", BERLIN, Money(148000, "JPY"), "148.000 ¥"),
        ("en", BERLIN, Money(1500, "KWD"), "KWD 1.500"),
        ("ar", BERLIN, Money(1500, "KWD"), "1.500 د.ك."),
    ],
)
def test_money_is_written_with_its_own_decimals(
    language: str, place: tuple[str, str], amount: Money, text: str
) -> None:
    written = plain(speech(language, place).money(amount))
    # CLDR's versions differ in the space after a code, and in nothing else that a reader sees.
    assert written.replace(" ", "") == text.replace(" ", "")


def test_only_arabic_runs_from_right_to_left() -> None:
    assert {language: speech(language).direction for language in ("de", "en", "es", "ar", PSEUDO)} == {
        "de": "ltr",
        "en": "ltr",
        "es": "ltr",
        "ar": "rtl",
        PSEUDO: "ltr",
    }


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Arrives Thursday, 26 November"),
        ("de", "Kommt am Donnerstag, 26. November"),
        ("es", "Llega el jueves, 26 de noviembre"),
        ("ar", "يصل يوم الخميس، 26 نوفمبر"),
    ],
)
def test_a_day_fits_into_its_sentence(language: str, text: str) -> None:
    assert speech(language).say(Words("Arrives %(day)s", {"day": DAY})) == text


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", {0: "0 pieces", 1: "1 piece", 2: "2 pieces", 100: "100 pieces"}),
        ("de", {0: "0 Stück", 1: "1 Stück", 2: "2 Stück"}),
        ("es", {0: "0 artículos", 1: "1 artículo", 2: "2 artículos"}),
        (
            "ar",
            {
                0: "لا قطع",
                1: "قطعة واحدة",
                2: "قطعتان",
                3: "3 قطع",
                10: "10 قطع",
                11: "11 قطعة",
                99: "99 قطعة",
                100: "100 قطعة",
                103: "103 قطع",
            },
        ),
    ],
)
def test_a_number_chooses_its_form(language: str, texts: dict[int, str]) -> None:
    speaker = speech(language)
    said = {count: speaker.ngettext("%(count)s piece", "%(count)s pieces", count) for count in texts}
    assert said == texts


def test_eleven_and_a_hundred_parcels_differ_in_arabic() -> None:
    forms = [speech("ar").ngettext("%(count)s parcel", "%(count)s parcels", count) for count in (0, 1, 2, 3, 11, 100)]
    assert forms == ["لا طرود", "طرد واحد", "طردان", "3 طرود", "11 طردًا", "100 طرد"]


def test_words_carry_their_own_plural() -> None:
    days = Words(
        "Not delivered yet. Once it has arrived, you can return it for %(count)s day.",
        {},
        "Not delivered yet. Once it has arrived, you can return it for %(count)s days.",
        30,
    )
    assert "30 Tage" in speech("de").say(days)
    assert "30 يومًا" in speech("ar").say(days)


def test_words_within_words_are_said_in_the_same_language() -> None:
    inner = Words("Parcel %(number)s of %(count)s", {"number": 1, "count": 2})
    assert speech("de").say(Words("%(name)s: %(value)s", {"name": inner, "value": "Moos"})) == "Paket 1 von 2: Moos"


def test_a_foreign_number_keeps_its_order_in_arabic() -> None:
    assert speech("ar").say("Order %(number)s", number="#FW-10482") == "الطلب \u2068#FW-10482\u2069"


def test_a_language_without_a_catalogue_speaks_english() -> None:
    assert speech("fr").say("Thank you") == "Thank you"
    assert speech("fr").date(DAY) == "26 novembre 2026"


def test_a_text_without_a_translation_stays_as_it_is() -> None:
    assert speech("de").say("Nobody has ever said this") == "Nobody has ever said this"


@pytest.mark.parametrize(
    ("cookie", "accept", "language"),
    [
        ("", "", "de"),
        ("ar", "en", "ar"),
        ("fr", "en", "en"),
        ("../../etc", "", "de"),
        ("", "en-GB,en;q=0.9,de;q=0.8", "en"),
        ("", "fr-FR, ar-EG;q=0.7, en;q=0.6", "ar"),
        ("", "de;q=0, en;q=0.1", "en"),
        ("", "en;q=0.5, ar;q=0.5", "en"),
        ("", "*", "de"),
        ("", "fr, it;q=0.9", "de"),
        ("", "en;q=high, ;;,", "de"),
        ("", "EN-us", "en"),
        ("", "x" * 100_000 + ", en", "de"),
    ],
)
def test_the_language_is_the_best_of_those_offered(cookie: str, accept: str, language: str) -> None:
    assert negotiate(OFFERED, "de", cookie, accept) == language


def test_every_language_calls_itself_by_its_own_name() -> None:
    assert [own_name(language) for language in ("de", "en", "es", "ar")] == ["Deutsch", "English", "Español", "العربية"]


def test_a_minus_stands_before_its_number_in_arabic() -> None:
    text = speech("ar").money(Money(-3000, "EUR"))
    # Isolated from the line around it, and with nothing that turns the figures' own direction.
    assert text == "\u2066−30.00\u00a0€\u2069"


def test_a_currency_of_letters_keeps_its_distance() -> None:
    assert speech("en").money(Money(17666, "CHF")) == "CHF\u00a0176.66"
