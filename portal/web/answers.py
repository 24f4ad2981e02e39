"""Answers to a browser: a page, a fragment, a redirect that htmx understands; with the form cookie where a form needs
it.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from portal.web import csrf
from portal.web.cookies import FORM, read_cookie, set_cookie
from portal.web.render import render

REDIRECT_AFTER_POST = 303
NOTHING_NEW = 204


def page(request: Request, template: str, view: Any, status: int = 200) -> HTMLResponse:
    """Render a page or a fragment in the visitor's language; a browser without a form secret gets one."""
    secret = read_cookie(request, FORM)
    fresh = not csrf.is_secret(secret)
    secret = csrf.new_secret() if fresh else secret
    speech = request.state.visit.speech
    response = HTMLResponse(render(request.app.state.templates, template, view, speech, secret), status)
    response.headers["content-language"] = speech.language
    response.headers["vary"] = "HX-Request, Cookie, Accept-Language"
    if fresh:
        set_cookie(request, response, FORM, secret)
    return response


def redirect(request: Request, url: str) -> Response:
    """After a form: 303, or for htmx the header that makes it load the page (a 303 would land inside the form)."""
    if is_htmx(request):
        return Response(status_code=200, headers={"hx-redirect": url})
    return RedirectResponse(url, REDIRECT_AFTER_POST)


def unchanged() -> Response:
    """Nothing to swap."""
    return Response(status_code=NOTHING_NEW)


def is_htmx(request: Request) -> bool:
    """Whether htmx asks for a fragment."""
    return request.headers.get("hx-request") == "true"
