"""Sample views of the pages about messages: the choice in its states, the way out, the demo's mailbox."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from portal.demo.mailbox import MailboxView, MailRow, MailView
from portal.kernel.words import Words
from portal.notifications.views import LeaveView, MessagesView, Option
from portal.web.page import FieldError, Page

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def message_samples(page: Page) -> Iterator[tuple[str, str, Any]]:
    """Name, template and view of each."""
    choice = MessagesView(
        page=page,
        order_number="FW-1042",
        scopes=(Option("all", Words("Every step"), True), Option("none", Words("Nothing"), False)),
        channels=(
            Option("email", Words("Email"), True),
            Option("sms", Words("Text message to %(number)s", {"number": "•••67"}), False),
        ),
        languages=(Option("de", "Deutsch", True), Option("ar", "العربية", False)),
        submit_url="/orders/1/messages",
        back_url="/orders/1",
    )
    errors = (FieldError("scope", Words("Choose one of these")),)
    yield "messages", "notifications/messages.html", choice
    yield "messages-saved", "notifications/messages.html", replace(choice, saved=True, channels=(), languages=())
    yield "messages-errors", "notifications/messages.html", replace(choice, errors=errors)
    for done in (False, True):
        view = LeaveView(page, "/messages/leave/x", "/orders/1/messages", done)
        yield f"leave-{done}", "notifications/leave.html", view
    row = MailRow("Your parcel is here · FW-1042", "nora@example.org", AT, "/mailbox/1")
    yield "mailbox", "mailbox/list.html", MailboxView(page, (row, row))
    yield "mailbox-empty", "mailbox/list.html", MailboxView(page, ())
    mail = MailView(page, row.subject, "Fernweh", row.to, AT, "It is here.\n", "/mailbox/1/html", "/mailbox")
    yield "mail", "mailbox/mail.html", mail
