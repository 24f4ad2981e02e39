"""Showing that an order is one's own: where the mail goes, the six digits, the link; and forgetting a browser."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.merchants.visits import frame, visit_of
from portal.proofs.asking import Asker, count_code, count_mail, open_asker
from portal.proofs.by_mail import ask_by_mail, enter_code, show_ask_by_mail, show_enter
from portal.proofs.forms import answer_errors, read_typed
from portal.proofs.gate import front_door, goal_url, read_goal
from portal.proofs.links import follow, show_link
from portal.proofs.presenters import AskView, CodeView
from portal.proofs.queries import find_newest, is_open
from portal.proofs.rules import ASK_AGAIN_AFTER, masked_email
from portal.proofs.service import ORDER, Goal, Outcome, ask_for_code, try_code
from portal.web.answers import page, redirect
from portal.web.cookies import SESSION, drop_cookie, read_cookie, set_cookie
from portal.web.forms import read_form
from portal.web.page import FieldError
from portal.web.sessions import LIFETIME, end_session


async def show_proof(request: Request) -> Response:
    """GET /orders/{order_id}/proof?then=&about=: where the code would go, and a button that sends it."""
    asker = await open_asker(request)
    if asker is None:
        return front_door(request)
    goal = Goal(*read_goal(request, request.query_params.get("then", ""), request.query_params.get("about", "")))
    if asker.proven:
        return redirect(request, goal_url(request, asker.order.id, goal.name, goal.about))
    visit = visit_of(request)
    view = AskView(
        page=frame(request),
        order_number=asker.order.number,
        masked=masked_email(asker.email),
        goal=goal.name,
        about=goal.about,
        submit_url=visit.path(request, "proof", order_id=asker.order.id),
        back_url=visit.path(request, "order", order_id=asker.order.id),
    )
    return page(request, "proofs/ask.html", view)


async def send_code(request: Request) -> Response:
    """POST /orders/{order_id}/proof: owe the mail; on to the six digits. Again too soon: the code on its way counts."""
    asker, form = await open_asker(request), await read_form(request)
    if asker is None:
        return front_door(request)
    goal = Goal(*read_goal(request, form.text("then", 64), form.text("about", 32)))
    if asker.proven:
        return redirect(request, goal_url(request, asker.order.id, goal.name, goal.about))
    if not masked_email(asker.email):
        return redirect(request, visit_of(request).path(request, "proof", order_id=asker.order.id))
    url = visit_of(request).path(request, "proof_code", order_id=asker.order.id)
    newest = await find_newest(asker.merchant.id, asker.session.id, ORDER, asker.order.id)
    waiting = is_open(newest, asker.now)
    if newest is not None and waiting and asker.now < newest.asked_at + ASK_AGAIN_AFTER:
        return redirect(request, f"{url}?early=1")
    if not await count_mail(request, asker.order.number, asker.email, waiting=waiting):
        return redirect(request, f"{url}?earlier=1")
    locale = visit_of(request).speech.language
    await ask_for_code(asker.merchant.id, asker.session.id, asker.order.id, ORDER, goal, locale, asker.now)
    return redirect(request, url)


async def show_code(request: Request) -> Response:
    """GET /orders/{order_id}/proof/code: six digits, please."""
    asker = await open_asker(request)
    if asker is None:
        return front_door(request)
    newest = await find_newest(asker.merchant.id, asker.session.id, ORDER, asker.order.id)
    if newest is None or asker.proven:
        return redirect(request, visit_of(request).path(request, "proof", order_id=asker.order.id))
    goal = Goal(newest.goal, newest.about)
    return page(request, "proofs/code.html", await _code_view(request, asker, goal))


async def prove(request: Request) -> Response:
    """POST /orders/{order_id}/proof/code: the right one opens the order to this browser, under a new token."""
    asker, form = await open_asker(request), await read_form(request)
    if asker is None:
        return front_door(request)
    typed, errors = read_typed(form)
    goal = Goal(*read_goal(request, form.text("then", 64), form.text("about", 32)))
    if errors:
        return page(request, "proofs/code.html", await _code_view(request, asker, goal, errors), 422)
    await count_code(request)
    answer = await try_code(asker.merchant.id, asker.session.id, ORDER, asker.order.id, typed, asker.cookie, asker.now)
    if answer.outcome is not Outcome.PROVEN:
        view = await _code_view(request, asker, goal, answer_errors(answer))
        return page(request, "proofs/code.html", view, 422)
    response = redirect(request, goal_url(request, asker.order.id, goal.name, goal.about))
    set_cookie(request, response, SESSION, answer.token, LIFETIME)
    return response


async def forget(request: Request) -> Response:
    """POST /forget: end this browser's session, on the server too."""
    await read_form(request)
    await end_session(visit_of(request).merchant.id, read_cookie(request, SESSION))
    response = redirect(request, f"{visit_of(request).path(request, 'lookup')}?forgotten=1")
    drop_cookie(request, response, SESSION)
    return response


async def _code_view(request: Request, asker: Asker, goal: Goal, errors: tuple[FieldError, ...] = ()) -> CodeView:
    visit, order_id = visit_of(request), asker.order.id
    newest = await find_newest(asker.merchant.id, asker.session.id, ORDER, order_id)
    return CodeView(
        page=frame(request),
        submit_url=visit.path(request, "proof_code", order_id=order_id),
        resend_url=visit.path(request, "proof", order_id=order_id),
        resend_by_form=True,
        back_url=visit.path(request, "order", order_id=order_id),
        masked=masked_email(asker.email),
        order_number=asker.order.number,
        goal=goal.name,
        about=goal.about,
        errors=errors,
        early=request.query_params.get("early") == "1",
        earlier=request.query_params.get("earlier") == "1",
        over=not is_open(newest, asker.now),
    )


routes = [
    Route("/orders/{order_id:uuid}/proof", show_proof, methods=["GET"], name="proof"),
    Route("/orders/{order_id:uuid}/proof", send_code, methods=["POST"]),
    Route("/orders/{order_id:uuid}/proof/code", show_code, methods=["GET"], name="proof_code"),
    Route("/orders/{order_id:uuid}/proof/code", prove, methods=["POST"]),
    Route("/lookup/code", show_ask_by_mail, methods=["GET"], name="ask_by_mail"),
    Route("/lookup/code", ask_by_mail, methods=["POST"]),
    Route("/lookup/code/enter", show_enter, methods=["GET"], name="enter_code"),
    Route("/lookup/code/enter", enter_code, methods=["POST"]),
    Route("/proof/{token}", show_link, methods=["GET"], name="proof_link"),
    Route("/proof/{token}", follow, methods=["POST"]),
    Route("/forget", forget, methods=["POST"], name="forget"),
]
