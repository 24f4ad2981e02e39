"""The order page's words: from stored facts to the view, the answer first. Pure; `now` and the frame come in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from portal.estimates.rules import Estimate, EstimateFacts, estimate
from portal.kernel.money import Money
from portal.kernel.words import N_, Words
from portal.merchants.queries import MerchantFacts
from portal.tracking.presenters import EventView, IncidentView, ItemView, ParcelView, StepView
from portal.tracking.rules import ENDED, TROUBLE, ParcelStatus
from portal.tracking.wording import BY_REASON, CHIP, DOING, SCAN, TONE, happened, you_can

STEPS = (N_("Ordered"), N_("Packed"), N_("On its way"), N_("Out for delivery"), N_("Delivered"))
STEP_OF = {
    ParcelStatus.UNKNOWN: 2,
    ParcelStatus.PENDING: 1,
    ParcelStatus.INFO_RECEIVED: 1,
    ParcelStatus.PICKED_UP: 2,
    ParcelStatus.IN_TRANSIT: 2,
    ParcelStatus.DELAYED: 2,
    ParcelStatus.ON_HOLD: 2,
    ParcelStatus.EXCEPTION: 2,
    ParcelStatus.OUT_FOR_DELIVERY: 3,
    ParcelStatus.ATTEMPT_FAILED: 3,
    ParcelStatus.AVAILABLE_FOR_PICKUP: 3,
    ParcelStatus.DELIVERED: 5,
}
"""How far along the rail a status is; statuses off the rail (coming back, lost) have no place on it."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel's facts with its status read and its date worked out. `arrival` is None once it no longer comes."""

    facts: Mapping[str, Any]
    status: ParcelStatus
    arrival: Estimate | None
    delivered_on: date | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The headline, what a friend would add, the tone, and the parcel it speaks of (None: not sent yet)."""

    headline: Words
    lede: Words
    tone: str
    about: Parcel | None


def read_parcels(content: Mapping[str, Any], merchant: MerchantFacts, now: datetime) -> list[Parcel]:
    """The parcels of an order, each with its date."""
    return [_read(parcel, content["order"], merchant, now) for parcel in content["parcels"]]


def answer(content: Mapping[str, Any], parcels: Sequence[Parcel], merchant: MerchantFacts, now: datetime) -> Answer:
    """What to say in the largest type: when it comes, that it is here, or what is wrong."""
    if content["order"]["cancelled_at"]:
        return Answer(Words(N_("This order was cancelled")), Words(N_("Nothing will be sent.")), "calm", None)
    if not parcels:
        return _not_sent(content, merchant, now)
    coming = [parcel for parcel in parcels if parcel.status not in ENDED and parcel.status not in TROUBLE]
    for status, say in ((ParcelStatus.OUT_FOR_DELIVERY, _today), (ParcelStatus.AVAILABLE_FOR_PICKUP, _collect)):
        for parcel in coming:
            if parcel.status is status:
                return say(parcel)
    if coming:
        return _arrives(min(coming, key=_first_day), merchant, now)
    trouble = [parcel for parcel in parcels if parcel.status in TROUBLE]
    if trouble:
        return _in_trouble(trouble[0])
    return _arrived(parcels)


def steps(about: Parcel | None, cancelled: bool) -> tuple[StepView, ...]:
    """The rail for the parcel that the answer speaks of; empty where a rail would say nothing."""
    place = 1 if about is None else STEP_OF.get(about.status)
    if cancelled or place is None:
        return ()
    states = ["done" if index < place else "now" if index == place else "todo" for index in range(len(STEPS))]
    return tuple(StepView(Words(label), state) for label, state in zip(STEPS, states, strict=True))


def parcel_view(number: int, parcel: Parcel, content: Mapping[str, Any], merchant: MerchantFacts) -> ParcelView:
    """One parcel with its items, its story and, when something is wrong, the three lines."""
    facts, order = parcel.facts, content["order"]
    inside = [line for line in content["lines"] if line["id"] in facts["lines"]]
    what = happened(parcel.status, facts["reason"])
    return ParcelView(
        number=number,
        anchor=f"parcel-{number}",
        status=Words(CHIP[parcel.status]),
        tone=TONE.get(parcel.status, "calm"),
        items=tuple(item_view(line, facts["lines"][line["id"]], order["currency"]) for line in inside),
        events=tuple(_event(scan, merchant) for scan in facts["scans"]),
        arrives=_arrives_line(parcel),
        arrives_why=_why(parcel),
        carrier=facts["carrier"],
        tracking_number=facts["number"],
        incident=IncidentView(what, Words(DOING[parcel.status]), you_can(parcel.status, facts["reason"]))
        if what
        else None,
    )


def waiting_items(content: Mapping[str, Any]) -> tuple[ItemView, ...]:
    """Units that are in no parcel and were not cancelled; goods that need no parcel are not waiting."""
    sent: dict[str, int] = {}
    for parcel in content["parcels"]:
        for line, quantity in parcel["lines"].items():
            sent[line] = sent.get(line, 0) + quantity
    views = []
    for line in content["lines"]:
        left = line["quantity"] - line["cancelled"] - sent.get(line["id"], 0)
        if left > 0 and line["requires_shipping"] and not content["order"]["cancelled_at"]:
            views.append(item_view(line, left, content["order"]["currency"]))
    return tuple(views)


def item_view(line: Mapping[str, Any], quantity: int, currency: str) -> ItemView:
    """A line as an item; the price is for the quantity shown."""
    return ItemView(
        title=line["title"],
        detail=line["variant"].replace(" / ", " · "),
        quantity=quantity,
        price=Money(line["unit_price"] * quantity, currency),
        image_url=line["image"],
        initial=line["title"][:1].upper(),
        note=item_note(line),
    )


def item_note(line: Mapping[str, Any]) -> Words | None:
    """What is special about a line: what was engraved, or that it was a final sale."""
    shown = [pair for pair in line["properties"] if not pair[0].startswith("_")]
    if shown:
        return Words(N_("%(name)s: %(value)s"), {"name": shown[0][0], "value": shown[0][1]})
    return Words(N_("Final sale")) if line["final_sale"] else None


def _read(facts: Mapping[str, Any], order: Mapping[str, Any], merchant: MerchantFacts, now: datetime) -> Parcel:
    status = ParcelStatus(facts["status"])
    delivered = datetime.fromisoformat(facts["delivered_at"]) if facts["delivered_at"] else None
    coming = status not in ENDED and status is not ParcelStatus.RETURNING
    return Parcel(
        facts,
        status,
        _estimate(facts, order, merchant, now) if coming else None,
        delivered.astimezone(merchant.zone).date() if delivered and status is ParcelStatus.DELIVERED else None,
    )


def _estimate(
    facts: Mapping[str, Any] | None, order: Mapping[str, Any], merchant: MerchantFacts, now: datetime
) -> Estimate:
    shipped = datetime.fromisoformat(facts["shipped_at"]) if facts else None
    return estimate(
        EstimateFacts(
            carrier_date=date.fromisoformat(facts["date"]) if facts and facts["date"] else None,
            placed_at=datetime.fromisoformat(order["placed_at"]),
            shipped_at=shipped,
            processing_days=merchant.processing_days,
            transit_days=merchant.transit_days,
            cutoff_hour=merchant.cutoff_hour,
            origin_country=merchant.country,
            destination_country=order["country"] or merchant.country,
            destination_region=order["region"] or None,
            time_zone=merchant.time_zone,
        ),
        now,
    )


def _not_sent(content: Mapping[str, Any], merchant: MerchantFacts, now: datetime) -> Answer:
    if not any(line["requires_shipping"] for line in content["lines"]):
        return Answer(Words(N_("Thank you")), Words(N_("Nothing in this order needs to be sent.")), "ok", None)
    when = _estimate(None, content["order"], merchant, now)
    lede = Words(N_("We are packing your order. Every step will be told here."))
    return Answer(_expected(when), lede, "calm", None)


def _today(parcel: Parcel) -> Answer:
    window = parcel.facts["window"]
    if window:
        lede = Words(
            N_("The courier comes between %(from)s and %(until)s."),
            {"from": time.fromisoformat(window[0]), "until": time.fromisoformat(window[1])},
        )
    else:
        lede = Words(N_("The courier has your parcel in the van."))
    return Answer(Words(N_("Arrives today")), lede, "ok", parcel)


def _collect(parcel: Parcel) -> Answer:
    place = _place(parcel)
    lede = (
        Words(N_("It is waiting for you in %(place)s."), {"place": place})
        if place
        else Words(N_("It is waiting for you at the pick-up point."))
    )
    return Answer(Words(N_("Ready to collect")), lede, "ok", parcel)


def _arrives(parcel: Parcel, merchant: MerchantFacts, now: datetime) -> Answer:
    if parcel.status in {ParcelStatus.PENDING, ParcelStatus.INFO_RECEIVED}:
        lede = Words(N_("Packed and waiting for the carrier. Nothing for you to do."))
    else:
        place = _place(parcel)
        lede = (
            Words(N_("On its way, last seen in %(place)s. Nothing for you to do."), {"place": place})
            if place
            else Words(N_("On its way to you. Nothing for you to do."))
        )
    assert parcel.arrival is not None
    today = now.astimezone(merchant.zone).date()
    if parcel.arrival.last < today:
        return Answer(Words(N_("Later than planned")), lede, "warn", parcel)
    return Answer(_arriving(parcel.arrival, today), lede, "ok", parcel)


def _arriving(when: Estimate, today: date) -> Words:
    days = (when.last - today).days
    if when.first == when.last and days in (0, 1):
        return Words(N_("Arrives today") if days == 0 else N_("Arrives tomorrow"))
    if when.first == when.last or when.first < today:
        return Words(N_("Arrives by %(day)s") if when.first < when.last else N_("Arrives %(day)s"), {"day": when.last})
    return Words(N_("Arrives between %(first)s and %(last)s"), {"first": when.first, "last": when.last})


def _expected(when: Estimate) -> Words:
    if when.first == when.last:
        return Words(N_("Expected %(day)s"), {"day": when.last})
    return Words(N_("Expected by %(day)s"), {"day": when.last})


def _in_trouble(parcel: Parcel) -> Answer:
    words = happened(parcel.status, parcel.facts["reason"])
    assert words is not None
    return Answer(Words(TROUBLE_HEADLINE[parcel.status]), words, TONE[parcel.status], parcel)


TROUBLE_HEADLINE = {
    ParcelStatus.ATTEMPT_FAILED: N_("We missed you"),
    ParcelStatus.DELAYED: N_("Later than planned"),
    ParcelStatus.ON_HOLD: N_("Your parcel is waiting"),
    ParcelStatus.EXCEPTION: N_("Held up on the way"),
    ParcelStatus.RETURNING: N_("On its way back to us"),
    ParcelStatus.RETURNED_TO_SENDER: N_("Back with us"),
    ParcelStatus.LOST: N_("Your parcel is lost. We are sorry."),
    ParcelStatus.DAMAGED: N_("Your parcel was damaged"),
    ParcelStatus.EXPIRED: N_("No news of your parcel"),
}


def _arrived(parcels: Sequence[Parcel]) -> Answer:
    days = [parcel.delivered_on for parcel in parcels if parcel.delivered_on]
    if not days:
        return Answer(Words(N_("This shipment was cancelled")), Words(N_("Nothing is on its way.")), "calm", None)
    lede = Words(N_("Everything has arrived.")) if len(parcels) > 1 else Words(N_("Your parcel has arrived."))
    newest = max(parcels, key=lambda parcel: parcel.delivered_on or date.min)
    return Answer(Words(N_("Delivered %(day)s"), {"day": max(days)}), lede, "ok", newest)


def _arrives_line(parcel: Parcel) -> Words | None:
    if parcel.delivered_on:
        return Words(N_("Delivered %(day)s"), {"day": parcel.delivered_on})
    if parcel.arrival is None or parcel.status is ParcelStatus.AVAILABLE_FOR_PICKUP:
        return None
    return _expected(parcel.arrival)


def _why(parcel: Parcel) -> Words | None:
    if parcel.arrival is None or parcel.status is ParcelStatus.AVAILABLE_FOR_PICKUP:
        return None
    if parcel.facts["previous_date"] and parcel.facts["date"]:
        before = date.fromisoformat(parcel.facts["previous_date"])
        return Words(N_("The carrier has moved the date. It was %(day)s."), {"day": before})
    return parcel.arrival.why


def _event(scan: Sequence[Any], merchant: MerchantFacts) -> EventView:
    status, reason, city, at = scan
    text = BY_REASON[reason] if reason in BY_REASON else SCAN[ParcelStatus(status)]
    return EventView(Words(text), city, datetime.fromisoformat(at).astimezone(merchant.zone))


def _place(parcel: Parcel) -> str:
    return next((scan[2] for scan in parcel.facts["scans"] if scan[2]), "")


def _first_day(parcel: Parcel) -> date:
    return parcel.arrival.last if parcel.arrival else date.max
