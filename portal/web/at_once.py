"""How many requests a process works on at once. Those above wait their turn; an open stream of events takes no turn,
because it only waits.
"""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

STREAM = b"text/event-stream"


class AtOnce:
    """Lets `most` requests through at a time."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app = app
        self.turns = asyncio.Semaphore(most)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        await self.turns.acquire()
        waiting = True

        async def send_and_leave(message: Message) -> None:
            nonlocal waiting
            if waiting and message["type"] == "http.response.start" and _is_stream(message):
                waiting = False
                self.turns.release()
            await send(message)

        try:
            await self.app(scope, receive, send_and_leave)
        finally:
            if waiting:
                self.turns.release()


def _is_stream(message: Message) -> bool:
    return any(name == b"content-type" and value.startswith(STREAM) for name, value in message["headers"])
