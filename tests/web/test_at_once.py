"""So many requests at a time and no more; what only waits takes no turn; the end of a process is heard early."""

import asyncio
import os
import signal
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from portal.web.at_once import AtOnce
from portal.web.ending import told_of_the_end


class Slow:
    """Answers when it may; counts how many requests it works on."""

    def __init__(self, media_type: str) -> None:
        self.inside, self.most = 0, 0
        self.may_end = asyncio.Event()
        self._head: Message = {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-type", media_type.encode())],
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.inside += 1
        self.most = max(self.most, self.inside)
        await send(self._head)
        await self.may_end.wait()
        self.inside -= 1


async def ask(app: AtOnce) -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        return None

    await app({"type": "http"}, receive, send)


async def asked(app: AtOnce, times: int) -> list[asyncio.Task[Any]]:
    tasks = [asyncio.create_task(ask(app)) for _ in range(times)]
    for _ in range(10):
        await asyncio.sleep(0)
    return tasks


async def test_requests_above_the_limit_wait_for_their_turn() -> None:
    slow = Slow("text/html")
    tasks = await asked(AtOnce(slow, 2), 5)
    assert slow.inside == 2
    slow.may_end.set()
    await asyncio.gather(*tasks)
    assert (slow.inside, slow.most) == (0, 2)


async def test_an_open_stream_takes_nobodys_turn() -> None:
    slow = Slow("text/event-stream; charset=utf-8")
    app = AtOnce(slow, 2)
    tasks = await asked(app, 5)
    assert slow.inside == 5
    slow.may_end.set()
    await asyncio.gather(*tasks)
    assert not app.turns.locked()


async def test_the_end_is_told_beside_whoever_else_hears_of_it() -> None:
    ours, theirs = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, theirs.set)
    try:
        with told_of_the_end(ours.set):
            os.kill(os.getpid(), signal.SIGTERM)
            async with asyncio.timeout(5):
                await asyncio.gather(ours.wait(), theirs.wait())
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
