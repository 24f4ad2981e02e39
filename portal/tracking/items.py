"""Where each unit of an order line is, over all parcels, and the overview of what is in which of them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from portal.kernel.words import N_, NN_, Words
from portal.tracking.answers import in_store, left_to_send
from portal.tracking.presenters import PlaceView
from portal.tracking.reading import Parcel
from portal.tracking.rules import ParcelStatus as S
from portal.tracking.wording import CHIP, TONE


class Unit(StrEnum):
    """Where one unit is. The order says which is believed when parcels hold more units than were ordered."""

    DELIVERED = "delivered"
    READY_TO_COLLECT = "ready_to_collect"
    ON_ITS_WAY = "on_its_way"
    HELD_UP = "held_up"
    PACKED = "packed"
    COMING_BACK = "coming_back"
    LOST = "lost"
    CANCELLED = "cancelled"
    NEEDS_NO_PARCEL = "needs_no_parcel"
    NOT_SENT = "not_sent"


UNIT_OF = {
    S.UNKNOWN: Unit.ON_ITS_WAY,
    S.PENDING: Unit.PACKED,
    S.INFO_RECEIVED: Unit.PACKED,
    S.PICKED_UP: Unit.ON_ITS_WAY,
    S.IN_TRANSIT: Unit.ON_ITS_WAY,
    S.OUT_FOR_DELIVERY: Unit.ON_ITS_WAY,
    S.AVAILABLE_FOR_PICKUP: Unit.READY_TO_COLLECT,
    S.ATTEMPT_FAILED: Unit.HELD_UP,
    S.DELAYED: Unit.HELD_UP,
    S.ON_HOLD: Unit.HELD_UP,
    S.EXCEPTION: Unit.HELD_UP,
    S.EXPIRED: Unit.HELD_UP,
    S.RETURNING: Unit.COMING_BACK,
    S.RETURNED_TO_SENDER: Unit.COMING_BACK,
    S.LOST: Unit.LOST,
    S.DAMAGED: Unit.LOST,
    S.DELIVERED: Unit.DELIVERED,
    S.CANCELLED: Unit.CANCELLED,
}
SAID = {
    Unit.DELIVERED: NN_("%(count)s has arrived", "%(count)s have arrived"),
    Unit.READY_TO_COLLECT: NN_("%(count)s is ready to collect", "%(count)s are ready to collect"),
    Unit.ON_ITS_WAY: NN_("%(count)s is on its way", "%(count)s are on their way"),
    Unit.HELD_UP: NN_("%(count)s is held up", "%(count)s are held up"),
    Unit.PACKED: NN_("%(count)s is packed", "%(count)s are packed"),
    Unit.COMING_BACK: NN_("%(count)s goes back to us", "%(count)s go back to us"),
    Unit.LOST: NN_("%(count)s is lost or damaged", "%(count)s are lost or damaged"),
    Unit.CANCELLED: NN_("%(count)s was cancelled", "%(count)s were cancelled"),
    Unit.NOT_SENT: NN_("%(count)s still to come", "%(count)s still to come"),
}


def fold_units(
    quantity: int, cancelled: int, sent: Iterable[tuple[S, int]], *, needs_parcel: bool = True
) -> dict[Unit, int]:
    """The units of a line by where they are; they sum up to `quantity`, whatever was sent in whatever order.

    `sent` are parcels' statuses with how many units each holds. Of more units than were ordered (a lost parcel that was
    sent again) the better news counts.
    """
    found: dict[Unit, int] = {}
    for status, units in sent:
        found[UNIT_OF[status]] = found.get(UNIT_OF[status], 0) + units
    found[Unit.CANCELLED] = found.get(Unit.CANCELLED, 0) + cancelled
    found[Unit.NOT_SENT if needs_parcel else Unit.NEEDS_NO_PARCEL] = quantity
    left, units_by_state = quantity, {}
    for unit in Unit:
        taken = min(left, found.get(unit, 0))
        if taken:
            units_by_state[unit] = taken
            left -= taken
    return units_by_state


def split_lines(content: Mapping[str, Any]) -> set[str]:
    """Ids of lines that are not all in one place."""
    places: dict[str, int] = {}
    for parcel in content["parcels"]:
        for line in parcel["lines"]:
            places[line] = places.get(line, 0) + 1
    for line in left_to_send(content):
        places[line] = places.get(line, 0) + 1
    return {line for line, count in places.items() if count > 1}


def split_words(content: Mapping[str, Any], line: Mapping[str, Any], parcel_id: str) -> tuple[Words, ...]:
    """Of a line that is in several places: how much of it is in this parcel ("": in none), and where the others are."""
    here = next((one["lines"][line["id"]] for one in content["parcels"] if one["id"] == parcel_id), None)
    others = [
        (S(one["status"]), one["lines"][line["id"]])
        for one in content["parcels"]
        if one["id"] != parcel_id and line["id"] in one["lines"]
    ]
    rest = fold_units(line["quantity"] - (here or 0), line["cancelled"], others)
    if here is None:
        rest.pop(Unit.NOT_SENT, None)
    elsewhere = tuple(_said(unit, count) for unit, count in rest.items() if unit in SAID)
    if here is None:
        return elsewhere
    some = Words(N_("%(some)s of %(all)s in this parcel"), {"some": here, "all": line["quantity"]})
    return (some, *elsewhere)


def overview(content: Mapping[str, Any], parcels: Sequence[Parcel]) -> tuple[PlaceView, ...]:
    """What is in which parcel and what is still to be sent; nothing where there is only one place to look at."""
    titles = {line["id"]: line["title"] for line in content["lines"]}
    left = left_to_send(content)
    if len(parcels) + bool(left) < 2 or content["order"]["cancelled_at"] or in_store(content):
        return ()
    places = [
        PlaceView(
            f"parcel-{number}",
            Words(N_("Parcel %(number)s"), {"number": number}),
            Words(CHIP[parcel.status]),
            TONE.get(parcel.status, "calm"),
            tuple((titles[line], units) for line, units in parcel.facts["lines"].items() if line in titles),
        )
        for number, parcel in enumerate(parcels, start=1)
    ]
    if left:
        items = tuple((titles[line], units) for line, units in left.items())
        places.append(PlaceView("waiting", Words(N_("Still to come")), Words(N_("Not sent yet")), "calm", items))
    return tuple(places)


def _said(unit: Unit, count: int) -> Words:
    one, many = SAID[unit]
    return Words(one, plural=many, count=count)
