"""From a message to its order, out of the messages with one click, and the page where a shopper chooses."""

from datetime import datetime
from typing import Any
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.kernel.words import N_, Words
from portal.merchants.visits import frame, visit_of
from portal.notifications.queries import Choice, choice_of, find_choice, mobile_of
from portal.notifications.rules import Channel, Scope, masked_address
from portal.notifications.service import leave, save_choice
from portal.notifications.tokens import Purpose, read_token
from portal.notifications.views import LeaveView, MessagesView, Option
from portal.orders.queries import find_order
from portal.proofs.gate import to_proof
from portal.tracking.pages import front_door
from portal.tracking.queries import PageRow, find_page, find_visible_page
from portal.web.answers import page, redirect
from portal.web.cookies import SESSION, read_cookie, set_cookie
from portal.web.errors import TooManyTries
from portal.web.forms import Form, read_form
from portal.web.limits import network_of
from portal.web.locale import own_name
from portal.web.page import FieldError
from portal.web.sessions import LIFETIME, find_session, open_session

TRIES_PER_NETWORK = "60/5minute"
SCOPES = {
    Scope.ALL: N_("Every step"),
    Scope.PROBLEMS: N_("Only problems"),
    Scope.NONE: N_("Nothing"),
}
BY_EMAIL, BY_TEXT = N_("Email"), N_("Text message to %(number)s")
CHOOSE = Words(N_("Choose one of these"))


async def open_order(request: Request) -> Response:
    """GET /o/{token}: the order's stub for this browser, as after a lookup, at an address without the token."""
    return await _opened(request, "order")


async def open_messages(request: Request) -> Response:
    """GET /o/{token}/messages: the same, and on to the choice of messages."""
    return await _opened(request, "messages")


async def show_leave(request: Request) -> Response:
    """GET /messages/leave/{token}: one button. Mail scanners open links, so looking changes nothing."""
    order_id = await _order_of(request, Purpose.LEAVE)
    return _leave_page(request, order_id, done=False)


async def leave_messages(request: Request) -> Response:
    """POST /messages/leave/{token}: by the button, or by a mail program (RFC 8058), which has neither cookie nor form
    token; the address is all it takes, and all it does is less mail.
    """
    order_id = await _order_of(request, Purpose.LEAVE)
    if not await leave(visit_of(request).merchant, order_id, request.app.state.clock()):
        raise HTTPException(404)
    return _leave_page(request, order_id, done=True)


async def show_messages(request: Request) -> Response:
    """GET /orders/{order_id}/messages: what the shopper hears; needs a proof."""
    row, answer = await _proven(request)
    if row is None:
        return answer
    choice, number = await _choice(request, row)
    view = _messages_view(request, row, choice, number, saved=request.query_params.get("saved") == "1")
    return page(request, "notifications/messages.html", view)


async def save_messages(request: Request) -> Response:
    """POST /orders/{order_id}/messages: keep the choice and show it."""
    form = await read_form(request)
    row, answer = await _proven(request)
    if row is None:
        return answer
    merchant, now = visit_of(request).merchant, request.app.state.clock()
    before, number = await _choice(request, row)
    choice, errors = _read(form, before, merchant.locales)
    if errors:
        view = _messages_view(request, row, choice, number, errors=errors)
        return page(request, "notifications/messages.html", view, 422)
    await save_choice(merchant.id, row.order_id, choice, now)
    return redirect(request, f"{visit_of(request).path(request, 'messages', order_id=row.order_id)}?saved=1")


async def _opened(request: Request, then: str) -> Response:
    visit, now = visit_of(request), request.app.state.clock()
    order_id = await _token_order(request, Purpose.OPEN, now)
    found = await find_page(visit.merchant.id, order_id) if order_id else None
    if found is None:
        return front_door(request)
    response = redirect(request, visit.path(request, then, order_id=found.order_id))
    session = await find_session(visit.merchant.id, read_cookie(request, SESSION), now)
    if session is None or str(found.order_id) not in session.order_ids:
        number = found.content["order"]["number"]
        token = await open_session(visit.merchant.id, session, found.order_id, number, now)
        set_cookie(request, response, SESSION, token, LIFETIME)
    return response


async def _order_of(request: Request, purpose: Purpose) -> UUID:
    order_id = await _token_order(request, purpose, request.app.state.clock())
    if order_id is None:
        raise HTTPException(404)
    return order_id


async def _token_order(request: Request, purpose: Purpose, now: datetime) -> UUID | None:
    merchant = visit_of(request).merchant
    limit = (TRIES_PER_NETWORK, f"message-link:{merchant.id}", network_of(request))
    if not await request.app.state.limiter.allows(limit):
        raise TooManyTries
    return read_token(purpose, merchant.id, request.path_params["token"], now.date())


def _leave_page(request: Request, order_id: UUID, *, done: bool) -> Response:
    visit = visit_of(request)
    view = LeaveView(
        page=frame(request),
        submit_url=visit.path(request, "leave_messages", token=request.path_params["token"]),
        back_url=visit.path(request, "messages", order_id=order_id),
        done=done,
    )
    response = page(request, "notifications/leave.html", view)
    response.headers["referrer-policy"] = "strict-origin"
    return response


async def _proven(request: Request) -> tuple[PageRow | None, Response]:
    """The order's row, or None and where to go instead."""
    visit, order_id = visit_of(request), request.path_params["order_id"]
    token = read_cookie(request, SESSION)
    row = await find_visible_page(visit.merchant.id, order_id, token, request.app.state.clock())
    if row is None:
        return None, front_door(request)
    return (row if row.proven else None), to_proof(request, order_id, "messages")


async def _choice(request: Request, row: PageRow) -> tuple[Choice, str]:
    """What holds for the order, and the number that could get texts: "" where there is none, or no way to send any."""
    merchant = visit_of(request).merchant
    order = await find_order(merchant.id, row.order_id)
    customer = order.customer if order else {}
    choice = choice_of(await find_choice(merchant.id, row.order_id), customer.get("locale", ""), merchant)
    if order is None or not request.app.state.settings.sms_url:
        return choice, ""
    return choice, mobile_of(customer, order.shipping_address, merchant)


def _read(form: Form, before: Choice, locales: tuple[str, ...]) -> tuple[Choice, tuple[FieldError, ...]]:
    scope, channel = form.text("scope", 16), form.text("channel", 16) or before.channel
    locale = form.text("locale", 16) or before.locale
    wrong = {"scope": scope not in set(Scope), "channel": channel not in set(Channel), "locale": locale not in locales}
    errors = tuple(FieldError(field, CHOOSE) for field, is_wrong in wrong.items() if is_wrong)
    return (before if errors else Choice(Scope(scope), Channel(channel), locale)), errors


def _messages_view(request: Request, row: PageRow, choice: Choice, number: str, **facts: Any) -> MessagesView:
    visit = visit_of(request)
    texts = Words(BY_TEXT, {"number": masked_address(number)})
    channels = {Channel.EMAIL: Words(BY_EMAIL), Channel.SMS: texts} if number else {}
    languages = visit.merchant.locales if len(visit.merchant.locales) > 1 else ()
    return MessagesView(
        page=frame(request),
        order_number=row.content["order"]["number"],
        scopes=tuple(Option(code, Words(label), code is choice.scope) for code, label in SCOPES.items()),
        channels=tuple(Option(code, label, code is choice.channel) for code, label in channels.items()),
        languages=tuple(Option(code, own_name(code), code == choice.locale) for code in languages),
        submit_url=visit.path(request, "save_messages", order_id=row.order_id),
        back_url=visit.path(request, "order", order_id=row.order_id),
        **facts,
    )


routes = [
    Route("/o/{token}", open_order, name="open_order"),
    Route("/o/{token}/messages", open_messages, name="open_messages"),
    Route("/messages/leave/{token}", show_leave, methods=["GET"], name="leave"),
    Route("/messages/leave/{token}", leave_messages, methods=["POST"], name="leave_messages"),
    Route("/orders/{order_id:uuid}/messages", show_messages, methods=["GET"], name="messages"),
    Route("/orders/{order_id:uuid}/messages", save_messages, methods=["POST"], name="save_messages"),
]
