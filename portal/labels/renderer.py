"""PDF from HTML in a process that can be killed: it has a time limit, a memory limit, no network, no secrets.

WeasyPrint blocks, and some documents never finish; neither may touch the worker that asked.
"""

import asyncio
import contextlib
import json
import logging
import os
import shutil
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from portal.labels.wire import HEADER_LIMIT, LENGTH, Asset, request

log = logging.getLogger(__name__)

PASSED_ON = frozenset(
    {"PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_DATA_DIRS"}
)
"""All that the child hears of our environment, beside fontconfig's and the loader's: none of it is a secret."""
PASSED_ON_PREFIXES = ("FONTCONFIG_", "LD_LIBRARY_PATH", "DYLD_")


class RenderError(Exception):
    """No document came out."""


class RenderTimeout(RenderError):
    """The document was not finished in time; the process was killed."""


class RenderFailed(RenderError):
    """The document or the process broke."""


class RenderOverflow(RenderFailed):
    """The content needs more pages than it may have."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost."""

    seconds: float = 10.0
    start_seconds: float = 60.0
    memory: int = 1 << 30
    """Bytes of address space of the child."""
    input_bytes: int = 16 << 20
    output_bytes: int = 8 << 20
    documents: int = 500
    """After so many documents the child is replaced, so that no leak grows old."""


@dataclass(slots=True)
class _Child:
    process: Process
    folder: str
    """Its own temporary folder, removed with it: a killed process cleans nothing up."""
    isolated: bool = False
    documents: int = 0
    known: set[str] = field(default_factory=set)

    async def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()
        await asyncio.to_thread(shutil.rmtree, self.folder, ignore_errors=True)


class Renderer:
    """One warm child; requests wait for each other. Use it as `async with Renderer() as renderer` in one event loop."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._turn = asyncio.Lock()
        self._next: asyncio.Task[_Child] | None = None
        self._endings: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self._child()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End the child and wait until it is gone."""
        if self._next is not None:
            results = await asyncio.gather(self._next, return_exceptions=True)
            self._next = None
            for child in results:
                if isinstance(child, _Child):
                    await child.end()
        await asyncio.gather(*self._endings)

    async def pid(self) -> int:
        """The process id of the child that takes the next document."""
        return (await self._child()).process.pid

    async def isolated(self) -> bool:
        """Whether the system let the child into a network namespace of its own."""
        return (await self._child()).isolated

    async def render(
        self, html: str, assets: Iterable[Asset] = (), *, style: str = "", pages: int = 20, variant: str | None = None
    ) -> bytes:
        """PDF bytes. `style` and `assets` are prepared once and kept for the next document with the same ones.

        `style` must be ours, never a document's: its fonts live on. Raises RenderTimeout, RenderOverflow when more
        than `pages` pages come out, RenderFailed otherwise; the renderer works on after each of them.
        """
        content, rules, files = html.encode(), style.encode(), tuple(assets)
        if len(content) + len(rules) + sum(len(file.content) for file in files) > self.limits.input_bytes:
            raise RenderFailed(f"the document is larger than {self.limits.input_bytes} bytes")
        wanted = {"seconds": self.limits.seconds, "bytes": self.limits.output_bytes, "pages": pages, "variant": variant}
        async with self._turn:
            child = await self._child()
            message, known = request(content, rules, files, child.known, wanted)
            answer, pdf = await self._exchange(child, message)
            child.known = known
            child.documents += 1
            if child.documents >= self.limits.documents or answer.get("kind") == "memory":
                self._discard(child)
        return _judged(answer, pdf)

    async def _exchange(self, child: _Child, message: bytes) -> tuple[dict[str, Any], bytes]:
        try:
            async with asyncio.timeout(self.limits.seconds):
                return await _ask(child.process, message, self.limits.output_bytes)
        except TimeoutError as error:
            self._discard(child)
            raise RenderTimeout(f"not finished in {self.limits.seconds} s") from error
        except (asyncio.IncompleteReadError, OSError) as error:
            self._discard(child)
            raise RenderFailed("the render process ended") from error
        except BaseException:
            # Cancelled half-way: the child's next answer would belong to this document.
            self._discard(child)
            raise

    def _discard(self, child: _Child) -> None:
        """End this child beside us and start the next one at once, so that the next document finds it warm."""
        ending = asyncio.ensure_future(child.end())
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)
        self._next = asyncio.create_task(_start(self.limits))

    async def _child(self) -> _Child:
        if self._next is None:
            self._next = asyncio.create_task(_start(self.limits))
        starting = self._next
        try:
            # Shielded: whoever stops waiting must not take the child from those behind.
            return await asyncio.shield(starting)
        finally:
            # A start that failed must not fail everyone behind.
            if self._next is starting and starting.done() and (starting.cancelled() or starting.exception()):
                self._next = None


async def _start(limits: Limits) -> _Child:
    """A child that has said hello. Raises RenderFailed."""
    folder = await asyncio.to_thread(tempfile.mkdtemp, prefix=f"doorstep-labels-{os.getpid()}-")
    try:
        child = _Child(await _spawn(limits, folder), folder)
    except OSError as error:
        await asyncio.to_thread(shutil.rmtree, folder)
        raise RenderFailed("the system started no render process") from error
    try:
        async with asyncio.timeout(limits.start_seconds):
            hello, _ = await _read(child.process, 0)
    except (TimeoutError, asyncio.IncompleteReadError, OSError) as error:
        await child.end()
        raise RenderFailed("the render process did not start; run `doorstep doctor`") from error
    child.isolated = hello["network"]
    if not child.isolated:
        log.debug("the render process shares our network namespace; its fetcher and its cage keep it in")
    return child


async def _spawn(limits: Limits, folder: str) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "portal.labels.child",
        str(limits.memory),
        stdin=PIPE,
        stdout=PIPE,
        cwd=Path(__file__).parents[2],
        env=_environment(folder),
        start_new_session=True,
    )


def _environment(folder: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k in PASSED_ON or k.startswith(PASSED_ON_PREFIXES)}
    return kept | {"TMPDIR": folder, "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}


async def _ask(process: Process, message: bytes, most: int) -> tuple[dict[str, Any], bytes]:
    if process.stdin is None:
        raise OSError("no pipe")
    process.stdin.write(message)
    await process.stdin.drain()
    return await _read(process, most)


async def _read(process: Process, most: int) -> tuple[dict[str, Any], bytes]:
    """One answer. Raises OSError when it is larger than was allowed: then the child no longer follows the rules."""
    if process.stdout is None:
        raise OSError("no pipe")
    (length,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
    if length > HEADER_LIMIT:
        raise OSError("the render process talks nonsense")
    header = json.loads(await process.stdout.readexactly(length))
    size = header.get("size", 0)
    if size > most:
        raise OSError("the render process sends more than it may")
    return header, await process.stdout.readexactly(size)


def _judged(answer: dict[str, Any], pdf: bytes) -> bytes:
    if answer["ok"]:
        return pdf
    error = RenderOverflow if answer["kind"] == "overflow" else RenderFailed
    raise error(f"{answer['kind']}: {answer['detail']}")
