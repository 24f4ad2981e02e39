"""A twin of Twilio's Messages resource: takes texts, keeps them, and refuses what it is told to. Loopback only."""

import base64
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


@dataclass
class Twin:
    """`faults` are answered first, one for each request: a status, or a status with Twilio's code."""

    sid: str = "AC00000000000000000000000000000001"
    token: str = "twin-token"
    texts: list[dict[str, str]] = field(default_factory=list)
    faults: list[tuple[int, int]] = field(default_factory=list)

    def app(self) -> Starlette:
        """The API as an application."""
        path = "/2010-04-01/Accounts/{sid}/Messages.json"
        return Starlette(routes=[Route(path, self._create, methods=["POST"])])

    async def _create(self, request: Request) -> Response:
        basic = base64.b64encode(f"{self.sid}:{self.token}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {basic}" or request.path_params["sid"] != self.sid:
            return _error(401, 20003)
        if self.faults:
            return _error(*self.faults.pop(0))
        async with request.form() as form:
            text = {name: str(value) for name, value in form.items()}
        if not text.get("To", "").startswith("+"):
            return _error(400, 21211)
        if not text.get("Body") or not (text.get("From") or text.get("MessagingServiceSid")):
            return _error(400, 21602)
        self.texts.append(text)
        return JSONResponse(self._created(text), 201)

    def _created(self, text: dict[str, str]) -> dict[str, Any]:
        return {
            "sid": f"SM{uuid4().hex}",
            "account_sid": self.sid,
            "to": text["To"],
            "from": text.get("From"),
            "messaging_service_sid": text.get("MessagingServiceSid"),
            "body": text["Body"],
            "status": "queued",
            "error_code": None,
            "error_message": None,
        }


def _error(status: int, code: int) -> Response:
    about = f"https://www.twilio.com/docs/errors/{code}"
    headers = {"retry-after": "2"} if status == 429 else {}
    said = {"code": code, "message": "Refused by the twin", "more_info": about, "status": status}
    return JSONResponse(said, status, headers)
