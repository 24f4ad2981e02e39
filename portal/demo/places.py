"""The way a parcel takes: where it is scanned between the sender's door and the receiver's city."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A city as the carrier writes it, and its country (ISO 3166-1 alpha-2)."""

    city: str
    country: str


ERFURT = Place("Erfurt", "DE")
NEW_YORK = Place("New York, NY", "US")

GERMAN_HUBS = {
    "0": "Radeburg",
    "1": "Börnicke",
    "2": "Neumünster",
    "3": "Hannover",
    "4": "Dorsten",
    "5": "Köln",
    "6": "Rodgau",
    "7": "Köngen",
    "8": "Aschheim",
    "9": "Feucht",
}
AMERICAN_HUBS = {
    "NY": "Maspeth, NY",
    "MA": "Shrewsbury, MA",
    "NH": "Manchester, NH",
    "CA": "San Pablo, CA",
    "WA": "Tukwila, WA",
    "TX": "Missouri City, TX",
    "FL": "Opa-locka, FL",
    "GA": "Forest Park, GA",
    "IL": "Hodgkins, IL",
    "MN": "Eagan, MN",
}
GATEWAYS = {
    "AT": "Hagenbrunn",
    "CH": "Daillens",
    "FR": "Roissy",
    "NL": "Utrecht",
    "GB": "East Midlands",
    "JP": "成田市",
    "NO": "Gardermoen",
    "PL": "Ożarów Mazowiecki",
    "AE": "دبي",
    "MX": "Toluca",
    "CA": "Mirabel",
    "ES": "Vitoria-Gasteiz",
}


def route(origin: Place, city: str, country: str, postal_code: str, province: str = "") -> tuple[Place, ...]:
    """Scan places after the sender's city: first hub, gateways or the receiver's hub, the receiver's city (last)."""
    end = Place(f"{city}, {province}" if country == "US" else city, country)
    if origin.country == "DE":
        start = (Place("Nohra", "DE"),)
        middle = (Place(GERMAN_HUBS[postal_code[0]], "DE"),) if country == "DE" else _abroad("Leipzig", "DE", country)
    else:
        start = (Place("Secaucus, NJ", "US"),)
        hub = AMERICAN_HUBS.get(province, "Louisville, KY")
        far = province not in {"NY", "MA", "NH"}
        via = (Place("Louisville, KY", "US"),) if far else ()
        middle = (*via, Place(hub, "US")) if country == "US" else _abroad("Jamaica, NY", "US", country)
    return (*start, *middle, end)


def _abroad(gateway: str, home: str, country: str) -> tuple[Place, ...]:
    return Place(gateway, home), Place(GATEWAYS[country], country)
