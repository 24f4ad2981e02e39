"""The requests' views: from stored facts to what the pages show. Pure; the frame and addresses come in."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from portal.integrations.records import AddressRecord
from portal.kernel.words import N_, Words
from portal.orders.addresses import address_block
from portal.requests.addresses import address_fields
from portal.requests.forms import WHERE, Facts
from portal.requests.models import RequestChange, ShopperRequest
from portal.requests.presenters import (
    ChoiceView,
    FieldValue,
    HistoryView,
    Option,
    ParcelLine,
    Told,
)
from portal.requests.rules import NAMES_LINES, PROBLEMS, WISHES, Kind, Offer, Reach, RequestState
from portal.requests.words import ASK, CHANGES, HOW, PLACE, refusal_words

DELIVERY, PROBLEM = "delivery", "problem"
TOPICS: dict[str, tuple[Words, tuple[Kind, ...]]] = {
    DELIVERY: (Words(N_("What should happen with the delivery?")), WISHES),
    PROBLEM: (Words(N_("What went wrong?")), PROBLEMS),
}
"""The two questions from which requests begin."""

HEADLINES = {
    RequestState.OPEN: (N_("We are looking at it"), N_("Our team has your request and writes to you."), "calm"),
    RequestState.DONE: (N_("We have done it"), N_("Our team has settled your request."), "ok"),
    RequestState.DECLINED: (N_("This was not possible"), N_("We are sorry. If it still matters, write to us."), "warn"),
    RequestState.WITHDRAWN: (N_("You withdrew this request"), N_("Nothing will be done."), "calm"),
}
SENT = N_("We have your request"), N_("Our team looks at it and writes to you. You also get a copy by email.")


def choice_views(
    offered: Iterable[Offer], url_of: Callable[[Kind], str]
) -> tuple[tuple[ChoiceView, ...], tuple[ChoiceView, ...]]:
    """What can be asked for, and the rest with its reasons."""
    views = [
        ChoiceView(
            Words(ASK[one.kind]),
            url_of(one.kind) if one.allowed else "",
            refusal_words(one.refusal) if one.refusal else None,
        )
        for one in offered
    ]
    return tuple(view for view in views if not view.why), tuple(view for view in views if view.why)


def how(kind: Kind, reach: Reach) -> Words | None:
    """Who can still do what is wished for."""
    return Words(HOW[reach]) if kind in WISHES else None


def address_values(now: AddressRecord, typed: Mapping[str, Any] | None) -> tuple[FieldValue, ...]:
    """The fields of the address: what was typed, else what we have."""
    values = typed if typed is not None else {name: getattr(now, name) for name in AddressRecord.__dataclass_fields__}
    return tuple(FieldValue(field, values[field.name]) for field in address_fields(now.country, now))


def place_part(kind: Kind, value: str) -> tuple[Words, Words, str] | None:
    """The question for a place, its hint, what was typed."""
    if kind not in PLACE:
        return None
    label, hint = PLACE[kind]
    return Words(label), Words(hint), value


def where_options(kind: Kind) -> tuple[Option, ...]:
    """Neighbour or safe place."""
    if kind is not Kind.NEIGHBOUR_OR_SAFE_PLACE:
        return ()
    return tuple(Option(code, Words(label)) for code, label in WHERE.items())


def line_views(lines: Sequence[tuple[Mapping[str, Any], int]], chosen: Mapping[str, int]) -> tuple[ParcelLine, ...]:
    """The items of a parcel; of each, how many are concerned."""
    return tuple(
        ParcelLine(
            line_id=line["id"],
            title=line["title"],
            detail=line["variant"].replace(" / ", " · "),
            quantities=range(most + 1),
            chosen=min(chosen.get(line["id"], 0), most),
            image_url=line["image"],
            initial=line["title"][:1].upper(),
        )
        for line, most in lines
    )


def told(kind: Kind, facts: Facts, before: AddressRecord | None, content: Mapping[str, Any]) -> Told:
    """What was filled in, to be read once more. `before` is the address as the order has it."""
    lines = [(line, facts["lines"][line["id"]]) for line in content["lines"] if line["id"] in facts["lines"]]
    address = facts["address"]
    return Told(
        address=_block(AddressRecord(**address)) if address else (),
        before=_block(before) if address and before and before.line1 else (),
        where=Words(WHERE[facts["where"]]) if facts["where"] else None,
        place=facts["place"],
        lines=line_views(lines, facts["lines"]) if kind in NAMES_LINES else (),
        text=facts["text"],
    )


def headline(row: ShopperRequest, just_sent: bool) -> tuple[Words, Words, str]:
    """The state in the largest type, the sentence below it, the tone."""
    head, lede, tone = HEADLINES[RequestState(row.state)]
    if just_sent and row.state == RequestState.OPEN:
        head, lede = SENT
        tone = "ok"
    return Words(head), Words(lede), tone


def history(changes: Sequence[RequestChange]) -> tuple[HistoryView, ...]:
    """What happened, newest first."""
    return tuple(HistoryView(Words(CHANGES[change.what]), change.why, change.at) for change in reversed(changes))


def _block(address: AddressRecord) -> tuple[str, ...]:
    """Line by line, without the country: it stays."""
    return address_block(address, address.country)
