"""What a merchant promises about delivery: from where, how long it is worked on, how long each way takes. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

MOST_DAYS = 365


@dataclass(frozen=True, slots=True)
class Location:
    """A place that parcels leave from. `ids` are the shop's own names of it; `cutoff_hour` (0-24) is in `time_zone`.

    Raises ValueError for days or hours that cannot be.
    """

    name: str
    ids: tuple[str, ...]
    country: str
    processing_days: int
    cutoff_hour: int
    time_zone: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.processing_days <= MOST_DAYS or not 0 <= self.cutoff_hour <= 24:
            raise ValueError(f"location {self.name}: processing takes 0 to {MOST_DAYS} days, the cut-off is 0 to 24")


@dataclass(frozen=True, slots=True)
class Lane:
    """How many business days a way takes, (shortest, longest). `origin` and `to` are countries, none means any;

    `service` is what the name of the shipping method has in it, "" for any. Raises ValueError for days that cannot be.
    """

    transit_days: tuple[int, int]
    to: tuple[str, ...] = ()
    origin: tuple[str, ...] = ()
    service: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.transit_days[0] <= self.transit_days[1] <= MOST_DAYS:
            raise ValueError(f"a lane takes 0 to {MOST_DAYS} days, the shortest first")


@dataclass(frozen=True, slots=True)
class Promise:
    """What holds for one parcel: where it leaves, in which time zone, and how long both parts take."""

    country: str
    time_zone: str
    processing_days: int
    cutoff_hour: int
    transit_days: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A merchant's promises. What no location or lane says is as `usual` has it; the first lane that fits counts."""

    usual: Promise
    locations: tuple[Location, ...] = ()
    lanes: tuple[Lane, ...] = ()

    def promise(self, location_id: str, destination: str, service: str) -> Promise:
        """What holds for a parcel from this place (the shop's id, "" for unknown) to this country by this service."""
        place = next((place for place in self.locations if location_id and location_id in place.ids), None)
        origin = place.country if place else self.usual.country
        return Promise(
            country=origin,
            time_zone=(place.time_zone if place else "") or self.usual.time_zone,
            processing_days=place.processing_days if place else self.usual.processing_days,
            cutoff_hour=place.cutoff_hour if place else self.usual.cutoff_hour,
            transit_days=self._transit(origin, destination, service.casefold()),
        )

    def _transit(self, origin: str, destination: str, service: str) -> tuple[int, int]:
        for lane in self.lanes:
            fits = (not lane.to or destination in lane.to) and (not lane.origin or origin in lane.origin)
            if fits and lane.service.casefold() in service:
                return lane.transit_days
        return self.usual.transit_days


def places_out(locations: tuple[Location, ...], lanes: tuple[Lane, ...]) -> dict[str, Any]:
    """Locations and lanes as they are stored."""
    return {"locations": [asdict(one) for one in locations], "lanes": [asdict(one) for one in lanes]}


def delivery_in(stored: Mapping[str, Any], country: str, time_zone: str) -> Delivery:
    """A merchant's promises from what is stored of them."""
    shortest, longest = stored["transit_days"]
    usual = Promise(country, time_zone, stored["processing_days"], stored["cutoff_hour"], (shortest, longest))
    locations = tuple(Location(**{**one, "ids": tuple(one["ids"])}) for one in stored.get("locations", ()))
    lanes = tuple(
        Lane((one["transit_days"][0], one["transit_days"][1]), tuple(one["to"]), tuple(one["origin"]), one["service"])
        for one in stored.get("lanes", ())
    )
    return Delivery(usual, locations, lanes)
