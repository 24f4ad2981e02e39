"""Shows that a long step is alive: one line that counts and ticks on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from typing import TextIO

ON_SCREEN, IN_A_FILE = 0.5, 10.0
"""Seconds between two signs of life."""


class Progress:
    """Counts what is done while the block runs; a thread tells of it. `total` 0 means that nobody knows."""

    def __init__(self, what: str, total: int = 0, out: TextIO | None = None, every: float | None = None) -> None:
        self.what, self.total, self.count, self.stage = what, total, 0, ""
        self._out = sys.stdout if out is None else out
        self._live = self._out.isatty()
        self._every = every or (ON_SCREEN if self._live else IN_A_FILE)
        self._started = time.monotonic()
        self._over = threading.Event()
        self._teller = threading.Thread(target=self._tell, daemon=True)

    def __enter__(self) -> Progress:
        self._write(f"{self.what} …")
        self._teller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._teller.join()
        if self._live:
            # The line belongs to whoever says next how it went.
            print("\r\033[K", end="", file=self._out, flush=True)

    @property
    def seconds(self) -> float:
        """Since the step began."""
        return time.monotonic() - self._started

    def text(self) -> str:
        """What to show now."""
        counted = f"{min(self.count, self.total)} of {self.total}" if self.total and not self.stage else self.stage
        return f"{self.what}: {counted + ', ' if counted else ''}{self.seconds:.0f} s"

    def _tell(self) -> None:
        while not self._over.wait(self._every):
            self._write(self.text())

    def _write(self, text: str) -> None:
        print(f"\r{text}\033[K" if self._live else text, end="" if self._live else "\n", file=self._out, flush=True)
