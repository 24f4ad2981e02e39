"""The product as anyone runs it: `doorstep demo` in a folder of this run's own, on a free port.

All workers of a run share one. It stops when the last of them leaves; what a killed run left behind, the next one ends.
"""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

import psutil

from e2e.stock import fill
from portal.demo.brands import brands
from portal.demo.clock import read_start
from portal.demo.journeys import scans_until
from portal.demo.shipments import shipments
from portal.demo.simulator import UNSAID
from portal.embedded.processes import wait_gone
from portal.embedded.servers import remove_data

ROOT = Path(__file__).parents[1]
START_SECONDS = 120
STOP_SECONDS = 60
PROXIES = "127.0.0.0/8,::1/128"
"""The browser is believed when it names its visitor's network, so that tests do not use up each other's tries."""


_started_here: dict[Path, subprocess.Popen[bytes]] = {}
"""The demo of a folder if this worker started it; another one may have to end it."""


class NotRunning(Exception):
    """The product did not start, or did not come to where the demo begins; its log says why."""


@dataclass(frozen=True, slots=True)
class Product:
    """Where it runs. `secrets` sign the deliveries of the demo's carrier, by shop."""

    folder: Path
    port: int
    secrets: dict[str, str]

    def origin(self, slug: str) -> str:
        """The address of a shop, or of a host that is nobody's shop."""
        return f"http://{slug}.localhost:{self.port}"

    def settle(self) -> None:
        """Wait until the worker has applied what carriers delivered, a moment after it was taken."""
        command = [sys.executable, "-m", "e2e.settled"]
        subprocess.run(command, cwd=ROOT, env=environment(self.folder, self.port), check=True)


@contextlib.contextmanager
def running_product(root: Path, run: str) -> Iterator[Product]:
    """Join this run's product, starting it if nobody has, and stop it when the last one leaves. Raises NotRunning."""
    folder = root / run
    _make(folder)
    with (folder / "users.lock").open("a") as users:
        # Before waiting for one's turn: whoever leaves meanwhile must not take the folder along.
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            with _one_at_a_time(folder):
                product = _joined(folder) or _started(root, folder)
            yield product
        finally:
            with _one_at_a_time(folder):
                if _alone(users):
                    _end(folder)
                    shutil.copyfile(folder / "log.txt", root / "last-log.txt")
                    shutil.rmtree(folder)


def _make(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    # The account that PostgreSQL runs as has to pass through.
    folder.chmod(0o711)


def _joined(folder: Path) -> Product | None:
    state = folder / "product.json"
    if not state.exists():
        return None
    kept = json.loads(state.read_text())
    if "why" in kept:
        raise NotRunning(kept["why"])
    return Product(folder, kept["port"], kept["secrets"])


def _started(root: Path, folder: Path) -> Product:
    _end_leftovers(root, but=folder)
    try:
        port = _free_port()
        demo = _demo(folder, port)
        _wait_for_the_past(folder, demo)
        product = Product(folder, port, fill(folder, port, environment(folder, port)))
        product.settle()
    except BaseException as error:
        # The other workers need not try the same.
        (folder / "product.json").write_text(json.dumps({"why": str(error)}))
        raise
    kept = asdict(product)
    (folder / "product.json").write_text(json.dumps({"port": kept["port"], "secrets": kept["secrets"]}))
    return product


def environment(folder: Path, port: int) -> dict[str, str]:
    """What every command of this product is started with; nothing of it comes from the outside."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("DOORSTEP_") and name not in {"DATABASE_URL", "REDIS_URL"}
    }
    return {
        **kept,
        "DOORSTEP_DATA_DIR": str(folder / "data"),
        "DOORSTEP_PORT": str(port),
        "DOORSTEP_TRUSTED_PROXIES": PROXIES,
        "DOORSTEP_ENV": "demo",
        "COLUMNS": "200",
    }


def _demo(folder: Path, port: int) -> subprocess.Popen[bytes]:
    with (folder / "log.txt").open("wb") as log:
        demo = _started_here[folder] = subprocess.Popen(
            [sys.executable, "-m", "portal.cli", "demo"],
            cwd=ROOT,
            env=environment(folder, port),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    (folder / "demo.pid").write_text(str(demo.pid))
    return demo


def _wait_for_the_past(folder: Path, demo: subprocess.Popen[bytes]) -> None:
    """Until the demo's carrier has told everything that had happened before the demo began."""
    deadline = time.monotonic() + START_SECONDS
    while not _has_told_the_past(folder / "data"):
        if demo.poll() is not None or time.monotonic() > deadline:
            raise NotRunning(f"The demo did not start:\n{(folder / 'log.txt').read_text()[-4000:]}")
        time.sleep(0.1)


def _has_told_the_past(data: Path) -> bool:
    state, start = data / "simulator.json", read_start(data / "orders")
    if start is None or not state.exists():
        return False
    past = {
        scan.id
        for brand in brands()
        for parcel in shipments(brand, start)
        for scan in scans_until(parcel, start)
        if scan.status not in UNSAID
    }
    return past <= set(json.loads(state.read_text())["taken"])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


# Leaving


@contextlib.contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    with (folder / "starting.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _alone(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _end(folder: Path) -> None:
    """Ctrl-C for the demo, which stops everything that it started; then its data goes."""
    record = folder / "demo.pid"
    with contextlib.suppress(OSError, ValueError, psutil.NoSuchProcess):
        demo = psutil.Process(int(record.read_text()))
        if "portal.cli" in demo.cmdline():
            demo.send_signal(signal.SIGINT)
            if not wait_gone(demo, STOP_SECONDS):
                demo.kill()
    if folder in _started_here:
        _started_here.pop(folder).wait()
    record.unlink(missing_ok=True)
    remove_data(folder / "data")


def _end_leftovers(root: Path, but: Path) -> None:
    for users in root.glob("*/users.lock"):
        if users.parent == but:
            continue
        with users.open("a") as lock:
            if _alone(lock):
                _end(users.parent)
                shutil.rmtree(users.parent)
