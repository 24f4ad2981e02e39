"""Business days: weekends and public holidays of a country (and region), read once per country and year."""

from datetime import date, timedelta
from functools import cache, lru_cache

from holidays import country_holidays
from holidays.utils import list_supported_countries

WEEKENDS = {
    country: frozenset(days)
    for countries, days in (
        ("AE", (5, 6)),
        ("AF BH DZ EG IQ JO KW LY OM QA SA SD SY YE", (4, 5)),
        ("IR", (4,)),
        ("IL", (4, 5)),
        ("NP", (5,)),
    )
    for country in countries.split()
}
"""Days without deliveries where they are not Saturday and Sunday (Monday is 0)."""
SATURDAY_AND_SUNDAY = frozenset((5, 6))
LONGEST_HOLIDAY_RUN = 60


@cache
def _regions() -> dict[str, list[str]]:
    return list_supported_countries(include_aliases=True)


@lru_cache(maxsize=2048)
def public_holidays(country: str, region: str, year: int) -> frozenset[date]:
    """Public holidays of a country (ISO 3166-1 alpha-2) in a year, with those of the region if it is known.

    A country that nobody keeps a calendar for has none: an estimate is better than no answer.
    """
    if country not in _regions():
        return frozenset()
    known_region = region if region in _regions()[country] else None
    return frozenset(country_holidays(country, subdiv=known_region, years=year).keys())


def is_business_day(day: date, country: str, region: str = "") -> bool:
    """Whether goods move on that day in the country."""
    if day.weekday() in WEEKENDS.get(country, SATURDAY_AND_SUNDAY):
        return False
    return day not in public_holidays(country, region, day.year)


def next_business_day(day: date, country: str, region: str = "") -> date:
    """`day` itself if goods move then, else the next day on which they do."""
    for _ in range(LONGEST_HOLIDAY_RUN):
        if is_business_day(day, country, region):
            return day
        day += timedelta(days=1)
    return day


def add_business_days(day: date, count: int, country: str, region: str = "") -> date:
    """The `count`-th business day after `day`; 0 is `day` or the next business day."""
    day = next_business_day(day, country, region)
    for _ in range(count):
        day = next_business_day(day + timedelta(days=1), country, region)
    return day
