"""The order page's parts: from stored facts to the rail, the parcels, the lists. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from portal.estimates.rules import Estimate
from portal.kernel.money import Money
from portal.kernel.words import N_, Words
from portal.merchants.queries import MerchantFacts
from portal.tracking.answers import PACKING, Answer, expected_words, in_store, left_to_send
from portal.tracking.content import HIDDEN
from portal.tracking.items import split_lines, split_words
from portal.tracking.presenters import Asks, EventView, GroupView, IncidentView, ItemView, ParcelView, StepView
from portal.tracking.reading import UNSOLVED, Parcel
from portal.tracking.rules import ParcelStatus
from portal.tracking.wording import BY_REASON, CHIP, LEFT, SCAN, TONE, asks_to_write, doing, happened, you_can

NOTHING_ASKED: Mapping[str, Asks] = MappingProxyType({})
STEPS = (N_("Ordered"), N_("Packed"), N_("On its way"), N_("Out for delivery"), N_("Delivered"))


def steps(said: Answer) -> tuple[StepView, ...]:
    """The rail for what the answer speaks of; empty where a rail would say nothing."""
    place = said.place
    if place is None:
        return ()
    states = ["done" if index < place else "now" if index == place else "todo" for index in range(len(STEPS))]
    labels = list(STEPS)
    if place == PACKING and (said.about is None or said.about.status is ParcelStatus.PENDING):
        labels[PACKING] = N_("Packing")
    return tuple(StepView(Words(label), state) for label, state in zip(labels, states, strict=True))


def parcel_views(
    parcels: Sequence[Parcel],
    content: Mapping[str, Any],
    merchant: MerchantFacts,
    asks: Mapping[str, Asks] = NOTHING_ASKED,
) -> tuple[ParcelView, ...]:
    """Every parcel; none where the goods were handed over in a shop. `asks` are by the parcel's id."""
    if in_store(content):
        return ()
    return tuple(
        parcel_view(number, parcel, content, merchant, asks.get(parcel.facts["id"], Asks()))
        for number, parcel in enumerate(parcels, start=1)
    )


def parcel_view(
    number: int, parcel: Parcel, content: Mapping[str, Any], merchant: MerchantFacts, asks: Asks
) -> ParcelView:
    """One parcel with its items, its story and, when something is wrong, the three lines."""
    facts, order = parcel.facts, content["order"]
    inside = [line for line in content["lines"] if line["id"] in facts["lines"]]
    split = split_lines(content)
    return ParcelView(
        number=number,
        anchor=f"parcel-{number}",
        status=Words(CHIP[parcel.status]),
        tone=TONE.get(parcel.status, "calm"),
        items=tuple(
            item_view(
                line,
                facts["lines"][line["id"]],
                order["currency"],
                split_words(content, line, facts["id"]) if line["id"] in split else (),
            )
            for line in inside
        ),
        events=tuple(_event(scan, merchant, newest=not place) for place, scan in enumerate(facts["scans"])),
        arrives=_arrives_line(parcel),
        arrives_why=_why(parcel),
        carrier=facts["carrier"],
        tracking_number=facts["number"],
        incident=_incident(parcel),
        asks=asks,
    )


def groups(content: Mapping[str, Any]) -> tuple[GroupView, ...]:
    """Lines outside parcels: not sent yet, never to be sent, cancelled. Where nothing is sent at all, one list."""
    order, lines = content["order"], content["lines"]
    left = left_to_send(content)
    if order["cancelled_at"] or in_store(content):
        every = {line["id"]: line["quantity"] for line in lines}
        return _group("lines", N_("In this order"), content, every)
    unsent = {
        line["id"]: line["quantity"] - line["cancelled"]
        for line in lines
        if not line["requires_shipping"] and line["quantity"] > line["cancelled"]
    }
    cancelled = {line["id"]: line["cancelled"] for line in lines if line["cancelled"] > 0}
    waiting = N_("Not sent yet") if content["parcels"] else N_("In this order")
    return (
        *_group("waiting", waiting, content, left, split_lines(content)),
        *_group(
            "unsent", N_("Also in this order") if content["parcels"] or left else N_("In this order"), content, unsent
        ),
        *_group("cancelled", N_("Cancelled"), content, cancelled),
    )


def item_view(line: Mapping[str, Any], quantity: int, currency: str, split: tuple[Words, ...] = ()) -> ItemView:
    """A line as an item; the price is for the quantity shown."""
    return ItemView(
        title=line["title"],
        detail=line["variant"].replace(" / ", " · "),
        quantity=quantity,
        price=Money(line["unit_price"] * quantity, currency),
        image_url=line["image"],
        initial=line["title"][:1].upper(),
        note=item_note(line),
        split=split,
    )


def item_note(line: Mapping[str, Any]) -> Words | None:
    """What is special about a line: what was engraved, or that it was a final sale."""
    shown = [pair for pair in line["properties"] if not pair[0].startswith("_")]
    if shown and shown[0][1] == HIDDEN:
        return Words(N_("Made for you"))
    if shown:
        return Words(N_("%(name)s: %(value)s"), {"name": shown[0][0], "value": shown[0][1]})
    return Words(N_("Final sale")) if line["final_sale"] else None


def _group(
    anchor: str, title: str, content: Mapping[str, Any], units: Mapping[str, int], split: Collection[str] = ()
) -> tuple[GroupView, ...]:
    items = tuple(
        item_view(
            line,
            units[line["id"]],
            content["order"]["currency"],
            split_words(content, line, "") if line["id"] in split else (),
        )
        for line in content["lines"]
        if line["id"] in units
    )
    return (GroupView(anchor, Words(title), items),) if items else ()


def _incident(parcel: Parcel) -> IncidentView | None:
    status, reason = parcel.status, parcel.facts["reason"]
    what = happened(status, reason)
    if what is None:
        return None
    return IncidentView(
        what, doing(status, reason, dated=parcel.dated), you_can(status, reason), asks_to_write(status, reason)
    )


def _arrives_line(parcel: Parcel) -> Words | None:
    if parcel.delivered_on:
        return Words(N_("Delivered %(day)s"), {"day": parcel.delivered_on})
    if parcel.arrival is None or parcel.status is ParcelStatus.AVAILABLE_FOR_PICKUP:
        return None
    if parcel.status is ParcelStatus.OUT_FOR_DELIVERY:
        return Words(N_("Arrives today"))
    if parcel.dated:
        return _expected(parcel.arrival)
    if parcel.status is ParcelStatus.DELAYED:
        return Words(N_("No new date yet"))
    if parcel.status is ParcelStatus.ON_HOLD or parcel.facts["reason"] in UNSOLVED:
        return Words(N_("No date until this is solved"))
    return None


def _expected(when: Estimate) -> Words:
    return Words(N_("It was expected %(day)s"), {"day": when.last}) if when.late else expected_words(when)


def _why(parcel: Parcel) -> Words | None:
    if parcel.delivered_on and parcel.facts["reason"] in LEFT:
        return Words(LEFT[parcel.facts["reason"]])
    if parcel.arrival is None or not parcel.dated or parcel.status is ParcelStatus.OUT_FOR_DELIVERY:
        return None
    if parcel.facts["previous_date"] and parcel.facts["date"]:
        before = date.fromisoformat(parcel.facts["previous_date"])
        return Words(N_("The carrier has moved the date. It was %(day)s."), {"day": before})
    return parcel.arrival.why


def _event(scan: Sequence[Any], merchant: MerchantFacts, *, newest: bool) -> EventView:
    status, reason, city, at = scan
    moment = datetime.fromisoformat(at).astimezone(merchant.zone)
    if reason not in BY_REASON and city and ParcelStatus(status) is ParcelStatus.IN_TRANSIT:
        text = N_("Arrived in %(place)s") if newest else N_("Passed through %(place)s")
        return EventView(Words(text, {"place": city}), "", moment)
    text = BY_REASON.get(reason) or LEFT.get(reason) or SCAN[ParcelStatus(status)]
    return EventView(Words(text), city, moment)
