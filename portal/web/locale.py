"""Languages: which one a visitor reads, and how words, money and dates are said in it (CLDR, by Babel)."""

import gettext
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency

from portal.kernel.money import Money
from portal.kernel.words import Words

CATALOGUES = Path(__file__).parents[2] / "locales"
PSEUDO = "en-XA"
"""The language of tests: every translated string comes back in brackets, so that what is untranslated shows."""
TWELVE_HOUR_COUNTRIES = frozenset({"US", "CA", "PH", "PR"})
LETTER_BEFORE_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)")
"""Where CLDR's currency spacing wants a space that Babel leaves out: "CHF 176.66"."""
RIGHT_TO_LEFT_MARK = "\u200f"
YEAR = re.compile(r"[,،]?\s*(?:'[^']*'\s*)?y+\s*$")
"""The year at the end of a locale's full date, with what joins it."""


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The messages of a language, read from its .po file; English is the source and needs none."""
    if language == PSEUDO:
        return _PseudoTranslations()
    path = CATALOGUES / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return gettext.NullTranslations()
    with path.open("rb") as source:
        messages = read_po(source, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


class _PseudoTranslations(gettext.NullTranslations):
    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


@cache
def regional(language: str, country: str) -> Locale:
    """The locale whose formats a shopper of this merchant expects: English is British unless the shop is American."""
    if language in {"en", PSEUDO}:
        return Locale.parse("en_US" if country in TWELVE_HOUR_COUNTRIES else "en_GB")
    try:
        return Locale.parse(f"{language}_{country}")
    except (UnknownLocaleError, ValueError):  # ValueError: no country at all
        return Locale.parse(language)


@dataclass(frozen=True)
class Speech:
    """Speaks one language with one region's formats in one time zone."""

    language: str
    country: str
    time_zone: str
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _translations: gettext.NullTranslations = field(init=False, repr=False, compare=False)
    _locale: Locale = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_zone", ZoneInfo(self.time_zone))
        object.__setattr__(self, "_translations", catalogue(self.language))
        object.__setattr__(self, "_locale", regional(self.language, self.country))

    @property
    def direction(self) -> str:
        """ltr or rtl."""
        return self._locale.text_direction

    def say(self, words: Words | str, **params: Any) -> str:
        """Words (or a message id) as a sentence of this language."""
        if isinstance(words, str):
            text = self._translations.gettext(words)
            return text % self._spoken(params) if params else text
        if words.plural is not None:
            return self.ngettext(words.message, words.plural, words.count or 0, **dict(words.params))
        text = self._translations.gettext(words.message)
        return text % self._spoken(words.params) if words.params else text

    def ngettext(self, singular: str, plural: str, n: int, **params: Any) -> str:
        """The plural form for `n`, which also fills %(count)s."""
        text = self._translations.ngettext(singular, plural, n)
        return text % self._spoken({"count": n, **params})

    def money(self, amount: Money) -> str:
        """An amount with its currency, never rounded."""
        return _money(amount.minor, amount.currency, self._locale)

    def date(self, value: date | datetime, style: str = "long") -> str:
        """A day: long "26 November 2026", day "Thursday, 26 November", short "26 Nov"; a moment is taken in our time
        zone.
        """
        if isinstance(value, datetime):
            value = value.astimezone(self._zone).date()
        return _date(value, style, self._locale)

    def time(self, value: datetime) -> str:
        """The time of day in our time zone."""
        local = value.astimezone(self._zone)
        return _time(local.hour, local.minute, self._locale)

    def moment(self, value: datetime) -> str:
        """Day and time, short."""
        comma = "،" if self._locale.language == "ar" else ","
        return f"{self.date(value, 'short')}{comma} {self.time(value)}"

    def _spoken(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._one(value) for name, value in params.items()}

    def _one(self, value: Any) -> Any:
        if isinstance(value, Words):
            return self.say(value)
        if isinstance(value, Money):
            return self.money(value)
        if isinstance(value, date):
            return self.date(value, "day")
        if isinstance(value, time):
            return _time(value.hour, value.minute, self._locale)
        return value


@lru_cache(maxsize=4096)
def _money(minor: int, currency: str, locale: Locale) -> str:
    # Never rounded: where CLDR would drop decimals that were charged, they are shown.
    text = format_currency(Money(minor, currency).decimal, currency, locale=locale, decimal_quantization=False)
    text = LETTER_BEFORE_DIGIT.sub("\u00a0", text.replace("-", "−"))
    if locale.text_direction != "rtl":
        return text
    # Kept together as one left-to-right run: CLDR's own mark would let the sign and US$ change sides.
    return f"\u2066{text.lstrip(RIGHT_TO_LEFT_MARK)}\u2069"


@lru_cache(maxsize=4096)
def _date(value: date, style: str, locale: Locale) -> str:
    if style == "long":
        return format_date(value, "long", locale=locale)
    if style == "day":
        return format_date(value, YEAR.sub("", str(locale.date_formats["full"])), locale=locale)
    return format_skeleton("MMMd", datetime(value.year, value.month, value.day), locale=locale)


@lru_cache(maxsize=4096)
def _time(hour: int, minute: int, locale: Locale) -> str:
    return format_time(datetime(2000, 1, 1, hour, minute), "short", locale=locale)


def negotiate(offered: Sequence[str], default: str, cookie: str, accept: str) -> str:
    """The language for a visitor who named none in the path: cookie, then Accept-Language, then the merchant's own."""
    if cookie in offered:
        return cookie
    by_folded = {language.lower(): language for language in offered}
    for wanted in _accepted(accept):
        for candidate in (wanted.lower(), wanted.lower().split("-")[0]):
            if candidate in by_folded:
                return by_folded[candidate]
    return default


def _accepted(header: str) -> list[str]:
    ranked: list[tuple[float, int, str]] = []
    for index, part in enumerate(header[:512].split(",")):
        name, _, parameters = part.strip().partition(";")
        quality = parameters.strip().removeprefix("q=") if parameters else "1"
        try:
            weight = float(quality)
        except ValueError:
            continue
        if name and weight > 0:
            ranked.append((-weight, index, name.strip()))
    return [name for _, _, name in sorted(ranked)]


@cache
def own_name(language: str) -> str:
    """A language's name in itself, for the switch."""
    if language == PSEUDO:
        return language
    name = Locale.parse(language, sep="-").get_display_name() or language
    return name[:1].upper() + name[1:]
