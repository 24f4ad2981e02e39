"""The demo's mailbox: every mail that a shop has sent, for whoever plays its shoppers. The demo alone mounts it."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from portal.integrations.mailfolder.folder import Kept, list_mails, read_mail
from portal.merchants.visits import frame, visit_of
from portal.web.answers import page
from portal.web.headers import CONTENT_SECURITY_POLICY
from portal.web.page import Page

WITH_FRAME = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
INSIDE = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; "
    "sandbox allow-top-navigation-by-user-activation"
)
"""A mail brings its own styles and nothing else; its links open in the whole window, as in a mail program."""


@dataclass(frozen=True, slots=True)
class MailRow:
    """One line of the list."""

    subject: str
    to: str
    at: datetime
    url: str


@dataclass(frozen=True, slots=True)
class MailboxView:
    """What `mailbox/list.html` gets."""

    page: Page
    mails: tuple[MailRow, ...]


@dataclass(frozen=True, slots=True)
class MailView:
    """What `mailbox/mail.html` gets. `html_url` is the mail as its sender made it."""

    page: Page
    subject: str
    sender: str
    to: str
    at: datetime
    text: str
    html_url: str
    back_url: str


async def show_mailbox(request: Request) -> Response:
    """GET /mailbox: the shop's mails, newest first."""
    visit = visit_of(request)
    mails = await asyncio.to_thread(list_mails, _folder(request), visit.merchant.slug)
    rows = (MailRow(mail.subject, mail.to, mail.at, visit.path(request, "mail", mail=mail.name)) for mail in mails)
    return page(request, "mailbox/list.html", MailboxView(frame(request), tuple(rows)))


async def show_mail(request: Request) -> Response:
    """GET /mailbox/{mail}: one mail, as it looks and as plain text."""
    visit, mail = visit_of(request), await _mail(request)
    view = MailView(
        page=frame(request),
        subject=mail.subject,
        sender=mail.sender,
        to=mail.to,
        at=mail.at,
        text=mail.text,
        html_url=visit.path(request, "mail_html", mail=mail.name),
        back_url=visit.path(request, "mailbox"),
    )
    response = page(request, "mailbox/mail.html", view)
    response.headers["content-security-policy"] = WITH_FRAME
    return response


async def show_mail_html(request: Request) -> Response:
    """GET /mailbox/{mail}/html: the mail alone, in a box of its own."""
    html = (await _mail(request)).html.replace("<head>", '<head><base target="_top">', 1)
    return HTMLResponse(html, headers={"content-security-policy": INSIDE})


async def _mail(request: Request) -> Kept:
    """The mail that the address names. Raises a 404 for none, and for one of another shop."""
    mail = await asyncio.to_thread(read_mail, _folder(request), request.path_params["mail"])
    if mail is None or mail.shop != visit_of(request).merchant.slug:
        raise HTTPException(404)
    return mail


def _folder(request: Request) -> Path:
    return Path(request.app.state.settings.mail)


routes = [
    Route("/mailbox", show_mailbox, name="mailbox"),
    Route("/mailbox/{mail}", show_mail, name="mail"),
    Route("/mailbox/{mail}/html", show_mail_html, name="mail_html"),
]
