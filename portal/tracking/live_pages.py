"""GET /orders/{id}/live as server-sent events: the number of the newest version, whenever there is one.

The page fetches the fragment itself, by the address that answers 204 while nothing changed; so a number that comes
twice, late or out of turn does no harm. The browser names the last number it heard when it opens the stream again.
"""

import asyncio
from uuid import UUID

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from portal.merchants.visits import visit_of
from portal.tracking.live import Hub, Seat, Stream, newest_versions, watch
from portal.tracking.queries import find_changed_page
from portal.web.cookies import SESSION, read_cookie

STREAM = "text/event-stream"
AGAIN_MS = 3000
"""After this long a browser opens a stream again that has ended."""
PATIENCE_SECONDS = 10.0
"""Whoever does not take a few bytes within this is gone."""
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    # Some proxies keep answers back until there is enough of them.
    (b"x-accel-buffering", b"no"),
]


def wants_stream(request: Request) -> bool:
    """Whether the browser asks for a stream and not for the fragment."""
    return STREAM in request.headers.get("accept", "")


async def stream_changes(request: Request, order_id: UUID, seen: int) -> Response:
    """The stream, or 204: then the browser does not try again, and the page asks now and then."""
    visit, token, hub = visit_of(request), read_cookie(request, SESSION), request.app.state.live
    last = request.headers.get("last-event-id", "")
    seen = max(seen, int(last)) if last.isdecimal() and len(last) < 10 else seen
    seat = Seat.of(visit.merchant.id, order_id, token)
    # Nothing is kept for who may not see the order.
    allowed = await newest_versions([seat], request.app.state.clock())
    if not allowed or not hub.has_room(seat):
        return Response(status_code=204)
    stream = hub.open(seat, seen)
    try:
        await watch([stream])
        # After the database began to tell of it: what changes from here on is heard.
        row = await find_changed_page(visit.merchant.id, order_id, token, request.app.state.clock(), seen)
    except BaseException:
        hub.close(stream)
        raise
    if row is None:
        hub.close(stream)
        return Response(status_code=204)
    stream.tell(row.version)
    return EventStream(hub, stream)


class EventStream(Response):
    """Sends what a stream tells until either side ends. No task, buffer or timer of its own while nothing happens."""

    def __init__(self, hub: Hub, stream: Stream) -> None:
        super().__init__(media_type=STREAM)
        self.hub, self.stream = hub, stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI. Ends quietly when the browser goes away."""
        away = asyncio.ensure_future(_gone(receive))
        away.add_done_callback(lambda _: self.stream.end())
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await _say(send, f"retry: {AGAIN_MS}\n\n")
            while (version := await self.stream.next()) is not None:
                await _say(send, f"id: {version}\ndata: {version}\n\n")
            if not away.done():
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        except (OSError, TimeoutError, ClientDisconnect):
            return
        finally:
            self.hub.close(self.stream)
            away.cancel()


async def _say(send: Send, text: str) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
