"""What the steps of asking share: whose order it is, what may be asked, and the view each step shows."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from portal.integrations.records import AddressRecord
from portal.kernel.refusal import Refusal
from portal.kernel.words import Words
from portal.merchants.queries import MerchantFacts
from portal.merchants.visits import frame, visit_of
from portal.proofs.gate import front_door, to_proof
from portal.requests.forms import NO_FACTS, Facts
from portal.requests.models import RequestDraft
from portal.requests.presenters import CheckView, FillView, RefusedView, TopicView
from portal.requests.rules import NAMES_LINES, TEXT_LIMIT, Kind, Offer, Standing, offer, offers
from portal.requests.standing import parcel_lines, parcel_number, standing_of
from portal.requests.story import (
    TOPICS,
    address_values,
    choice_views,
    how,
    line_views,
    place_part,
    told,
    where_options,
)
from portal.requests.words import ASK, FIRST, TEXT, refusal_words
from portal.tracking.queries import PageRow, find_visible_page
from portal.web.cookies import SESSION, read_cookie
from portal.web.locale import regional
from portal.web.page import FieldError
from portal.web.sessions import find_session

ORDER = "order"
"""In place of a parcel's key: what was not sent yet."""
KEY = 8


@dataclass(frozen=True, slots=True)
class Asking:
    """Whose order it is, its facts, and which browser asks."""

    merchant: MerchantFacts
    row: PageRow
    session_id: UUID
    now: datetime

    @property
    def address(self) -> AddressRecord:
        """Where the order goes; of an order without an address, the country alone."""
        person = self.row.person or {"name": "", "address": None}
        known = AddressRecord(**(person["address"] or {}))
        country = known.country or self.row.content["order"]["country"] or self.merchant.country
        return replace(known, name=known.name or person["name"], country=country)

    def standing(self, parcel_id: str) -> Standing | None:
        """Where a parcel stands now."""
        return standing_of(self.row.content, parcel_id, self.merchant, self.now)


async def open_asking(request: Request, then: str = "order", about: str = "") -> Asking | Response:
    """What every step needs, or the way there: look the order up, show that it is yours, then come back to `then`."""
    visit, now = visit_of(request), request.app.state.clock()
    merchant, order_id = visit.merchant, request.path_params["order_id"]
    token = read_cookie(request, SESSION)
    session = await find_session(merchant.id, token, now)
    row = await find_visible_page(merchant.id, order_id, token, now)
    if session is None or row is None:
        return front_door(request)
    if not row.proven:
        return to_proof(request, order_id, then, about)
    return Asking(merchant, row, session.id, now)


def about_of(parcel_id: str, what: str) -> str:
    """A parcel and what is asked about it, short enough for an address: "1a2b3c4d-redelivery"."""
    return f"{UUID(parcel_id).hex[-KEY:] if parcel_id else ORDER}-{what.replace('_', '-')}"


def read_about(about: str, content: dict[str, Any]) -> tuple[str, str] | None:
    """The parcel ("" for what was not sent yet) and what is asked about it; None when there is no such parcel or
    thing.
    """
    key, _, what = about.partition("-")
    what = what.replace("-", "_")
    ids = {UUID(parcel["id"]).hex[-KEY:]: parcel["id"] for parcel in content["parcels"]}
    parcel_id = "" if key == ORDER else ids.get(key)
    return (parcel_id, what) if parcel_id is not None and (what in TOPICS or what in list(Kind)) else None


def url_about(request: Request, asking: Asking, parcel_id: str, what: str) -> str:
    """The address of a step of asking."""
    about = about_of(parcel_id, what)
    return visit_of(request).path(request, "request_new", order_id=asking.row.order_id, number=about)


def topic_view(request: Request, asking: Asking, parcel_id: str, topic: str, standing: Standing) -> TopicView:
    question, kinds = TOPICS[topic]
    choices, refused = choice_views(
        offers(standing, asking.now, kinds), lambda kind: url_about(request, asking, parcel_id, kind)
    )
    return TopicView(
        page=frame(request),
        order_number=asking.row.content["order"]["number"],
        parcel=shown_parcel(asking.row.content, parcel_id),
        back_url=order_url(request, asking.row.order_id),
        question=question,
        choices=choices,
        refused=refused,
    )


def fill_view(
    request: Request,
    asking: Asking,
    parcel_id: str,
    offered: Offer,
    facts: Facts | None = None,
    errors: tuple[FieldError, ...] = (),
) -> FillView:
    kind, content, known = offered.kind, asking.row.content, facts or NO_FACTS
    assert offered.reach is not None
    country = asking.address.country
    lines = parcel_lines(content, parcel_id) if kind in NAMES_LINES else []
    return FillView(
        page=frame(request),
        order_number=content["order"]["number"],
        parcel=shown_parcel(content, parcel_id),
        back_url=order_url(request, asking.row.order_id),
        submit_url=url_about(request, asking, parcel_id, kind),
        title=Words(ASK[kind]),
        how=how(kind, offered.reach),
        first=tuple(map(Words, FIRST.get(kind, ()))),
        address=address_values(asking.address, known["address"]) if kind is Kind.ADDRESS_CORRECTION else (),
        country=country_name(request, country),
        options=where_options(kind),
        where=known["where"],
        place=place_part(kind, known["place"]),
        lines=line_views(lines, known["lines"]),
        text_label=Words(TEXT[kind]),
        text=known["text"],
        text_limit=TEXT_LIMIT,
        errors=errors,
    )


def check_view(
    request: Request, asking: Asking, draft: RequestDraft, offered: Offer, *, changed: bool = False
) -> CheckView:
    kind, content = Kind(draft.kind), asking.row.content
    parcel_id = str(draft.parcel_id) if draft.parcel_id else ""
    assert offered.reach is not None
    return CheckView(
        page=frame(request),
        order_number=content["order"]["number"],
        parcel=shown_parcel(content, parcel_id),
        title=Words(ASK[kind]),
        how=how(kind, offered.reach),
        told=told(kind, draft.facts, asking.address, content),
        change_url=f"{url_about(request, asking, parcel_id, kind)}?again=1",
        submit_url=visit_of(request).path(request, "requests", order_id=asking.row.order_id),
        draft=str(draft.id),
        reach=offered.reach,
        changed=changed,
    )


def refused_view(request: Request, asking: Asking, kind: Kind, refusal: Refusal) -> RefusedView:
    number = refusal.params.get("number", "")
    return RefusedView(
        page=frame(request),
        order_number=asking.row.content["order"]["number"],
        title=Words(ASK[kind]),
        why=refusal_words(refusal),
        order_url=order_url(request, asking.row.order_id),
        other_url=visit_of(request).path(request, "request", number=number) if number else "",
    )


def offered_for(asking: Asking, parcel_id: str, kind: Kind) -> Offer:
    """Whether a kind may be asked for now; a parcel that is gone is a refusal too."""
    standing = asking.standing(parcel_id)
    return offer(kind, standing, asking.now) if standing else Offer(kind, None, Refusal("unknown_parcel"))


def order_url(request: Request, order_id: UUID) -> str:
    return visit_of(request).path(request, "order", order_id=order_id)


def shown_parcel(content: dict[str, Any], parcel_id: str) -> int:
    """Which parcel it is, where there are several; else 0."""
    return parcel_number(content, parcel_id) if len(content["parcels"]) > 1 else 0


def country_name(request: Request, country: str) -> str:
    """A country in the visitor's language."""
    speech = visit_of(request).speech
    return str(regional(speech.language, speech.country).territories.get(country, country))
