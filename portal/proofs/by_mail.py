"""Into an order that cannot be looked up, because somebody guesses at it and its tries are used up: number and email,
and what comes to that address opens it. Every answer here is the same whether there is such an order or not.
"""

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from portal.merchants.visits import frame, visit_of
from portal.orders.queries import find_order_by_email
from portal.orders.rules import number_key
from portal.proofs.asking import count_code, count_mail
from portal.proofs.forms import answer_errors, read_mail_form, read_typed
from portal.proofs.gate import goal_url
from portal.proofs.models import Proof
from portal.proofs.presenters import AskByMailView, CodeView
from portal.proofs.queries import find_asker, find_newest, is_open
from portal.proofs.service import LOOKUP, Goal, Outcome, ask_for_code, try_code
from portal.web.answers import page, redirect
from portal.web.cookies import SESSION, read_cookie, set_cookie
from portal.web.forms import read_form
from portal.web.models import ShopperSession
from portal.web.page import FieldError
from portal.web.sessions import LIFETIME, find_session, open_session


async def show_ask_by_mail(request: Request) -> Response:
    """GET /lookup/code: number and email, please."""
    return page(request, "proofs/by_mail.html", _ask_view(request))


async def ask_by_mail(request: Request) -> Response:
    """POST /lookup/code: a code to the order's address, if the address typed is the order's; on to the six digits."""
    form = read_mail_form(await read_form(request))
    if form.errors:
        view = _ask_view(request, number=form.number, email=form.email, errors=form.errors)
        return page(request, "proofs/by_mail.html", view, 422)
    visit, now = visit_of(request), request.app.state.clock()
    earlier = await find_session(visit.merchant.id, read_cookie(request, SESSION), now)
    waiting = earlier is not None and await _waits(earlier, form.number, now)
    if not await count_mail(request, form.number, form.email, waiting=waiting):
        return redirect(request, f"{visit.path(request, 'enter_code')}?earlier=1")
    found = await find_order_by_email(visit.merchant.id, form.number, form.email)
    token = await open_session(visit.merchant.id, earlier, None, form.number, now)
    session = await find_session(visit.merchant.id, token, now)
    if session is not None:
        await ask_for_code(visit.merchant.id, session.id, found, LOOKUP, Goal(), visit.speech.language, now)
    response = redirect(request, visit.path(request, "enter_code"))
    set_cookie(request, response, SESSION, token, LIFETIME)
    return response


async def show_enter(request: Request) -> Response:
    """GET /lookup/code/enter: six digits, please."""
    visit, now = visit_of(request), request.app.state.clock()
    session = await find_session(visit.merchant.id, read_cookie(request, SESSION), now)
    newest = await find_newest(visit.merchant.id, session.id, LOOKUP, None) if session else None
    if newest is None:
        return redirect(request, visit.path(request, "ask_by_mail"))
    return page(request, "proofs/code.html", _code_view(request, newest))


async def enter_code(request: Request) -> Response:
    """POST /lookup/code/enter: the right one finds the order and proves it, in one."""
    form, cookie = await read_form(request), read_cookie(request, SESSION)
    visit, now = visit_of(request), request.app.state.clock()
    session = await find_asker(visit.merchant.id, cookie, now)
    if session is None:
        return redirect(request, visit.path(request, "ask_by_mail"))
    typed, errors = read_typed(form)
    if errors:
        newest = await find_newest(visit.merchant.id, session.id, LOOKUP, None)
        return page(request, "proofs/code.html", _code_view(request, newest, errors), 422)
    await count_code(request)
    answer = await try_code(visit.merchant.id, session.id, LOOKUP, None, typed, cookie, now)
    if answer.outcome is not Outcome.PROVEN or answer.proof is None or answer.proof.order_id is None:
        newest = await find_newest(visit.merchant.id, session.id, LOOKUP, None)
        return page(request, "proofs/code.html", _code_view(request, newest, answer_errors(answer)), 422)
    response = redirect(request, goal_url(request, answer.proof.order_id, "order", ""))
    set_cookie(request, response, SESSION, answer.token, LIFETIME)
    return response


def _ask_view(request: Request, **facts: Any) -> AskByMailView:
    visit = visit_of(request)
    return AskByMailView(frame(request), visit.path(request, "ask_by_mail"), visit.path(request, "lookup"), **facts)


async def _waits(session: ShopperSession, number: str, now: datetime) -> bool:
    """Whether the browser has a code on its way for what it typed last, be there such an order or not."""
    newest = await find_newest(session.merchant_id, session.id, LOOKUP, None)
    return is_open(newest, now) and number_key(session.typed_number) == number_key(number)


def _code_view(request: Request, newest: Proof | None, errors: tuple[FieldError, ...] = ()) -> CodeView:
    visit = visit_of(request)
    return CodeView(
        page=frame(request),
        submit_url=visit.path(request, "enter_code"),
        resend_url=visit.path(request, "ask_by_mail"),
        resend_by_form=False,
        back_url=visit.path(request, "lookup"),
        errors=errors,
        earlier=request.query_params.get("earlier") == "1",
        over=not is_open(newest, request.app.state.clock()),
    )
