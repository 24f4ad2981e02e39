"""The installation that a command works on: its settings, with the addresses of servers filled in."""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from portal.commands.reaching import database_problem
from portal.embedded.servers import Servers, Wanted, embedded_servers
from portal.settings import Settings, SettingsError, local_secret, read_settings

DEMO_MARK = "demo.json"
"""A file in the data folder that says: this is a demo's, commands without settings mean this one."""


class Mistake(Exception):
    """The person at the keyboard has to do something else. The text says what; it is printed without a traceback."""

    exit_code = 1


@contextlib.contextmanager
def ready() -> Iterator[Settings]:
    """Settings with every address known; outside production, embedded servers run meanwhile where none is given.

    Raises SettingsError, EmbeddedError.
    """
    data_dir = Path(os.environ.get("DOORSTEP_DATA_DIR") or ".data").absolute()
    if "DOORSTEP_ENV" not in os.environ and _means_demo(data_dir / DEMO_MARK):
        os.environ["DOORSTEP_ENV"] = "demo"
        # To standard error: what a command prints may be piped on.
        print(f"(using the demo in {_short(data_dir)})", file=sys.stderr)
    local = os.environ.get("DOORSTEP_ENV") in {"demo", "development"}
    if local:
        local_environment(data_dir)
    settings = read_settings()
    with contextlib.ExitStack() as stack:
        if local:
            stack.enter_context(servers(settings))
            settings = read_settings()
        require_addresses(settings)
        yield settings


def _means_demo(mark: Path) -> bool:
    """Whether a demo lives here, and the environment names no other database than the demo's."""
    if not mark.exists():
        return False
    named = os.environ.get("DATABASE_URL")
    return not named or json.loads(mark.read_text()).get("database") == named


@contextlib.contextmanager
def ready_with_database() -> Iterator[Settings]:
    """The same, for commands that need the database at once. Raises Mistake, too, if it cannot be reached."""
    with ready() as settings:
        problem = asyncio.run(database_problem(str(settings.database_url)))
        if problem:
            raise Mistake(problem)
        yield settings


def local_environment(data_dir: Path) -> None:
    """What a demo or a developer need not say: a secret key made once, http, a data folder that children find too."""
    os.environ["DOORSTEP_DATA_DIR"] = str(data_dir)
    os.environ.setdefault("DOORSTEP_PUBLIC_SCHEME", "http")
    if not os.environ.get("DOORSTEP_SECRET_KEY"):
        os.environ["DOORSTEP_SECRET_KEY"] = local_secret(data_dir)


@contextlib.contextmanager
def servers(settings: Settings) -> Iterator[Servers]:
    """Run the embedded servers that no address was given for, and put their addresses into the environment."""
    wanted = Wanted(database=settings.database_url is None, redis=settings.redis_url is None)
    if not (wanted.database or wanted.redis):
        yield Servers("", "")
        return
    with embedded_servers(settings.data_dir, wanted) as found:
        if found.database_url:
            os.environ["DATABASE_URL"] = found.database_url
        if found.redis_url:
            os.environ["REDIS_URL"] = found.redis_url
        yield found


def require_addresses(settings: Settings) -> None:
    """Raises SettingsError naming each server whose address is missing."""
    problems = []
    if settings.database_url is None:
        problems.append("DATABASE_URL: missing (expected postgresql://user:password@host:5432/database)")
    if settings.redis_url is None:
        problems.append("REDIS_URL: missing (expected redis://host:6379/0)")
    if problems:
        raise SettingsError(problems)


def _short(folder: Path) -> str:
    """As one would type it from here."""
    return str(folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder)


def now() -> datetime:
    """The moment a command begins; everything below is told it."""
    return datetime.now(UTC)
