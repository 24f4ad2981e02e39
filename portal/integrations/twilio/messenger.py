"""The messenger over Twilio's REST API (2010-04-01, Messages): one form, Basic authentication, one JSON answer.

The API knows no key by which it could tell a repetition: an answer that got lost may cost a second text. Twilio asks
not to build on its error codes, so a 400 is final whatever its code, and the code is kept for the operator.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import httpx2

from portal.integrations.calls import call
from portal.integrations.ports import AdapterError

HOST = "api.twilio.com"
LONGEST_TEXT = 1600
"""Twilio takes no more; ours are far shorter."""


@dataclass(frozen=True, slots=True)
class Account:
    """Whose texts they are, and from which number or messaging service ("MG…")."""

    base_url: str
    sid: str
    token: str
    sender: str


def read_address(url: str) -> Account:
    """`twilio://SID:TOKEN@?from=+4915…` or `?from=MG…`; a host is for a twin, and is spoken to without encryption.

    Raises ValueError in words for an operator, without the token.
    """
    parts = urlsplit(url)
    if parts.scheme != "twilio" or not parts.username or not parts.password:
        raise ValueError("not twilio:// with an account and its token")
    # A plus sign in a query is a space, unless it was written as %2B.
    sender = parse_qs(parts.query).get("from", [""])[0].strip()
    sender = f"+{sender}" if sender.isdigit() else sender
    if not sender:
        raise ValueError("from= is missing: the number or the messaging service that texts come from")
    host = parts.hostname or HOST
    base = f"https://{HOST}" if host == HOST else f"http://{host}:{parts.port or 80}"
    return Account(base, unquote(parts.username), unquote(parts.password), sender)


class TwilioMessenger:
    """Hands texts to one account."""

    def __init__(self, account: Account, client: Callable[[], httpx2.AsyncClient]) -> None:
        self._account, self._client = account, client

    async def send(self, to: str, text: str, key: str) -> None:
        """Hand a text over to a number in E.164 form. Raises AdapterError; permanent when Twilio will not take it."""
        account = self._account
        sender = "MessagingServiceSid" if account.sender.startswith("MG") else "From"
        form = {"To": to, sender: account.sender, "Body": text[:LONGEST_TEXT]}
        basic = base64.b64encode(f"{account.sid}:{account.token}".encode()).decode()
        try:
            answer = await call(
                self._client(),
                "POST",
                f"{account.base_url}/2010-04-01/Accounts/{account.sid}/Messages.json",
                headers={"authorization": f"Basic {basic}", "content-type": "application/x-www-form-urlencoded"},
                content=urlencode(form).encode(),
            )
        except AdapterError as error:
            # A token can be put right by an operator: texts wait for that.
            raise AdapterError(error.code, retry_after=error.retry_after, detail=error.detail) from error
        if answer.status != 201:
            said = answer.json()
            code = said.get("code") if isinstance(said, dict) else None
            raise AdapterError("text_refused", permanent=answer.status == 400, detail=f"{answer.status} code {code}")
