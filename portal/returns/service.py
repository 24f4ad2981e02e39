"""Verbs of the returns room. Each is one transaction; label and mail leave through the outbox."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from portal.db.setup import transaction
from portal.integrations.records import AddressRecord
from portal.kernel.ids import new_id
from portal.kernel.refusal import Refusal
from portal.labels.rules import LabelFacts, drop_off_payload
from portal.labels.service import ask_for_label
from portal.merchants.queries import MerchantFacts
from portal.merchants.service import next_number
from portal.orders.addresses import address_block
from portal.orders.queries import find_person
from portal.policies.queries import find_policy_for
from portal.policies.traces import explain
from portal.returns.models import Return, ReturnChange, ReturnDraft, ReturnLine
from portal.returns.queries import (
    find_return,
    find_return_by_key,
    held_by_returns,
    list_order_returns,
    list_return_lines,
)
from portal.returns.quoting import Offer, make_offer
from portal.returns.rules import Pick, QuoteChanged, ReturnRefused, ReturnState
from portal.tracking.queries import PageRow, lock_page
from portal.tracking.service import set_page_returns


@dataclass(frozen=True, slots=True)
class Asked:
    """How a return was asked for: the request's key and digest, through which door, in which language, when."""

    key: str
    digest: bytes
    via: str
    locale: str
    at: datetime


async def save_draft(
    merchant_id: UUID, session_id: UUID, order_id: UUID, picks: Sequence[Pick], now: datetime
) -> ReturnDraft:
    """Remember what a browser has chosen so far."""
    chosen = [asdict(pick) for pick in picks]
    first = {"id": new_id(), "picks": chosen, "created_at": now, "updated_at": now}
    try:
        draft, made = await ReturnDraft.get_or_create(
            first, merchant_id=merchant_id, session_id=session_id, order_id=order_id
        )
    except IntegrityError as error:  # the order is gone, or is another merchant's
        raise ReturnRefused((Refusal("unknown_order"),)) from error
    if not made:
        await ReturnDraft.filter(merchant_id=merchant_id, id=draft.id).update(picks=chosen, updated_at=now)
        draft.picks = chosen
    return draft


async def request_return(
    merchant: MerchantFacts,
    order_id: UUID,
    picks: Sequence[Pick],
    *,
    request_key: str,
    via: str,
    locale: str,
    now: datetime,
    stamp: str | None = None,
) -> Return:
    """Ask for a return. The same `request_key` again is the same return, however often and however many at once.

    Raises ReturnRefused with every reason, QuoteChanged when `stamp` is no longer what the shopper saw.
    """
    if any(not pick.reason for pick in picks):
        raise ReturnRefused(tuple(Refusal("unknown_reason", {}, pick.line_id) for pick in picks if not pick.reason))
    digest = hashlib.sha256(orjson.dumps([str(order_id), *(asdict(pick) for pick in picks)])).digest()
    asked = Asked(request_key, digest, via, locale, now)
    async with transaction():
        page = await lock_page(merchant.id, order_id)
        if page is None:
            raise ReturnRefused((Refusal("unknown_order"),))
        earlier = await find_return_by_key(merchant.id, request_key)
        if earlier is not None:
            if bytes(earlier.request_digest) != digest:
                raise ReturnRefused((Refusal("request_key_reused"),))
            return earlier
        offer = await _offer(merchant, page, picks, now)
        if stamp is not None and stamp != offer.stamp:
            raise QuoteChanged
        row = await _write(merchant, page, offer, asked)
        await ReturnDraft.filter(merchant_id=merchant.id, order_id=order_id, id=_draft_id(request_key)).delete()
        return row


async def approve_return(merchant: MerchantFacts, return_id: UUID, who: str, now: datetime) -> Return:
    """Say yes to a return that waits for it; its label is made next. Raises Refusal("not_waiting"),
    ("unknown_return").
    """
    async with transaction():
        page = await _lock_page_of(merchant.id, return_id)
        row = await _decide(merchant, return_id, ReturnState.APPROVED, who, "", now)
        await _want_label(merchant, page, row, now)
        await _tell_page(merchant.id, row.order_id)
        return row


async def decline_return(merchant: MerchantFacts, return_id: UUID, who: str, why: str, now: datetime) -> Return:
    """Say no, with the reason; its units are free again at once. Raises Refusal("not_waiting"), ("unknown_return")."""
    async with transaction():
        await _lock_page_of(merchant.id, return_id)
        row = await _decide(merchant, return_id, ReturnState.DECLINED, who, why, now)
        await _tell_page(merchant.id, row.order_id)
        return row


async def _lock_page_of(merchant_id: UUID, return_id: UUID) -> PageRow:
    """Changes to an order and its returns take turns on the order's page; nothing is read before it is held."""
    row = await find_return(merchant_id, return_id)
    page = await lock_page(merchant_id, row.order_id) if row else None
    if page is None:
        raise Refusal("unknown_return")
    return page


async def _offer(merchant: MerchantFacts, page: PageRow, picks: Sequence[Pick], now: datetime) -> Offer:
    order = page.content["order"]
    policy = await find_policy_for(merchant.id, order["policy"], datetime.fromisoformat(order["placed_at"]))
    if policy is None:
        raise ReturnRefused((Refusal("no_policy"),))
    held = await held_by_returns(merchant.id, page.order_id)
    return make_offer(page.content, held, policy, picks, merchant.time_zone, now)


async def _write(merchant: MerchantFacts, page: PageRow, offer: Offer, asked: Asked) -> Return:
    approved, now = offer.approval == "auto", asked.at
    row = await Return.create(
        id=new_id(),
        merchant_id=merchant.id,
        order_id=page.order_id,
        number=f"R-{await next_number(merchant.id, 'returns')}",
        request_key=asked.key,
        request_digest=asked.digest,
        state=ReturnState.APPROVED if approved else ReturnState.REQUESTED,
        via=asked.via,
        currency=offer.quote.currency,
        refund=offer.quote.total.minor,
        quote=offer.quote.to_json(),
        decision=_decision_out(page, offer),
        method=offer.method,
        ship_by=offer.ship_by,
        locale=asked.locale,
        requested_at=now,
        updated_at=now,
    )
    await _write_lines(merchant.id, row.id, offer)
    await _note(merchant.id, row.id, "requested", "shopper" if asked.via == "page" else asked.via, "", now)
    if approved:
        await _note(merchant.id, row.id, "approved", "policy", f"version {offer.decision.policy_version}", now)
        await _want_label(merchant, page, row, now)
    await _tell_page(merchant.id, page.order_id)
    return row


async def _write_lines(merchant_id: UUID, return_id: UUID, offer: Offer) -> None:
    worth = {line.line_id: line for line in offer.quote.lines}
    await ReturnLine.bulk_create(
        ReturnLine(
            id=new_id(),
            merchant_id=merchant_id,
            return_id=return_id,
            line_id=UUID(pick.line_id),
            quantity=pick.quantity,
            reason=pick.reason,
            comment=pick.comment,
            gross=worth[pick.line_id].gross.minor,
            refund=worth[pick.line_id].value.minor,
        )
        for pick in offer.picks
    )


def _decision_out(page: PageRow, offer: Offer) -> dict[str, Any]:
    """Why each chosen line was allowed: every setting, the rule that decided it, the facts it looked at."""
    traces = {pick.line_id: explain(offer.policy, offer.decision.line(pick.line_id)) for pick in offer.picks}
    return {
        "policy_version_id": page.content["order"]["policy"],
        "policy_version": offer.decision.policy_version,
        "decided_at": offer.decision.decided_at.isoformat(),
        "lines": orjson.loads(orjson.dumps(traces, default=str)),
    }


async def _decide(
    merchant: MerchantFacts, return_id: UUID, state: ReturnState, who: str, why: str, now: datetime
) -> Return:
    changed = await Return.filter(merchant_id=merchant.id, id=return_id, state=ReturnState.REQUESTED).update(
        state=state, version=F("version") + 1, updated_at=now
    )
    row = await find_return(merchant.id, return_id)
    if row is None:
        raise Refusal("unknown_return")
    if not changed:
        raise Refusal("not_waiting", {"state": row.state})
    await _note(merchant.id, return_id, str(state), who, why, now)
    return row


async def _want_label(merchant: MerchantFacts, page: PageRow, row: Return, now: datetime) -> None:
    titles = {line["id"]: line["title"] for line in page.content["lines"]}
    lines = await list_return_lines(merchant.id, [row.id])
    order = page.content["order"]
    facts = LabelFacts(
        return_number=row.number,
        order_number=order["number"],
        merchant_name=merchant.name,
        to_address=merchant.return_address,
        from_lines=await _sender(merchant, page, row),
        carrier_name=merchant.return_carrier,
        ship_by=row.ship_by,
        items=tuple((titles[str(line.line_id)], line.quantity) for line in lines),
        tracking_code="",
        drop_off_payload=drop_off_payload(merchant.slug, row.number),
        locale=row.locale,
        country=merchant.country,
        from_country=order["country"],
    )
    await ask_for_label(merchant.id, row.id, facts, now)


async def _sender(merchant: MerchantFacts, page: PageRow, row: Return) -> tuple[str, ...]:
    """Who sends the parcel: in full where the shopper asked, who has proven the order; else masked as on its page."""
    name, address = (await find_person(merchant.id, page.order_id) if row.via == "page" else None) or ("", None)
    if address:
        known = AddressRecord(**address)
        return address_block(replace(known, name=known.name or name), merchant.return_address.country)
    masked: str = page.content["order"]["destination"]
    return tuple(part.strip() for part in masked.split(",") if part.strip())


async def _tell_page(merchant_id: UUID, order_id: UUID) -> None:
    returns = await list_order_returns(merchant_id, order_id)
    lines = await list_return_lines(merchant_id, [row.id for row in returns])
    await set_page_returns(
        merchant_id,
        order_id,
        [
            {
                "number": row.number,
                "state": row.state,
                "lines": {str(line.line_id): line.quantity for line in lines if line.return_id == row.id},
            }
            for row in returns
        ],
    )


async def _note(merchant_id: UUID, return_id: UUID, what: str, who: str, why: str, now: datetime) -> None:
    await ReturnChange.create(
        id=new_id(), merchant_id=merchant_id, return_id=return_id, what=what, who=who, why=why[:500], at=now
    )


def _draft_id(request_key: str) -> UUID:
    """The draft whose id is the key of a page's request; for other doors none has it."""
    try:
        return UUID(request_key)
    except ValueError:
        return UUID(int=0)
