"""An embedded PostgreSQL: made once, started and stopped by folder, reached through a Unix socket only."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from portal.embedded.accounts import Account, as_account, give, postgres_account
from portal.embedded.faults import EmbeddedError
from portal.embedded.places import SOCKET_NAME, data_home, programs, socket_folder
from portal.embedded.processes import running

DATABASE = "doorstep"
START_SECONDS = 60
STOP_SECONDS = 30
TRIES = 6
"""A killed server's children need a moment to notice; until then a new one is refused the shared memory."""

ALWAYS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "jit": "off",
}
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For tests: nothing is worth keeping after a power cut."""


def start(folder: Path, *, durable: bool = True) -> str:
    """Start the server whose data is in `folder`, unless it runs already; returns its address. Raises EmbeddedError."""
    account = postgres_account()
    home = data_home(folder, account)
    sockets = socket_folder(home, account)
    if not is_running(folder):
        tools = programs(account)
        if not (home / "PG_VERSION").exists():
            _initialise(tools, home, account)
        _configure(home, sockets, durable)
        _launch(tools, home, sockets, account)
    return f"postgresql://postgres@/{DATABASE}?host={quote(str(sockets), safe='/')}"


def is_running(folder: Path) -> bool:
    """Whether a server works on this folder."""
    return running(folder / "postmaster.pid", "postgres", folder) is not None


def stop(folder: Path) -> None:
    """Stop the server of this folder, if it runs. Clients are disconnected; acknowledged data is kept."""
    if not is_running(folder):
        return
    account = postgres_account()
    home = folder.resolve()
    tools = programs(account)
    for mode in ("fast", "immediate"):
        command = [tools / "pg_ctl", "stop", "-D", home, "-m", mode, "-w", "-t", str(STOP_SECONDS)]
        if _run(command, account)[0] == 0 or not is_running(folder):
            _forget(socket_folder(home, account), home)
            return
    raise EmbeddedError(f"PostgreSQL in {home} does not stop; see {home / 'server.log'}")


def _forget(sockets: Path, home: Path) -> None:
    """Leave no empty socket folder behind in a shared place."""
    if sockets != home:
        with contextlib.suppress(OSError):
            sockets.rmdir()


def _initialise(tools: Path, home: Path, account: Account | None) -> None:
    """Make a new database cluster beside its place and move it there, so that it is whole or absent."""
    unfinished = home.with_name(home.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    give(unfinished, account)
    make = [tools / "initdb", "-D", unfinished, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
    # PostgreSQL's own locale: the same order of words on every system, whatever locales are installed.
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    code, said = _run([*make, *locale], account)
    if code == 0:
        single = [tools / "postgres", "--single", "-j", "-D", unfinished, "template1"]
        code, said = _run(single, account, f"CREATE DATABASE {DATABASE}\n")
    if code != 0:
        raise EmbeddedError(f"PostgreSQL could not make its data folder {home}:\n{said}")
    with (unfinished / "postgresql.conf").open("a") as file:
        file.write("\ninclude 'doorstep.conf'\n")
    if home.exists():
        home.rmdir()
    unfinished.rename(home)


def _configure(home: Path, sockets: Path, durable: bool) -> None:
    options = ALWAYS | {"unix_socket_directories": str(sockets)} | ({} if durable else FAST)
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in options.items()]
    # The folder belongs to the account that PostgreSQL runs as: never follow a link that it may have put there.
    descriptor = os.open(home / "doorstep.conf", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o644)
    with os.fdopen(descriptor, "w") as file:
        os.fchmod(descriptor, 0o644)
        file.writelines(lines)


def _launch(tools: Path, home: Path, sockets: Path, account: Account | None) -> None:
    journal = home / "server.log"
    command = [tools / "pg_ctl", "start", "-D", home, "-l", journal, "-w", "-t", str(START_SECONDS), "-s"]
    said = ""
    for attempt in range(TRIES):
        # Nothing works here (the caller looked): these are left over from a kill or a power cut. PostgreSQL itself
        # would take a dead process that nobody has waited for (containers without init) for a living one.
        for leftover in (home / "postmaster.pid", sockets / f"{SOCKET_NAME}.lock", journal):
            leftover.unlink(missing_ok=True)
        if _run(command, account)[0] == 0:
            return
        said = journal.read_text(errors="replace") if journal.exists() else ""
        if "still in use" not in said:
            break
        time.sleep(0.2 * 2**attempt)
    raise EmbeddedError(f"PostgreSQL in {home} did not start. Its log, {journal}, ends with:\n{said[-1500:]}")


def _run(command: list[Path | str], account: Account | None, typed: str = "") -> tuple[int, str]:
    """Run to the end. Output goes to a file: a server started here would keep a pipe open for ever."""
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        done = subprocess.run(
            command,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            input=typed,
            text=True,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            check=False,
            **as_account(account),
        )
        output.seek(0)
        return done.returncode, output.read()[-1500:]
