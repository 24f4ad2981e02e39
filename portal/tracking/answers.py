"""The answer in the largest type: when the order comes, that it is here, or what is wrong. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from portal.estimates.rules import Estimate
from portal.kernel.money import Money
from portal.kernel.words import N_, Words
from portal.merchants.queries import MerchantFacts
from portal.tracking.facts import POINT_OF_SALE
from portal.tracking.reading import Parcel, expected
from portal.tracking.rules import ENDED, TROUBLE, ParcelStatus
from portal.tracking.wording import ALSO, LEFT_LEDE, TONE, TROUBLE_HEADLINE, happened

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
PACKING = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """The headline, what a friend would add, the tone, the parcel it speaks of (None: of the order), and the place on
    the rail: None where a rail would say nothing. `also`: what is wrong with other parcels.
    """

    headline: Words
    lede: Words
    tone: str
    about: Parcel | None
    place: int | None = None
    also: tuple[Words, ...] = ()


def answer(content: Mapping[str, Any], parcels: Sequence[Parcel], merchant: MerchantFacts, now: datetime) -> Answer:
    """What to say in the largest type: when it comes, that it is here, or what is wrong."""
    if content["order"]["cancelled_at"]:
        return Answer(Words(N_("This order was cancelled")), _paid_back(content["order"]), "calm", None)
    if in_store(content):
        placed = datetime.fromisoformat(content["order"]["placed_at"]).astimezone(merchant.zone).date()
        lede = Words(N_("You took everything with you."))
        return Answer(Words(N_("Bought in our shop on %(day)s"), {"day": placed}), lede, "ok", None)
    if not parcels:
        return _not_sent(content, merchant, now)
    said = _about_parcels(parcels, left_to_send(content), merchant, now)
    place = STEP_OF.get(said.about.status) if said.about else None
    others = tuple(
        Words(ALSO[parcel.status], {"number": number})
        for number, parcel in enumerate(parcels, start=1)
        if parcel is not said.about and parcel.status in ALSO
    )
    return Answer(said.headline, said.lede, said.tone, said.about, place, others)


def in_store(content: Mapping[str, Any]) -> bool:
    """Whether the goods were handed over in a shop: no parcel ever had a number."""
    return content["order"]["channel"] == POINT_OF_SALE and not any(parcel["number"] for parcel in content["parcels"])


def left_to_send(content: Mapping[str, Any]) -> dict[str, int]:
    """Units by line id that are in no parcel, were not cancelled and need one."""
    sent: dict[str, int] = {}
    for parcel in content["parcels"]:
        for line, quantity in parcel["lines"].items():
            sent[line] = sent.get(line, 0) + quantity
    left = {
        line["id"]: line["quantity"] - line["cancelled"] - sent.get(line["id"], 0)
        for line in content["lines"]
        if line["requires_shipping"]
    }
    return {line: quantity for line, quantity in left.items() if quantity > 0}


def _paid_back(order: Mapping[str, Any]) -> Words:
    refunded = max(order.get("refunded", 0), 0)
    if not refunded:
        return Words(N_("Nothing will be sent."))
    return Words(N_("Nothing will be sent. %(amount)s was paid back."), {"amount": Money(refunded, order["currency"])})


def _about_parcels(
    parcels: Sequence[Parcel], left: Mapping[str, int], merchant: MerchantFacts, now: datetime
) -> Answer:
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
    return _arrived(parcels, bool(left))


def _not_sent(content: Mapping[str, Any], merchant: MerchantFacts, now: datetime) -> Answer:
    if not left_to_send(content):
        return Answer(Words(N_("Thank you")), Words(N_("Nothing in this order needs to be sent.")), "ok", None)
    when = expected(None, content["order"], merchant, now)
    lede = Words(N_("We are packing your order. You can follow every step here."))
    return Answer(expected_words(when), lede, "calm", None, PACKING)


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
    place, carrier = parcel.place, parcel.facts["carrier"]
    if place and carrier:
        where = N_("It is waiting for you at the %(carrier)s pick-up point in %(place)s.")
        lede = Words(where, {"carrier": carrier, "place": place})
    elif place:
        lede = Words(N_("It is waiting for you at the pick-up point in %(place)s."), {"place": place})
    else:
        lede = Words(N_("It is waiting for you at the pick-up point."))
    return Answer(Words(N_("Ready to collect")), lede, "ok", parcel)


def _arrives(parcel: Parcel, merchant: MerchantFacts, now: datetime) -> Answer:
    if parcel.status in {ParcelStatus.PENDING, ParcelStatus.INFO_RECEIVED}:
        lede = Words(N_("Packed and waiting for the carrier. Nothing for you to do."))
    else:
        place = parcel.place
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


def expected_words(when: Estimate) -> Words:
    """An estimate as a short line."""
    if when.first == when.last:
        return Words(N_("Expected %(day)s"), {"day": when.last})
    return Words(N_("Expected by %(day)s"), {"day": when.last})


def _in_trouble(parcel: Parcel) -> Answer:
    words = happened(parcel.status, parcel.facts["reason"])
    assert words is not None
    return Answer(Words(TROUBLE_HEADLINE[parcel.status]), words, TONE[parcel.status], parcel)


def _arrived(parcels: Sequence[Parcel], more: bool) -> Answer:
    days = [parcel.delivered_on for parcel in parcels if parcel.delivered_on]
    if not days:
        return Answer(Words(N_("This shipment was cancelled")), Words(N_("Nothing is on its way.")), "calm", None)
    newest = max(parcels, key=lambda parcel: parcel.delivered_on or date.min)
    if more:
        lede = Words(N_("The first part has arrived. The rest is still to come."))
    elif len(parcels) > 1:
        lede = Words(N_("Everything has arrived."))
    else:
        lede = Words(LEFT_LEDE.get(newest.facts["reason"] or "", N_("Your parcel has arrived.")))
    return Answer(Words(N_("Delivered %(day)s"), {"day": max(days)}), lede, "ok", newest)


def _first_day(parcel: Parcel) -> date:
    return parcel.arrival.last if parcel.arrival else date.max
