"""A request that was sent: its state, what happens next, the way to take it back; to the order's own shopper alone."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from portal.kernel.refusal import Refusal
from portal.kernel.words import Words
from portal.merchants.visits import frame, visit_of
from portal.proofs.gate import front_door, to_proof
from portal.requests.asking import order_url, shown_parcel
from portal.requests.models import ShopperRequest
from portal.requests.presenters import RequestView
from portal.requests.queries import find_request_by_number, list_request_changes
from portal.requests.rules import Kind, Reach, RequestState
from portal.requests.service import withdraw_request
from portal.requests.story import headline, history, told
from portal.requests.words import NAME, STATES, next_words
from portal.tracking.queries import PageRow, find_visible_page
from portal.web.answers import page, redirect
from portal.web.cookies import SESSION, read_cookie
from portal.web.forms import read_form


async def show_request(request: Request) -> Response:
    """GET /requests/{number}: the status page; /confirmation says first that it worked."""
    found = await _find(request)
    if isinstance(found, Response):
        return found
    return page(request, "requests/status.html", await _view(request, *found))


async def withdraw(request: Request) -> Response:
    """POST /requests/{number}/withdraw: take it back; when it was settled meanwhile, the page says so."""
    found, _ = await _find(request), await read_form(request)
    if isinstance(found, Response):
        return found
    row, now = found[0], _now(request)
    try:
        await withdraw_request(visit_of(request).merchant, row.id, "shopper", now)
    except Refusal:
        again = await _find(request)
        if isinstance(again, Response) or again[0].state == RequestState.WITHDRAWN:
            return _to_request(request, row)
        return page(request, "requests/status.html", await _view(request, *again, late=True), 409)
    return _to_request(request, row)


async def _find(request: Request) -> tuple[ShopperRequest, PageRow] | Response:
    """The request that the path names with its order's page; else the way there: lookup, or a proof."""
    visit = visit_of(request)
    row = await find_request_by_number(visit.merchant.id, request.path_params["number"])
    token = read_cookie(request, SESSION)
    order = await find_visible_page(visit.merchant.id, row.order_id, token, _now(request)) if row else None
    if row is None or order is None:
        return front_door(request)
    return (row, order) if order.proven else to_proof(request, row.order_id, "request", row.number)


async def _view(request: Request, row: ShopperRequest, order: PageRow, *, late: bool = False) -> RequestView:
    visit, kind = visit_of(request), Kind(row.kind)
    just_sent = request.scope["path"].endswith("/confirmation")
    head, lede, tone = headline(row, just_sent)
    is_open = row.state == RequestState.OPEN
    return RequestView(
        page=frame(request),
        number=row.number,
        order_number=order.content["order"]["number"],
        parcel=shown_parcel(order.content, str(row.parcel_id)) if row.parcel_id else 0,
        order_url=order_url(request, row.order_id),
        headline=head,
        lede=lede,
        name=Words(NAME[kind]),
        state=Words(STATES[row.state]),
        tone=tone,
        answer=row.answer,
        told=told(kind, row.facts, None, order.content),
        next=next_words(kind, Reach(row.reach)) if is_open else (),
        history=history(await list_request_changes(visit.merchant.id, row.id)),
        withdraw_url=visit.path(request, "request_withdraw", number=row.number) if is_open else "",
        just_sent=just_sent,
        late=late,
    )


def _to_request(request: Request, row: ShopperRequest) -> Response:
    return redirect(request, visit_of(request).path(request, "request", number=row.number))


def _now(request: Request) -> datetime:
    now: datetime = request.app.state.clock()
    return now
