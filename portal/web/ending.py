"""Hearing early that the process is to end. A server waits for its open answers before it tells the application so, and
an answer that never ends by itself would make it wait in vain.
"""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def told_of_the_end(tell: Callable[[], None]) -> Iterator[None]:
    """Call `tell` in this loop as soon as a signal to end arrives; whoever else handles it is not disturbed."""
    if threading.current_thread() is not threading.main_thread():
        # Signals are the main thread's.
        yield
        return
    loop = asyncio.get_running_loop()
    before = {one: signal.getsignal(one) for one in SIGNALS}

    def ended(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(tell)
        # A loop's own handlers hear of it by another way; only plain ones stood here.
        earlier = before[signal.Signals(number)]
        if callable(earlier):
            earlier(number, frame)

    for one in SIGNALS:
        signal.signal(one, ended)
    try:
        yield
    finally:
        for one, earlier in before.items():
            signal.signal(one, earlier)
