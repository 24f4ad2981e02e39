"""Asking the team for something, one question a page: what, the details, is everything right."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.kernel.refusal import Refusal
from portal.merchants.visits import visit_of
from portal.requests.asking import (
    Asking,
    check_view,
    fill_view,
    offered_for,
    open_asking,
    order_url,
    read_about,
    refused_view,
    topic_view,
)
from portal.requests.forms import read_facts
from portal.requests.models import RequestDraft, ShopperRequest
from portal.requests.queries import find_request_by_key, find_request_draft
from portal.requests.rules import Kind, ReachChanged, RequestRefused
from portal.requests.service import Asked, Wanted, make_request, save_request_draft
from portal.requests.standing import parcel_lines
from portal.requests.status import show_request, withdraw
from portal.requests.story import TOPICS
from portal.web.answers import page, redirect
from portal.web.errors import TooManyTries
from portal.web.forms import read_form

CONFLICT = 409
ASKED_PER_ORDER = "120/hour"


async def show_new(request: Request) -> Response:
    """GET /orders/{order_id}/requests/new/{number}: what can be asked about a parcel, or the form of one kind.

    `number` names both ("1a2b3c4d-problem"), so that the gate can come back here.
    """
    asking = await open_asking(request, "request_new", request.path_params["number"])
    if isinstance(asking, Response):
        return asking
    about = read_about(request.path_params["number"], asking.row.content)
    standing = asking.standing(about[0]) if about else None
    if about is None or standing is None:
        return redirect(request, order_url(request, asking.row.order_id))
    parcel_id, what = about
    if what in TOPICS:
        return page(request, "requests/topic.html", topic_view(request, asking, parcel_id, what, standing))
    offered = offered_for(asking, parcel_id, Kind(what))
    if offered.refusal is not None:
        return _refused(request, asking, offered.kind, offered.refusal, 200)
    facts = None
    if request.query_params.get("again") == "1":
        draft = await _draft(asking)
        facts = draft.facts if draft is not None and draft.kind == what and _parcel(draft) == parcel_id else None
    return page(request, "requests/fill.html", fill_view(request, asking, parcel_id, offered, facts))


async def fill(request: Request) -> Response:
    """POST /orders/{order_id}/requests/new/{number}: keep what was filled in, on to the check."""
    asking, form = await open_asking(request, "request_new", request.path_params["number"]), await read_form(request)
    if isinstance(asking, Response):
        return asking
    about = read_about(request.path_params["number"], asking.row.content)
    if about is None or about[1] in TOPICS:
        return redirect(request, order_url(request, asking.row.order_id))
    parcel_id, kind = about[0], Kind(about[1])
    offered = offered_for(asking, parcel_id, kind)
    if offered.refusal is not None:
        return _refused(request, asking, kind, offered.refusal)
    facts, errors = read_facts(form, kind, asking.address, parcel_lines(asking.row.content, parcel_id))
    if errors:
        return page(request, "requests/fill.html", fill_view(request, asking, parcel_id, offered, facts, errors), 422)
    wanted = Wanted(kind, parcel_id, facts)
    try:
        await save_request_draft(asking.merchant.id, asking.session_id, asking.row.order_id, wanted, asking.now)
    except RequestRefused as no:
        return _refused(request, asking, kind, no.refusal)
    return redirect(request, visit_of(request).path(request, "request_check", order_id=asking.row.order_id))


async def show_check(request: Request) -> Response:
    """GET /orders/{order_id}/requests/check: everything once more, before the one button that counts."""
    asking = await open_asking(request, "request_check")
    if isinstance(asking, Response):
        return asking
    draft = await _draft(asking)
    if draft is None:
        return redirect(request, order_url(request, asking.row.order_id))
    return _check(request, asking, draft, 200)


async def send(request: Request) -> Response:
    """POST /orders/{order_id}/requests: ask for it. Repeated or doubled, it is the same request."""
    asking, form = await open_asking(request, "request_check"), await read_form(request)
    if isinstance(asking, Response):
        return asking
    # The draft before the request: the request that spent a draft is there once the draft is gone.
    key, draft = form.text("draft", 80), await _draft(asking)
    earlier = await find_request_by_key(asking.merchant.id, key) if key else None
    if earlier is not None and earlier.order_id == asking.row.order_id:
        return _to_confirmation(request, earlier)
    if draft is None:
        return redirect(request, order_url(request, asking.row.order_id))
    if key != str(draft.id):
        return _check(request, asking, draft, CONFLICT)
    await _count(request, asking.row.order_id)
    asked = Asked(key, visit_of(request).speech.language, asking.now, reach=form.text("reach", 16))
    wanted = Wanted(Kind(draft.kind), _parcel(draft), draft.facts)
    try:
        sent = await make_request(asking.merchant, asking.row.order_id, wanted, asked)
    except ReachChanged:
        return _check(request, asking, draft, CONFLICT)
    except RequestRefused as no:
        return _refused(request, asking, wanted.kind, no.refusal)
    return _to_confirmation(request, sent)


def _check(request: Request, asking: Asking, draft: RequestDraft, status: int) -> Response:
    """The check page; after a 409 it says that something changed. What cannot be asked any more says why."""
    kind = Kind(draft.kind)
    offered = offered_for(asking, _parcel(draft), kind)
    if offered.refusal is not None:
        return _refused(request, asking, kind, offered.refusal, status)
    view = check_view(request, asking, draft, offered, changed=status == CONFLICT)
    return page(request, "requests/check.html", view, status)


def _refused(request: Request, asking: Asking, kind: Kind, why: Refusal, status: int = CONFLICT) -> Response:
    return page(request, "requests/refused.html", refused_view(request, asking, kind, why), status)


async def _draft(asking: Asking) -> RequestDraft | None:
    return await find_request_draft(asking.merchant.id, asking.session_id, asking.row.order_id)


def _parcel(draft: RequestDraft) -> str:
    return str(draft.parcel_id) if draft.parcel_id else ""


async def _count(request: Request, order_id: UUID) -> None:
    """Every request is a mail to the team; a browser that sends without end is stopped."""
    merchant = str(visit_of(request).merchant.id)
    if not await request.app.state.limiter.allows((ASKED_PER_ORDER, f"request:{merchant}", str(order_id))):
        raise TooManyTries


def _to_confirmation(request: Request, row: ShopperRequest) -> Response:
    return redirect(request, visit_of(request).path(request, "request_sent", number=row.number))


routes = [
    Route("/orders/{order_id:uuid}/requests/new/{number}", show_new, methods=["GET"], name="request_new"),
    Route("/orders/{order_id:uuid}/requests/new/{number}", fill, methods=["POST"]),
    Route("/orders/{order_id:uuid}/requests/check", show_check, methods=["GET"], name="request_check"),
    Route("/orders/{order_id:uuid}/requests", send, methods=["POST"], name="requests"),
    Route("/requests/{number}", show_request, methods=["GET"], name="request"),
    Route("/requests/{number}/confirmation", show_request, methods=["GET"], name="request_sent"),
    Route("/requests/{number}/withdraw", withdraw, methods=["POST"], name="request_withdraw"),
]
