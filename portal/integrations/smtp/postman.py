"""The postman over SMTP: one connection per mail, TLS always unless it is told not to, and one kind of error."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import parse_qs, unquote, urlsplit

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from portal.integrations.ports import AdapterError, Mail
from portal.integrations.smtp.composing import Envelope, compose

TIME_LIMIT_SECONDS = 20.0
"""For one whole mail until it is taken; a worker gives a handler thirty."""
GOODBYE_SECONDS = 2.0
AT_ONCE = 8
"""Connections of one process: a slow mail server must not hold every slot of a worker, nor be flooded by us."""
TURN_SECONDS = 5.0
"""How long a mail waits for a connection before it goes back to the queue."""
PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails are handed in. `encryption`: "tls" from the first byte, "starttls", or "none"."""

    host: str
    port: int
    encryption: str
    username: str = ""
    password: str = ""


def read_address(url: str) -> MailServer:
    """`smtp://user:password@host:587` (STARTTLS) or `smtps://…:465` (TLS); `smtp://host:25?tls=no` goes unencrypted.

    A server on this machine needs no encryption. Raises ValueError in words for an operator, without the password.
    """
    parts = urlsplit(url)
    if parts.scheme not in PORTS:
        raise ValueError("begins with neither smtp:// nor smtps://")
    if not parts.hostname or parts.path not in ("", "/"):
        raise ValueError("no server is named, or something follows it")
    asked = parse_qs(parts.query)
    if asked not in ({}, {"tls": ["no"]}) or (asked and parts.scheme == "smtps"):
        raise ValueError("after the question mark there may only be tls=no, with smtp://")
    if bool(parts.username) != bool(parts.password):
        raise ValueError("a user needs a password, and a password a user")
    plain = asked or _is_here(parts.hostname)
    encryption = "tls" if parts.scheme == "smtps" else "none" if plain else "starttls"
    port = parts.port if parts.port is not None else PORTS[parts.scheme]
    return MailServer(parts.hostname, port, encryption, unquote(parts.username or ""), unquote(parts.password or ""))


class SmtpPostman:
    """Hands mails to one server. `sender` is the address that stands in From and gets what bounces."""

    def __init__(
        self,
        server: MailServer,
        sender: str,
        *,
        time_limit: float = TIME_LIMIT_SECONDS,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`tls` is for a server whose certificate the system does not know."""
        self._server, self._sender, self._clock = server, sender, clock
        self._time_limit, self._tls = time_limit, tls
        self._free = asyncio.Semaphore(AT_ONCE)

    async def send(self, mail: Mail) -> None:
        """Hand a mail over for good. Raises AdapterError; permanent when this mail will never be taken.

        When the server falls silent after it was given the mail, nobody can know whether it has it: the mail is tried
        again with the same Message-ID, by which mailboxes drop the twin.
        """
        envelope = compose(mail, self._sender, self._clock())
        try:
            async with asyncio.timeout(TURN_SECONDS):
                await self._free.acquire()
        except TimeoutError as error:
            raise AdapterError("busy", detail=f"{AT_ONCE} mails are already on their way") from error
        link = self._link(envelope)
        try:
            async with asyncio.timeout(self._time_limit):
                await _hand_over(link, envelope)
            # Outside the limit: the mail has been taken, and must not go back to the queue.
            await _part(link)
        except (SMTPException, OSError, TimeoutError) as error:
            raise _ours(error) from error
        finally:
            link.close()
            self._free.release()

    def _link(self, envelope: Envelope) -> SMTP:
        server = self._server
        return SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username or None,
            password=server.password or None,
            use_tls=server.encryption == "tls",
            start_tls=server.encryption == "starttls",
            tls_context=self._tls,
            # Looked up by DNS otherwise, which takes its time and is nobody's business.
            local_hostname=envelope.sender.rpartition("@")[2],
            timeout=self._time_limit,
        )


async def _hand_over(link: SMTP, envelope: Envelope) -> None:
    await link.connect()
    options = ["SMTPUTF8"] if envelope.international else []
    await link.sendmail(envelope.sender, envelope.recipient, envelope.content, mail_options=options)


async def _part(link: SMTP) -> None:
    """Say goodbye. The mail has been taken; what goes wrong now must not send it again."""
    try:
        await link.quit(timeout=GOODBYE_SECONDS)
    except (SMTPException, OSError, TimeoutError):
        return


def _ours(error: Exception) -> AdapterError:
    """What went wrong, in our words. Only what the server says of this mail or its recipient is final: whatever an
    operator can put right (a password, a sender, a certificate) is tried again, so that mails wait for it.
    """
    if isinstance(error, SMTPRecipientsRefused):
        code = error.recipients[0].code
        return AdapterError("address_refused", permanent=code >= 500, detail=_said(error.recipients[0]))
    if isinstance(error, SMTPAuthenticationError):
        return AdapterError("unauthorised", detail=_said(error))
    if isinstance(error, SMTPDataError):
        return AdapterError("mail_refused", permanent=error.code >= 500, detail=_said(error))
    if isinstance(error, SMTPResponseException):
        return AdapterError("server_refused", detail=_said(error))
    if isinstance(error, SMTPNotSupported):
        # An address beyond ASCII, at a server that knows none.
        return AdapterError("not_supported", permanent=True, detail=error.message)
    if type(error) is SMTPException:
        # The library's word for a server without STARTTLS or without logins.
        return AdapterError("not_supported", detail=error.message)
    if isinstance(error, ssl.SSLError):
        return AdapterError("certificate", detail=error.reason or type(error).__name__)
    return AdapterError("unreachable", detail=f"{type(error).__name__} {error}")


def _said(error: SMTPResponseException) -> str:
    return f"{error.code} {error.message}"


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
