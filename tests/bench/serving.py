"""Both applications behind the real server on loopback, when there is a load generator on the machine."""

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.applications import Starlette

from graphql_api.application import create_application
from tests.bench.ground import Ground
from tests.bench.rounds import Result, say
from tests.factories.merchants import NOW

SERVER_CORE, LOAD_CORE = 0, 1
SECONDS, WIRE_ROUNDS, CONNECTIONS = 2, 7, 16
RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
FAILED = re.compile(r"(Non-2xx or 3xx responses|Socket errors): .*")


def ours() -> Starlette:
    """The whole application at the moment at which the benchmarks live."""
    return create_application(clock=lambda: NOW)


async def wire_rounds(ground: Ground, path: str, aim: float) -> list[Result]:
    """Requests a second over loopback, A-B-A-B; nothing without `wrk` or with a single core."""
    program = shutil.which("wrk")
    if program is None or len(os.sched_getaffinity(0)) <= LOAD_CORE:
        say("  over the wire: not measured (needs wrk and two cores)")
        return []
    with (
        _served("tests.bench.serving:ours", ground) as own,
        _served("tests.bench.floor_app:create_floor", ground) as base,
    ):
        rates = []
        for number in range(WIRE_ROUNDS + 1):
            pair = [await _rate(program, port, path, ground) for port in ((own, base) if number % 2 else (base, own))]
            rates.append(pair if number % 2 else pair[::-1])
    kept = rates[1:]
    times = [sorted(1000 / pair[side] for pair in kept)[len(kept) // 2] for side in (0, 1)]
    ratios = tuple(mine / theirs for mine, theirs in kept)
    return [Result(f"tracking page over loopback, {CONNECTIONS} connections", times[0], times[1], ratios, aim)]


async def _rate(program: str, port: int, path: str, ground: Ground) -> float:
    """Requests a second in one round of SECONDS. Raises RuntimeError when an answer was not a page."""
    headers = {"Host": ground.host, "cookie": ground.cookie, "accept-language": "de"}
    process = await asyncio.create_subprocess_exec(
        *(program, "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s"),
        *(part for name, value in headers.items() for part in ("-H", f"{name}: {value}")),
        f"http://127.0.0.1:{port}{path}",
        stdout=asyncio.subprocess.PIPE,
    )
    os.sched_setaffinity(process.pid, {LOAD_CORE})
    said = (await process.communicate())[0].decode()
    found = RATE.search(said)
    if found is None or FAILED.search(said):
        raise RuntimeError(f"the load did not go well:\n{said}")
    return float(found[1])


@contextmanager
def _served(factory: str, ground: Ground) -> Iterator[int]:
    """A server process of its own on one core; the port it listens on. Stopped at the end, whatever happens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = ground.settings
    environment = {
        **os.environ,
        "DOORSTEP_ENV": settings.env,
        "DATABASE_URL": str(settings.database_url),
        "REDIS_URL": str(settings.redis_url),
        "DOORSTEP_DATA_DIR": str(settings.data_dir),
        "DOORSTEP_SECRET_KEY": settings.secret_key,
        "DOORSTEP_PUBLIC_SCHEME": settings.public_scheme,
    }
    command = [
        "-m",
        "granian",
        "--interface",
        "asgi",
        "--factory",
        "--port",
        str(port),
        "--no-ws",
        "--log-level",
        "error",
    ]
    process = subprocess.Popen([sys.executable, *command, factory], env=environment, start_new_session=True)
    os.sched_setaffinity(process.pid, {SERVER_CORE})
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise RuntimeError("the server did not start")
        with socket.socket() as probe:
            probe.settimeout(0.1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server does not listen")
