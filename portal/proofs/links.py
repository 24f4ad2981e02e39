"""The link of the mail. Looking at it does nothing: mail scanners open every link, often more than once. The button
does, and only in the browser that asked; anybody else reads where to type the code.
"""

from starlette.requests import Request
from starlette.responses import Response

from portal.kernel.words import N_, Words
from portal.merchants.visits import frame, visit_of
from portal.proofs.gate import goal_url
from portal.proofs.presenters import LinkView
from portal.proofs.queries import find_asker, find_by_token
from portal.proofs.rules import TOKEN
from portal.proofs.service import Outcome, follow_link
from portal.web.answers import page, redirect
from portal.web.cookies import SESSION, read_cookie, set_cookie
from portal.web.forms import read_form
from portal.web.sessions import LIFETIME

REFERRER = {"referrer-policy": "strict-origin"}
"""The token in the address goes nowhere, not even to ourselves. Not `no-referrer`: under it browsers that know no Fetch
Metadata send `Origin: null` with our own form, and we would refuse it.
"""
ELSEWHERE = (
    Words(N_("Almost there")),
    Words(
        N_(
            "This link works only in the browser where you asked for it. Go back there and type the six digits "
            "from the same mail."
        )
    ),
)
OVER = (
    Words(N_("This link no longer works")),
    Words(N_("It was used already, or it is older than ten minutes. Look your order up again and ask for a new one.")),
)
READY = (
    Words(N_("Is this you?")),
    Words(N_("You asked for this link a moment ago. Press the button, and this browser shows you everything.")),
)


async def show_link(request: Request) -> Response:
    """GET /proof/{token}: one button, pressed or not; nothing is used up."""
    visit, now = visit_of(request), request.app.state.clock()
    token = request.path_params["token"]
    session = await find_asker(visit.merchant.id, read_cookie(request, SESSION), now)
    proof = await find_by_token(visit.merchant.id, session.id, token) if session and TOKEN.fullmatch(token) else None
    if proof is None:
        return _answer(request, LinkView(frame(request), *ELSEWHERE))
    if proof.used_at is not None or proof.ended_at is not None or now >= proof.expires_at:
        return _answer(request, LinkView(frame(request), *OVER))
    return _answer(request, LinkView(frame(request), *READY, visit.path(request, "proof_link", token=token)))


async def follow(request: Request) -> Response:
    """POST /proof/{token}: open the order to this browser, once."""
    await read_form(request)
    visit, now = visit_of(request), request.app.state.clock()
    token, cookie = request.path_params["token"], read_cookie(request, SESSION)
    session = await find_asker(visit.merchant.id, cookie, now)
    if session is None:
        return _answer(request, LinkView(frame(request), *ELSEWHERE), 403)
    answer = await follow_link(visit.merchant.id, session.id, token, cookie, now)
    if answer.outcome is not Outcome.PROVEN or answer.proof is None or answer.proof.order_id is None:
        return _answer(request, LinkView(frame(request), *OVER), 410)
    response = redirect(request, goal_url(request, answer.proof.order_id, answer.proof.goal, answer.proof.about))
    set_cookie(request, response, SESSION, answer.token, LIFETIME)
    return response


def _answer(request: Request, view: LinkView, status: int = 200) -> Response:
    response = page(request, "proofs/link.html", view, status)
    response.headers.update(REFERRER)
    return response
