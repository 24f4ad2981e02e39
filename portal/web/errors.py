"""From an exception to a plain page (or a plain line where there is no shop): what happened, what to do, a reference
for faults.
"""

import re
import secrets
from collections.abc import Callable

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.kernel.words import N_, Words
from portal.web.answers import page
from portal.web.forms import Forged
from portal.web.page import Notice, Page

log = structlog.get_logger()
Handler = Callable[[Request, Exception], Response]


class TooManyTries(Exception):
    """A limit is used up; the answer says when to come back."""


WORDS = {
    400: (N_("We could not read this form"), N_("Go back, reload the page and send it again.")),
    403: (
        N_("This form is out of date"),
        N_(
            "The page was open for a long time, or cookies are switched off. "
            "Go back, reload the page and send it again."
        ),
    ),
    404: (
        N_("We cannot find this page"),
        N_("The address may be old, or you may need to look your order up again."),
    ),
    405: (N_("We cannot find this page"), N_("The address may be old, or you may need to look your order up again.")),
    413: (
        N_("That was too much to send"),
        N_("What you sent is larger than we can take. Make it shorter and try again."),
    ),
    415: (N_("We could not read this form"), N_("Go back, reload the page and send it again.")),
    429: (N_("Please wait a moment"), N_("There were too many tries in a short time. Try again in a few minutes.")),
    500: (
        N_("Something went wrong on our side"),
        N_("Nothing of what you did is lost. Try again in a moment. If you write to us, name this reference."),
    ),
}
RETRY_AFTER = {429: "300"}
SECRET = re.compile(r"[\w-]{40,}")


def without_secrets(path: str) -> str:
    """A path for the log: a part as long as a token may be one (a link from a mail), and is left out."""
    return SECRET.sub("…", path)


def error_handlers(frame: Callable[[Request], Page]) -> dict[int | type[Exception], Handler]:
    """Handlers for what is expected to go wrong; `frame` makes the page around the words."""

    def known(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return _notice(request, status, frame)

    def forged(request: Request, error: Exception) -> Response:
        log.info("form refused", path=without_secrets(request.scope["path"]), why=str(error))
        return _notice(request, 403, frame)

    def too_many(request: Request, error: Exception) -> Response:
        return _notice(request, 429, frame)

    return {HTTPException: known, Forged: forged, TooManyTries: too_many}


class Faults:
    """Answers a bug or an outage with a page and a reference, in the shop's look, within the layers of headers."""

    def __init__(self, app: ASGIApp, frame: Callable[[Request], Page]) -> None:
        self.app = app
        self.frame = frame

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            if started:
                raise
            reference = secrets.token_hex(4)
            log.error("fault", reference=reference, path=without_secrets(scope["path"]), exc_info=error)
            response = _notice(Request(scope), 500, self.frame, reference)
            await response(scope, receive, send)


def _notice(request: Request, status: int, frame: Callable[[Request], Page], reference: str = "") -> Response:
    title, body = WORDS.get(status, WORDS[404] if status < 500 else WORDS[500])
    if not hasattr(request.state, "visit"):
        return PlainTextResponse(f"{status} {title}.\n", status)
    around = frame(request)
    action = None if status in RETRY_AFTER else Words(N_("Look up an order"))
    view = Notice(around, status, Words(title), Words(body), action, around.home_url, reference)
    response = page(request, "_layout/notice.html", view, status)
    if status in RETRY_AFTER:
        response.headers["retry-after"] = RETRY_AFTER[status]
    return response
