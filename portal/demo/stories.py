"""What can happen to a demo parcel, as steps: canonical status, where, how many hours after the step before.

Each story is the end of a way; the way itself (label, pick-up, hubs) comes from the parcel's route.
Statuses and incident reasons are the product's canonical ones; a carrier's own words are in `codes.py`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """`where` is origin, hub, gateway or city. `eta` is days from the day it is brought; None: no date."""

    status: str
    where: str
    hours: float
    eta: int | None = None
    reason: str | None = None
    window: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """`hubs` says how far it gets before `tail` (all, first, none); `ended` is hours ago unless days are given."""

    tail: tuple[Step, ...] = ()
    hubs: str = "all"
    ended: float = 2.3
    eta: int | None = 0
    live: bool = False


OUT = Step("out_for_delivery", "city", 8.3, 0, window=True)
MISSED = Step("attempt_failed", "city", 5.4, 1, "consignee_not_home")
DELIVERED = Step("delivered", "city", 3.6)

STORIES: dict[str, Story] = {
    "label_created": Story(hubs="none", ended=3.2, eta=None),
    "picked_up": Story((Step("picked_up", "origin", 5.2, 2),), hubs="none", ended=1.4, eta=2),
    "in_transit": Story(hubs="all", ended=2.3, eta=2),
    "in_transit_early": Story(hubs="first", ended=5.1, eta=3),
    "out_for_delivery": Story((OUT,), ended=0.7),
    "delivered": Story((OUT, Step("delivered", "city", 3.6))),
    "delivered_late": Story(
        (
            Step("delayed", "gateway", 9.5, 0, "weather_delay"),
            Step("in_transit", "city", 21.0, 0),
            OUT,
            Step("delivered", "city", 3.3),
        ),
        eta=-1,
    ),
    "delivered_second_try": Story((OUT, MISSED, Step("out_for_delivery", "city", 18.6, 1, window=True), DELIVERED)),
    "delayed": Story((Step("delayed", "gateway", 15.3, 2, "carrier_sorting_error"),), ended=4.6, eta=0),
    "delayed_by_weather": Story((Step("delayed", "gateway", 11.0, 3, "weather_delay"),), ended=6.2, eta=1),
    "searched": Story(
        (Step("exception", "hub", 74.0, None, "parcel_being_researched"),), hubs="first", ended=9.0, eta=-1
    ),
    "lost": Story(
        (
            Step("exception", "hub", 74.0, None, "parcel_being_researched"),
            Step("lost", "hub", 121.0, None, "carrier_parcel_lost"),
        ),
        hubs="first",
        ended=26.0,
        eta=-6,
    ),
    "damaged": Story((Step("damaged", "gateway", 8.4, None, "carrier_damaged_parcel"),), ended=20.0, eta=1),
    "customs_documents": Story((Step("on_hold", "gateway", 16.0, None, "customs_documentation"),), ended=19.0, eta=1),
    "customs_duties": Story((Step("on_hold", "gateway", 22.0, None, "customs_duties_unpaid"),), ended=31.0, eta=1),
    "wrong_address": Story((OUT, Step("exception", "city", 5.8, None, "consignee_incorrect_address")), ended=3.5),
    "not_home": Story((OUT, MISSED), ended=2.0),
    "pickup_point": Story((OUT, MISSED, Step("available_for_pickup", "city", 3.1)), ended=5.5),
    "returning": Story(
        (OUT, Step("attempt_failed", "city", 5.4, None, "consignee_refused"), Step("returning", "city", 4.1)),
        ended=15.0,
    ),
    "returned_to_sender": Story(
        (
            OUT,
            Step("attempt_failed", "city", 5.4, None, "consignee_incorrect_address"),
            Step("returning", "city", 26.0),
            Step("returned_to_sender", "origin", 63.0),
        ),
        ended=30.0,
    ),
    "unknown_code": Story((Step("unknown", "gateway", 6.0, 2),), ended=3.0, eta=2),
    "live": Story(
        (Step("out_for_delivery", "city", 0, 0, window=True), Step("delivered", "city", 0)), eta=1, live=True
    ),
    "live_long": Story(
        (
            Step("delayed", "gateway", 0, 2, "weather_delay"),
            Step("in_transit", "gateway", 0, 2),
            Step("in_transit", "city", 0, 1),
            Step("out_for_delivery", "city", 0, 0, window=True),
            Step("attempt_failed", "city", 0, 0, "consignee_not_home"),
            Step("out_for_delivery", "city", 0, 0, window=True),
            Step("delivered", "city", 0),
        ),
        eta=1,
        live=True,
    ),
}
