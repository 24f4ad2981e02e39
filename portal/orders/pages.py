"""The front door: number + email or postal code. A hit and a miss answer alike; the next page tells which it was."""

from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.merchants.visits import frame, visit_of
from portal.orders.forms import read_lookup
from portal.orders.images import serve_image
from portal.orders.presenters import LookupView, PausedView
from portal.orders.queries import find_order_by_contact
from portal.orders.rules import number_key
from portal.web.answers import page, redirect
from portal.web.cookies import LANGUAGE, SESSION, read_cookie, set_cookie
from portal.web.errors import RETRY_AFTER
from portal.web.forms import read_form
from portal.web.limits import network_of
from portal.web.sessions import LIFETIME, find_session, open_session

TRIES_PER_NETWORK = "40/5minute"
TRIES_PER_ORDER = "10/15minute"
TRIES_PER_MERCHANT = "1200/minute"


async def show_lookup(request: Request) -> Response:
    """GET /: the form. A language in the path is remembered."""
    said = {name: request.query_params.get(name) == "1" for name in ("again", "forgotten")}
    response = page(request, "orders/lookup.html", _view(request, **said))
    visit = visit_of(request)
    if visit.prefix:
        set_cookie(request, response, LANGUAGE, visit.speech.language, timedelta(days=365))
    return response


async def look_up(request: Request) -> Response:
    """POST /lookup: always a redirect to the result with a new session, found or not."""
    form = read_lookup(await read_form(request))
    if form.errors:
        view = _view(request, number=form.number, errors=form.errors)
        return page(request, "orders/lookup.html", view, 422)
    visit, now = visit_of(request), request.app.state.clock()
    if not await _may_try(request, form.number):
        return _paused(request, form.number)
    found = await find_order_by_contact(visit.merchant.id, form.number, form.contact)
    earlier = await find_session(visit.merchant.id, read_cookie(request, SESSION), now)
    token = await open_session(visit.merchant.id, earlier, found, form.number, now)
    response = redirect(request, visit.path(request, "lookup_result"))
    set_cookie(request, response, SESSION, token, LIFETIME)
    return response


async def show_result(request: Request) -> Response:
    """GET /lookup/result: on to the order that was found, else the form again, saying so."""
    visit = visit_of(request)
    session = await find_session(visit.merchant.id, read_cookie(request, SESSION), request.app.state.clock())
    if session is not None and session.found_id is not None:
        return redirect(request, visit.path(request, "order", order_id=session.found_id))
    number = session.typed_number if session is not None else ""
    view = _view(request, number=number, not_found=session is not None)
    return page(request, "orders/lookup.html", view, 404 if session is not None else 200)


async def _may_try(request: Request, number: str) -> bool:
    merchant = str(visit_of(request).merchant.id)
    allowed: bool = await request.app.state.limiter.allows(
        (TRIES_PER_NETWORK, f"lookup:{merchant}", network_of(request)),
        (TRIES_PER_ORDER, f"lookup-order:{merchant}", number_key(number)),
        (TRIES_PER_MERCHANT, "lookup-merchant", merchant),
    )
    return allowed


def _paused(request: Request, number: str) -> Response:
    """Somebody guesses, perhaps somebody else: the shopper still gets in, by mail."""
    view = PausedView(frame(request), visit_of(request).path(request, "ask_by_mail"), number)
    response = page(request, "orders/paused.html", view, 429)
    response.headers["retry-after"] = RETRY_AFTER[429]
    return response


def _view(request: Request, **facts: Any) -> LookupView:
    visit = visit_of(request)
    return LookupView(frame(request), submit_url=visit.path(request, "look_up"), examples=_examples(request), **facts)


def _examples(request: Request) -> tuple[str, ...]:
    examples: dict[str, tuple[str, ...]] = request.app.state.examples
    return examples.get(visit_of(request).merchant.slug, ())


routes = [
    Route("/", show_lookup, name="lookup"),
    Route("/lookup", look_up, methods=["POST"], name="look_up"),
    Route("/lookup/result", show_result, name="lookup_result"),
    Route("/media/{digest}", serve_image, name="media"),
]
