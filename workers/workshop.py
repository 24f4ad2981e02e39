"""What handlers work with, opened once for the life of a worker process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import structlog

from portal.integrations.calls import open_client
from portal.integrations.mailfolder.folder import FolderPostman
from portal.integrations.ports import AdapterError, Mail, Messenger, Postman
from portal.integrations.smtp.postman import SmtpPostman, read_address
from portal.integrations.twilio import messenger as twilio
from portal.labels.renderer import Renderer
from portal.labels.service import warm_up
from portal.notifications.letters import Stationery, open_stationery
from portal.settings import Settings
from portal.storage.objects import ObjectStore, open_store

log = structlog.get_logger(__name__)
DEMO_SENDER = "post@doorstep.example"


@dataclass(frozen=True, slots=True)
class Workshop:
    renderer: Renderer
    store: ObjectStore
    settings: Settings
    postman: Postman
    stationery: Stationery
    http: httpx2.AsyncClient
    """For every vendor's API."""
    messenger: Messenger | None = None
    """None where no texts are sent."""


@asynccontextmanager
async def open_workshop(settings: Settings) -> AsyncIterator[Workshop]:
    """The warm render process, the object store and the ways out; all of it ends with the worker."""
    async with Renderer() as renderer, open_client() as http:
        await warm_up()
        store = open_store(settings.storage)
        messenger = messenger_of(settings, http)
        yield Workshop(renderer, store, settings, postman_of(settings), open_stationery(), http, messenger)


class NoPostman:
    """Stands in where no mail server is named: every mail fails and is tried again, so that none is lost silently."""

    async def send(self, mail: Mail) -> None:
        """Raises AdapterError("no_mail_server")."""
        raise AdapterError("no_mail_server", detail="set DOORSTEP_MAIL_URL and DOORSTEP_MAIL_FROM")


def postman_of(settings: Settings) -> Postman:
    """Who takes mails out: a mail server, a folder in the demo and in development, or nobody yet."""
    if not settings.mail:
        log.error("mails wait: set DOORSTEP_MAIL_URL and DOORSTEP_MAIL_FROM, then `doorstep outbox replay`")
        return NoPostman()
    if "://" in settings.mail:
        return SmtpPostman(read_address(settings.mail), settings.mail_from)
    return FolderPostman(Path(settings.mail), settings.mail_from or DEMO_SENDER)


def messenger_of(settings: Settings, http: httpx2.AsyncClient) -> Messenger | None:
    """Who takes texts out, if anybody."""
    if settings.sms_url is None:
        return None
    return twilio.TwilioMessenger(twilio.read_address(settings.sms_url), lambda: http)
