"""Memory of five thousand open order pages in one web process, and how long a change takes to reach one of them.

Real connections over loopback to `doorstep web`, each of another browser that looks at another order. There is no floor
to compare with, so the numbers are told and nothing is judged.
"""

import asyncio
import contextlib
import os
import random
import resource
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psutil

from portal.db.setup import connection
from portal.kernel.ids import digest, new_id, new_token
from tests.bench.ground import COMPANIONS, Ground, copied_id
from tests.bench.rounds import say

PAGES, OPENING, CHANGES = 5_000, 100, 200
FILES = PAGES + 2_000
CHANGE = "UPDATE order_pages SET version = version + 1 WHERE id = $1 AND merchant_id = $2"
BEATS_SECONDS = 45.0
"""Long enough for every page to have been looked at again twice."""


@dataclass(slots=True)
class Page:
    """One open page: its order and its connection."""

    order_id: UUID
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def version(self) -> int:
        """The next number that it is told."""
        while not (line := await self.reader.readline()).startswith(b"data: "):
            if not line:
                raise RuntimeError("a stream has ended")
        return int(line[6:])

    async def heard(self, before: int) -> None:
        """Until it is told of something newer."""
        while await self.version() <= before:
            pass


async def run(ground: Ground) -> None:
    """Open, wait, change, end."""
    _allow_files()
    with served(ground) as (port, process):
        worker = await _worker(process, port)
        empty = worker.memory_info().rss
        begun = time.perf_counter()
        pages = await _open(ground, port)
        say(f"  {PAGES:,} pages opened in {time.perf_counter() - begun:.0f} s")
        full = worker.memory_info().rss
        busy = worker.cpu_times()
        await asyncio.sleep(BEATS_SECONDS)
        later, spent = worker.memory_info().rss, worker.cpu_times()
        idle = (spent.user + spent.system - busy.user - busy.system) / BEATS_SECONDS
        say(f"  resident memory: {mb(empty)} before, {mb(full)} with all, {mb(later)} after {BEATS_SECONDS:.0f} s")
        say(f"  {(later - empty) / PAGES / 1024:.1f} KB a page; {idle:.1%} of a core while nothing happens")
        times = sorted([await _change(ground, page) for page in random.Random(1).sample(pages, CHANGES)])
        say(f"  a change reaches its page in {statistics.median(times):.1f} ms, 99 of 100 in {times[-3]:.1f} ms")
        begun = time.perf_counter()
        process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(process.wait, 30)
        say(f"  the process ended {time.perf_counter() - begun:.1f} s after SIGTERM with all pages open")
        for page in pages:
            page.writer.close()


def mb(size: int) -> str:
    """Bytes for reading."""
    return f"{size / 1024 / 1024:.0f} MB"


def _allow_files() -> None:
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < FILES:
        raise RuntimeError(f"needs {FILES} open files, {most} are allowed (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(now, FILES), most))


async def _open(ground: Ground, port: int) -> list[Page]:
    tokens = {copied_id(ground.order.id, number): new_token() for number in range(1, PAGES + 1)}
    if len(tokens) > COMPANIONS:
        raise RuntimeError("more pages than orders")
    await _let_in(ground, tokens)
    waiting, pages = list(tokens.items()), list[Page]()

    async def some() -> None:
        while waiting:
            pages.append(await _page(ground, port, *waiting.pop()))

    await asyncio.gather(*(some() for _ in range(OPENING)))
    return pages


async def _let_in(ground: Ground, tokens: dict[UUID, str]) -> None:
    """A session for each page, as a lookup would have opened it. The server has the real clock."""
    now = datetime.now(UTC)
    await connection().execute_query(
        "INSERT INTO shopper_sessions (id, merchant_id, token_hash, order_ids, typed_number, created_at, expires_at) "
        "SELECT id, $1, token, jsonb_build_array(order_id::text), '', $2, $3 "
        "FROM unnest($4::uuid[], $5::bytea[], $6::uuid[]) AS s (id, token, order_id)",
        [
            ground.merchant.id,
            now,
            now + timedelta(hours=12),
            [new_id() for _ in tokens],
            [digest(token) for token in tokens.values()],
            list(tokens),
        ],
    )


async def _page(ground: Ground, port: int, order_id: UUID, token: str) -> Page:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=4096)
    lines = [
        f"GET /orders/{order_id}/live?version=0 HTTP/1.1",
        f"Host: {ground.host}",
        f"Cookie: doorstep={token}",
        "Accept: text/event-stream",
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    status = await reader.readline()
    if b" 200 " not in status:
        raise RuntimeError(f"no stream: {status!r}")
    page = Page(order_id, reader, writer)
    await page.version()
    return page


async def _change(ground: Ground, page: Page) -> float:
    """Milliseconds from before a commit until the page's browser has the number."""
    row = await connection().execute_query_dict("SELECT version FROM order_pages WHERE id = $1", [page.order_id])
    begun = time.perf_counter()
    await connection().execute_query(CHANGE, [page.order_id, ground.merchant.id])
    async with asyncio.timeout(30):
        await page.heard(row[0]["version"])
    return (time.perf_counter() - begun) * 1000


async def _worker(process: subprocess.Popen[bytes], port: int) -> psutil.Process:
    """The process that serves, once it answers."""
    for _ in range(200):
        if process.poll() is not None:
            raise RuntimeError("the server did not start")
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            break
        await asyncio.sleep(0.1)
    await asyncio.sleep(2)
    children = psutil.Process(process.pid).children(recursive=True)
    return max(children, key=lambda one: one.memory_info().rss)


@contextlib.contextmanager
def served(ground: Ground) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """`doorstep web` on a free port; stopped at the end, whatever happens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "DOORSTEP_ENV": "production",
        "DOORSTEP_PUBLIC_SCHEME": "http",
        "DATABASE_URL": str(ground.settings.database_url),
        "REDIS_URL": str(ground.settings.redis_url),
        "DOORSTEP_DATA_DIR": str(ground.settings.data_dir),
        "DOORSTEP_SECRET_KEY": ground.settings.secret_key,
        "DOORSTEP_PORT": str(port),
        "DOORSTEP_LOG_LEVEL": "warning",
    }
    command = [sys.executable, "-m", "portal.cli", "web"]
    process = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        yield port, process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
