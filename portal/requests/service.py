"""Verbs of the requests room. Each is one transaction that holds the order's page; mails leave through the outbox."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from tortoise.exceptions import IntegrityError

from portal.db.outbox import Event, publish
from portal.db.setup import transaction
from portal.kernel.ids import new_id
from portal.kernel.refusal import Refusal
from portal.merchants.queries import MerchantFacts
from portal.merchants.service import next_number
from portal.requests.events import RequestAcknowledged, RequestAnswered, RequestMade, RequestWithdrawn
from portal.requests.models import RequestChange, RequestDraft, ShopperRequest
from portal.requests.queries import find_request, find_request_by_key, list_order_requests
from portal.requests.rules import (
    ANSWERS,
    NAMES_LINES,
    TEXT_LIMIT,
    Kind,
    Offer,
    ReachChanged,
    RequestRefused,
    RequestState,
    offer,
)
from portal.requests.standing import Content, parcel_lines, standing_of
from portal.tracking.queries import PageRow, lock_page
from portal.tracking.service import set_page_requests

MOST_OPEN = 20
"""Open requests of one order; whoever has more needs a person, not a form."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for, about which parcel ("" for what was not sent yet), with its facts as the form read them."""

    kind: Kind
    parcel_id: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """How it was asked: the form's key, in which language, through which door, when, and who was said to do it."""

    key: str
    locale: str
    at: datetime
    via: str = "page"
    reach: str | None = None


async def save_request_draft(
    merchant_id: UUID, session_id: UUID, order_id: UUID, wanted: Wanted, now: datetime
) -> RequestDraft:
    """Remember what a browser has filled in, in place of what it had before. Raises RequestRefused when the order is
    gone.
    """
    values = {"kind": wanted.kind, "parcel_id": _uuid(wanted.parcel_id), "facts": dict(wanted.facts), "created_at": now}
    try:
        async with transaction():
            await RequestDraft.filter(merchant_id=merchant_id, session_id=session_id, order_id=order_id).delete()
            return await RequestDraft.create(
                id=new_id(), merchant_id=merchant_id, session_id=session_id, order_id=order_id, **values
            )
    except IntegrityError as error:  # the order or the parcel is gone, or another tab was faster
        raise RequestRefused(Refusal("not_possible")) from error


async def make_request(merchant: MerchantFacts, order_id: UUID, wanted: Wanted, asked: Asked) -> ShopperRequest:
    """Ask the team. The same key again is the same request, however often and however many at once.

    Raises RequestRefused, and ReachChanged when somebody else than was shown would have to do it now.
    """
    digest = hashlib.sha256(
        orjson.dumps([str(order_id), wanted.kind, wanted.parcel_id, wanted.facts], option=orjson.OPT_SORT_KEYS)
    ).digest()
    async with transaction():
        page = await lock_page(merchant.id, order_id)
        if page is None:
            raise RequestRefused(Refusal("unknown_order"))
        earlier = await find_request_by_key(merchant.id, asked.key)
        if earlier is not None:
            if bytes(earlier.request_digest) != digest:
                raise RequestRefused(Refusal("request_key_reused"))
            return earlier
        decided = _decide(merchant, page.content, wanted, asked.at)
        if asked.reach is not None and asked.reach != decided.reach:
            raise ReachChanged
        return await _write(merchant, page, wanted, decided, asked, digest)


async def answer_request(
    merchant: MerchantFacts, request_id: UUID, outcome: RequestState, note: str, who: str, now: datetime
) -> ShopperRequest:
    """Say what became of a request. A no needs its reason. Raises Refusal("unknown_request"), ("not_open"),
    ("bad_outcome"), ("note_missing"), ("note_too_long").
    """
    if outcome not in ANSWERS:
        raise Refusal("bad_outcome", {"outcome": str(outcome)})
    if outcome is RequestState.DECLINED and not note:
        raise Refusal("note_missing")
    if len(note) > TEXT_LIMIT:
        raise Refusal("note_too_long", {"limit": TEXT_LIMIT})
    async with transaction():
        row = await _settle(merchant.id, request_id, outcome, who, note, now, answer=note, answered_at=now)
        await _owe(RequestAnswered(row.id), row, now)
        return row


async def withdraw_request(merchant: MerchantFacts, request_id: UUID, who: str, now: datetime) -> ShopperRequest:
    """Take a request back while nobody has answered it. Raises Refusal("unknown_request"), ("not_open")."""
    async with transaction():
        row = await _settle(merchant.id, request_id, RequestState.WITHDRAWN, who, "", now)
        await _owe(RequestWithdrawn(row.id), row, now)
        return row


def _decide(merchant: MerchantFacts, content: Content, wanted: Wanted, now: datetime) -> Offer:
    standing = standing_of(content, wanted.parcel_id, merchant, now)
    if standing is None:
        raise RequestRefused(Refusal("unknown_parcel"))
    decided = offer(wanted.kind, standing, now)
    if decided.refusal is not None:
        raise RequestRefused(decided.refusal)
    if sum(entry["state"] == RequestState.OPEN for entry in content.get("requests", ())) >= MOST_OPEN:
        raise RequestRefused(Refusal("too_many_open"))
    if wanted.kind in NAMES_LINES:
        _check_lines(content, wanted)
    return decided


def _check_lines(content: Content, wanted: Wanted) -> None:
    inside = {line["id"]: most for line, most in parcel_lines(content, wanted.parcel_id)}
    if not wanted.facts["lines"]:
        raise RequestRefused(Refusal("nothing_chosen"))
    for line, quantity in wanted.facts["lines"].items():
        if line not in inside:
            raise RequestRefused(Refusal("unknown_line", {}, line))
        if not 1 <= quantity <= inside[line]:
            raise RequestRefused(Refusal("too_many", {"most": inside[line]}, line))


async def _write(
    merchant: MerchantFacts, page: PageRow, wanted: Wanted, decided: Offer, asked: Asked, digest: bytes
) -> ShopperRequest:
    row = await ShopperRequest.create(
        id=new_id(),
        merchant_id=merchant.id,
        order_id=page.order_id,
        parcel_id=_uuid(wanted.parcel_id),
        number=f"A-{await next_number(merchant.id, 'requests')}",
        request_key=asked.key,
        request_digest=digest,
        kind=wanted.kind,
        reach=decided.reach,
        state=RequestState.OPEN,
        facts=dict(wanted.facts),
        locale=asked.locale,
        via=asked.via,
        made_at=asked.at,
    )
    await _note(merchant.id, row.id, "asked", "shopper" if asked.via == "page" else asked.via, "", asked.at)
    await RequestDraft.filter(merchant_id=merchant.id, order_id=page.order_id, id=_uuid(asked.key)).delete()
    await tell_page(merchant.id, page.order_id)
    await _owe(RequestMade(row.id), row, asked.at)
    await _owe(RequestAcknowledged(row.id), row, asked.at)
    return row


async def _settle(
    merchant_id: UUID, request_id: UUID, state: RequestState, who: str, why: str, now: datetime, **values: Any
) -> ShopperRequest:
    """Move an open request on, once; nothing is read for good before the order's page is held."""
    row = await find_request(merchant_id, request_id)
    if row is None or await lock_page(merchant_id, row.order_id) is None:
        raise Refusal("unknown_request")
    changed = await ShopperRequest.filter(merchant_id=merchant_id, id=request_id, state=RequestState.OPEN).update(
        state=state, **values
    )
    row = await find_request(merchant_id, request_id)
    assert row is not None, "requests are never deleted while their order is there, and its page is held"
    if not changed:
        raise Refusal("not_open", {"state": row.state})
    await _note(merchant_id, request_id, str(state), who, why, now)
    await tell_page(merchant_id, row.order_id)
    return row


async def tell_page(merchant_id: UUID, order_id: UUID) -> None:
    """Let the order's page say what was asked, inside the caller's transaction."""
    rows = await list_order_requests(merchant_id, order_id)
    await set_page_requests(merchant_id, order_id, [_entry(row) for row in rows])


def _entry(row: ShopperRequest) -> dict[str, object]:
    return {
        "number": row.number,
        "kind": row.kind,
        "parcel": str(row.parcel_id) if row.parcel_id else None,
        "state": row.state,
        "made_at": row.made_at.isoformat(),
        "answered_at": row.answered_at.isoformat() if row.answered_at else None,
        "answer": row.answer,
    }


async def _note(merchant_id: UUID, request_id: UUID, what: str, who: str, why: str, now: datetime) -> None:
    await RequestChange.create(
        id=new_id(), merchant_id=merchant_id, request_id=request_id, what=what, who=who[:64], why=why, at=now
    )


async def _owe(event: Event, row: ShopperRequest, now: datetime) -> None:
    await publish(event, merchant_id=row.merchant_id, dedupe_key=str(row.id), now=now)


def _uuid(text: str) -> UUID | None:
    """The id that a text is, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None
