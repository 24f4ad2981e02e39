"""Requests to an application without a network: its scope by hand, its answer in full."""

from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, as it would go over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Question:
    """One request, ready to be asked as often as wanted."""

    app: ASGIApp
    path: str
    host: str
    cookie: str = ""
    body: bytes = b""
    packed: bool = False
    """Whether the browser takes gzip."""
    language: str = "de"
    query: str = ""
    network: str = "127.0.0.1"

    def scope(self) -> dict[str, Any]:
        """A new ASGI scope."""
        headers = [(b"host", self.host.encode()), (b"accept-language", self.language.encode())]
        headers += [(b"cookie", self.cookie.encode())] if self.cookie else []
        headers += [(b"accept-encoding", b"gzip")] if self.packed else []
        if self.body:
            headers += [
                (b"content-type", b"application/x-www-form-urlencoded"),
                (b"content-length", str(len(self.body)).encode()),
            ]
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST" if self.body else "GET",
            "scheme": "http",
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": self.query.encode(),
            "root_path": "",
            "headers": headers,
            "client": (self.network, 40000),
            "server": ("127.0.0.1", 8000),
            "state": {},
        }

    async def ask(self) -> Answer:
        """Send it and wait for the whole answer."""
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": self.body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.app(self.scope(), receive, send)
        headers = {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]))
