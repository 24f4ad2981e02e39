"""What mails say of a request: to the team, with all that is needed to do it, and to the shopper. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.integrations.records import AddressRecord
from portal.kernel.words import N_, Words
from portal.orders.addresses import address_block
from portal.orders.models import Order
from portal.requests.forms import WHERE
from portal.requests.models import ShopperRequest
from portal.requests.rules import Kind, Reach, RequestState
from portal.requests.standing import parcel_number
from portal.requests.words import HOW, NAME, next_words
from portal.tracking.rules import ParcelStatus
from portal.tracking.wording import CHIP

HEADINGS = {
    RequestState.OPEN: N_("We have your request"),
    RequestState.DONE: N_("We have done what you asked for"),
    RequestState.DECLINED: N_("What you asked for was not possible"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing to know. `lines` are what people wrote or what the shop told; `words` are ours."""

    term: Words
    lines: tuple[str, ...] = ()
    words: Words | None = None


@dataclass(frozen=True, slots=True)
class RequestLetter:
    """`answer` is the team's word to the shopper; `url` leads to the order, "" in mails to the team."""

    heading: Words
    lede: Words
    name: Words
    number: str
    order_number: str
    facts: tuple[Fact, ...]
    next: tuple[Words, ...]
    answer: str
    url: str


def team_letter(row: ShopperRequest, order: Order, content: Mapping[str, Any]) -> RequestLetter:
    """To the team: what is asked, by whom, about what. After a withdrawal: that nobody need do it."""
    withdrawn = row.state == RequestState.WITHDRAWN
    kind = Kind(row.kind)
    heading = N_("%(number)s was withdrawn") if withdrawn else N_("%(number)s: a shopper asks for your help")
    lede = (
        Words(N_("There is nothing to do any more."))
        if withdrawn
        else Words(
            N_("Answering this mail writes to the shopper. Then settle the request, so that their page shows it.")
        )
    )
    return RequestLetter(
        heading=Words(heading, {"number": row.number}),
        lede=lede,
        name=Words(NAME[kind]),
        number=row.number,
        order_number=order.number,
        facts=(*_shopper(order), *_parcel(row, content), *_how(row), *_asked(row, content, _address_of(order))),
        next=(),
        answer="",
        url="",
    )


def shopper_letter(row: ShopperRequest, content: Mapping[str, Any], url: str) -> RequestLetter:
    """To the shopper: that it arrived, with what they asked for; later what became of it."""
    state, kind = RequestState(row.state), Kind(row.kind)
    asked = state is RequestState.OPEN
    return RequestLetter(
        heading=Words(HEADINGS[state]),
        lede=Words(N_("This is what you asked for:"))
        if asked
        else Words(N_("You asked us on %(day)s."), {"day": row.made_at}),
        name=Words(NAME[kind]),
        number=row.number,
        order_number=content["order"]["number"],
        facts=_asked(row, content, None) if asked else (),
        next=next_words(kind, Reach(row.reach)) if asked else (),
        answer=row.answer,
        url=url,
    )


def _shopper(order: Order) -> tuple[Fact, ...]:
    customer: Mapping[str, Any] = order.customer
    known = tuple(customer[part] for part in ("name", "email", "phone") if customer.get(part))
    return (Fact(Words(N_("Shopper")), known),) if known else ()


def _parcel(row: ShopperRequest, content: Mapping[str, Any]) -> tuple[Fact, ...]:
    number = parcel_number(content, str(row.parcel_id)) if row.parcel_id else 0
    if not number:
        return ()
    parcel = content["parcels"][number - 1]
    name = Words(N_("Parcel %(number)s"), {"number": number})
    status = Words(CHIP[ParcelStatus(parcel["status"])])
    return (Fact(name, tuple(part for part in (parcel["carrier"], parcel["number"]) if part), status),)


def _how(row: ShopperRequest) -> tuple[Fact, ...]:
    """When it was asked, as the shopper was told."""
    wish = Kind(row.kind) in {Kind.ADDRESS_CORRECTION, Kind.REDELIVERY, Kind.PICKUP_POINT, Kind.NEIGHBOUR_OR_SAFE_PLACE}
    return (Fact(Words(N_("What the shopper was told")), (), Words(HOW[Reach(row.reach)])),) if wish else ()


def _asked(row: ShopperRequest, content: Mapping[str, Any], before: AddressRecord | None) -> tuple[Fact, ...]:
    facts = row.facts
    titles = {line["id"]: line["title"] for line in content["lines"]}
    found = []
    if facts["address"] and before is not None:
        found.append(Fact(Words(N_("The address so far")), address_block(before)))
    if facts["address"]:
        found.append(Fact(Words(N_("The right address")), address_block(AddressRecord(**facts["address"]))))
    if facts["place"]:
        where = WHERE[facts["where"]] if facts["where"] else N_("Pick-up point")
        found.append(Fact(Words(where), (facts["place"],)))
    if facts["lines"]:
        lines = tuple(f"{count} × {titles.get(line, '?')}" for line, count in facts["lines"].items())
        found.append(Fact(Words(N_("Items")), lines))
    if facts["text"]:
        found.append(Fact(Words(N_("What was written")), tuple(facts["text"].split("\n"))))
    return tuple(found)


def _address_of(order: Order) -> AddressRecord | None:
    return AddressRecord(**order.shipping_address) if order.shipping_address else None
