"""`doorstep demo`: servers, tables, two shops with their orders, and every process, until Ctrl-C."""

import asyncio
import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType

from rich.console import Console

from portal.commands.installation import DEMO_MARK, Mistake, local_environment, servers
from portal.commands.reaching import server_problems
from portal.demo.children import Crew, Job, end_leftovers
from portal.demo.panel import welcome
from portal.embedded.servers import Wanted, is_alive, remove_data, revive
from portal.settings import Settings, read_settings

READY_SECONDS = 60
CHILDREN = "children.json"
SERVERS_EVERY_SECONDS = 2.0
STILL_FRESH = timedelta(days=1)
"""Order files older than this are written anew for a database that has no orders yet."""
SOME_REFUSED = 3
"""`doorstep import` says so when some records were refused, which is no reason to have no demo."""

COLOURS = {
    "web": "cyan", "worker": "magenta", "relay": "blue", "simulate": "yellow", "shops": "red", "servers": "green",
}  # fmt: skip


def run_demo(*, fresh: bool, reload: bool) -> int:
    """Run the demo until Ctrl-C or SIGTERM. Returns the exit code; raises Mistake, SettingsError, EmbeddedError."""
    data_dir = Path(os.environ.get("DOORSTEP_DATA_DIR") or ".data").absolute()
    console = Console()
    os.environ.setdefault("DOORSTEP_ENV", "demo")
    # Whoever looks around wants the addresses to stay on the screen; whoever changes code wants to see what happens.
    os.environ.setdefault("DOORSTEP_LOG_LEVEL", "info" if reload else "warning")
    signals = Signals()
    with signals.caught(), contextlib.suppress(KeyboardInterrupt):
        if fresh and not is_running(data_dir):
            remove_data(data_dir)
        with the_only_one(data_dir):
            local_environment(data_dir)
            settings = read_settings()
            end_leftovers(data_dir / CHILDREN)
            require_port(settings)
            require_servers(settings)
            with servers(settings):
                # From here on there is something to stop: a signal unwinds the stack, in order.
                signals.unwind()
                wanted = Wanted(database=settings.database_url is None, redis=settings.redis_url is None)
                _live(read_settings(), wanted, signals, console, reload)
    console.print("The demo has stopped; its data stays.")
    return 0


def _live(settings: Settings, wanted: Wanted, signals: "Signals", console: Console, reload: bool) -> None:
    prepare(settings, console)
    lock = threading.Lock()

    def say(name: str, line: str) -> None:
        with lock:
            console.print(f"[{COLOURS.get(name, 'white')}]{name:>8}[/] ", end="", highlight=False)
            console.print(line, markup=False, highlight=False, soft_wrap=True)

    crew = Crew(jobs(reload=reload), say, settings.data_dir / CHILDREN)
    signals.hurry = crew.hurry
    try:
        crew.start()
        wait_until_ready(settings, crew)
        console.print(welcome(settings))
        _tend(settings.data_dir, wanted, crew)
    finally:
        console.print("Stopping …")
        crew.stop()


def _tend(data_dir: Path, wanted: Wanted, crew: Crew) -> None:
    looked = time.monotonic()
    while True:
        crew.tend()
        if time.monotonic() - looked > SERVERS_EVERY_SECONDS:
            if (wanted.database or wanted.redis) and not is_alive(data_dir, wanted):
                crew.say("servers", "one has died; starting it again")
                revive(data_dir, wanted)
            looked = time.monotonic()
        time.sleep(0.1)


def jobs(*, reload: bool) -> list[Job]:
    """The processes, in the order they start; they stop in the opposite one."""
    base = (sys.executable, "-m", "portal.cli")
    web = Job("web", (*base, "web", *(["--reload"] if reload else [])))
    shops = Job("shops", (*base, "twins"))
    return [
        *(Job(name, (*base, name)) for name in ("worker", "relay")),
        web,
        Job("simulate", (*base, "simulate")),
        shops,
    ]


# One at a time, on a free port


@contextlib.contextmanager
def the_only_one(data_dir: Path) -> Iterator[None]:
    """Hold the data folder; raises Mistake if another demo does."""
    import fcntl

    if not data_dir.exists():
        data_dir.mkdir(parents=True)
        # The account that PostgreSQL runs as has to pass through.
        data_dir.chmod(0o711)
    with (data_dir / "demo.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise Mistake(
                f"A demo runs already on {data_dir} (process {lock.read().strip() or 'unknown'}). Stop it with Ctrl-C "
                "there, or run a second one with DOORSTEP_DATA_DIR and DOORSTEP_PORT of its own."
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def is_running(data_dir: Path) -> bool:
    """Whether a demo holds this folder."""
    if not data_dir.exists():
        return False
    try:
        with the_only_one(data_dir):
            return False
    except Mistake:
        return True


def require_port(settings: Settings) -> None:
    """Raises Mistake when the address is taken, or is not ours to take."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise Mistake(
                f"{settings.host}:{settings.port} cannot be used ({error.strerror}). Choose another port "
                f"with DOORSTEP_PORT, for example: DOORSTEP_PORT={settings.port % 65_000 + 1} make demo"
            ) from error


def require_servers(settings: Settings) -> None:
    """Raises Mistake when a server that was named does not answer; one that was left out is brought by the demo."""
    problems = asyncio.run(server_problems(settings.database_url, settings.redis_url))
    if problems:
        raise Mistake("\n".join([*problems, "Without the variable, `make demo` brings a server of its own."]))


# Tables, shops, orders


def prepare(settings: Settings, console: Console) -> None:
    """Bring tables, shops, pictures and orders to where the demo begins. Quick when they are there."""
    from portal.db.setup import migrate
    from portal.demo.shops import set_up

    with console.status("Preparing the database and the two shops …"):
        asyncio.run(migrate(str(settings.database_url)))
        asyncio.run(set_up(settings))
    done = settings.data_dir / DEMO_MARK
    if done.exists() and json.loads(done.read_text()).get("database") == settings.database_url:
        return
    for merchant, file in _order_files(settings.data_dir / "orders").items():
        _doorstep("import", "orders", "--source", "shopify", "--merchant", merchant, str(file))
    done.write_text(json.dumps({"database": settings.database_url}))


def _order_files(folder: Path) -> dict[str, Path]:
    """The orders as files; those of a start that was broken off are taken as they are, or every date would move."""
    from portal.demo.brands import brands
    from portal.demo.clock import read_start
    from portal.demo.orders import write_order_files

    now = datetime.now(UTC)
    begun = read_start(folder)
    files = {one.slug: folder / f"{one.slug}-orders.jsonl" for one in brands()}
    if begun is not None and now - begun < STILL_FRESH and all(file.exists() for file in files.values()):
        return files
    return write_order_files(folder, now)


def _doorstep(*arguments: str) -> None:
    """Run a command as anyone would. Raises Mistake with what it said."""
    command = [sys.executable, "-m", "portal.cli", *arguments]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, start_new_session=True, check=False)
    if done.returncode not in (0, SOME_REFUSED):
        raise Mistake(f"doorstep {' '.join(arguments)} failed with exit code {done.returncode}; see above.")


# Ready


def wait_until_ready(settings: Settings, crew: Crew) -> None:
    """Until /readyz answers 200. Raises Mistake after a minute."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        crew.tend()
        with contextlib.suppress(OSError, http.client.HTTPException):
            link = http.client.HTTPConnection(_reachable(settings.host), settings.port, timeout=2)
            with contextlib.closing(link):
                link.request("GET", "/readyz")
                if link.getresponse().status == http.client.OK:
                    return
        time.sleep(0.1)
    raise Mistake(f"The web server did not become ready within {READY_SECONDS} s; its lines above say why.")


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)


class Signals:
    """Ctrl-C, SIGTERM and a closed terminal. Noted until `unwind`, then raised once; after that they only hurry us."""

    def __init__(self) -> None:
        self.asked = False
        self.unwinding = False
        self.hurry: threading.Event | None = None

    @contextlib.contextmanager
    def caught(self) -> Iterator[None]:
        """Handle them inside this block; outside, as before."""
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = [signal.signal(number, self._handle) for number in numbers]
        try:
            yield
        finally:
            for number, handler in zip(numbers, before, strict=True):
                signal.signal(number, handler)

    def unwind(self) -> None:
        """From now on the first one raises KeyboardInterrupt; at once, if it has come already."""
        self.unwinding = True
        if self.asked:
            raise KeyboardInterrupt

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.asked and self.hurry is not None:
            self.hurry.set()
        again, self.asked = self.asked, True
        if self.unwinding and not again:
            raise KeyboardInterrupt
