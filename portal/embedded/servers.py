"""Both embedded servers on one data folder, shared by every process that asks for them."""

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from portal.embedded import postgres, valkey
from portal.embedded.faults import EmbeddedError


@dataclass(frozen=True, slots=True)
class Servers:
    """Addresses, in the form that DATABASE_URL and REDIS_URL take; "" for one that was not asked for."""

    database_url: str
    redis_url: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which servers to run, and whether their data must outlive a power cut (tests do not care)."""

    database: bool = True
    redis: bool = True
    durable: bool = True


EVERYTHING = Wanted()
FOR_TESTS = Wanted(durable=False)


@contextlib.contextmanager
def embedded_servers(data_dir: Path, wanted: Wanted = EVERYTHING) -> Iterator[Servers]:
    """Start what does not run yet, and stop it when the last user leaves. Raises EmbeddedError.

    A user that is killed cannot leave; its servers stay up, the next user takes them over and stops them.
    """
    if sys.platform == "win32":
        raise EmbeddedError("Embedded servers need Linux or macOS. Use WSL, or set DATABASE_URL and REDIS_URL.")
    _make(data_dir)
    with _file(data_dir / "users.lock") as users:
        try:
            with _exclusive(data_dir):
                _lock(users, shared=True)
                servers = _start(data_dir, wanted)
            yield servers
        finally:
            # Also when only one of them could start.
            _leave(data_dir, users)


def _leave(data_dir: Path, users: int) -> None:
    with _exclusive(data_dir):
        if _lock(users, shared=False):
            valkey.stop(data_dir / "valkey")
            postgres.stop(data_dir / "postgres")


def revive(data_dir: Path, wanted: Wanted = EVERYTHING) -> None:
    """Start again what has died under a user's feet, at the same addresses. Raises EmbeddedError."""
    with _exclusive(data_dir):
        _start(data_dir, wanted)


def is_alive(data_dir: Path, wanted: Wanted = EVERYTHING) -> bool:
    """Whether every wanted server has a process."""
    return (not wanted.database or postgres.is_running(data_dir / "postgres")) and (
        not wanted.redis or valkey.is_running(data_dir / "valkey")
    )


def remove_data(data_dir: Path) -> None:
    """Delete the data folder and all it holds; servers left over are stopped. Raises EmbeddedError if in use."""
    if not data_dir.exists():
        return
    with _file(data_dir / "users.lock") as users, _exclusive(data_dir):
        if not _lock(users, shared=False):
            raise EmbeddedError(f"{data_dir} is in use by a running Doorstep. Stop that one first.")
        valkey.stop(data_dir / "valkey")
        postgres.stop(data_dir / "postgres")
        if (data_dir / "postgres").is_symlink():
            shutil.rmtree((data_dir / "postgres").resolve().parent, ignore_errors=True)
        shutil.rmtree(data_dir)


def _start(data_dir: Path, wanted: Wanted) -> Servers:
    return Servers(
        database_url=postgres.start(data_dir / "postgres", durable=wanted.durable) if wanted.database else "",
        redis_url=valkey.start(data_dir / "valkey", durable=wanted.durable) if wanted.redis else "",
    )


def _make(data_dir: Path) -> None:
    if not data_dir.exists():
        data_dir.mkdir(parents=True)
        # The account PostgreSQL runs as has to pass through, and sees nothing on its way.
        data_dir.chmod(0o711)


@contextlib.contextmanager
def _file(path: Path) -> Iterator[int]:
    """A file that exists to be locked. Closing it (or dying) gives the lock back."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _exclusive(data_dir: Path) -> Iterator[None]:
    """One process at a time starts or stops servers; the others wait."""
    import fcntl

    with _file(data_dir / "starting.lock") as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


def _lock(descriptor: int, *, shared: bool) -> bool:
    """Take the lock if it is free for that use; False if not."""
    import fcntl

    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
