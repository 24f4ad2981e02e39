"""Who runs PostgreSQL, and which folders that account may enter.

PostgreSQL refuses to run as root. Where we are root (a container, a build machine) it runs as `nobody`, an account that
is there already: nothing is added to the system and no folder's permissions are loosened.
"""

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.embedded.faults import EmbeddedError


@dataclass(frozen=True, slots=True)
class Account:
    """A system account that a server runs as."""

    name: str
    uid: int
    gid: int


def postgres_account() -> Account | None:
    """The account PostgreSQL must run as, or None when that is simply us. Raises EmbeddedError if there is none."""
    if os.geteuid() != 0:
        return None
    import pwd

    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise EmbeddedError(
            "PostgreSQL cannot run as root and this system has no account 'nobody' to run it as.\n"
            "Run Doorstep as an ordinary user, or set DATABASE_URL to a PostgreSQL server."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def as_account(account: Account | None) -> dict[str, Any]:
    """Arguments of `subprocess.run` that make the child run as this account."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def may_enter(account: Account | None, folder: Path) -> bool:
    """Whether the account can reach what lies in `folder` (which exists): every folder above it must let it pass."""
    if account is None:
        return True
    folder = folder.resolve()
    return all(_may_search(account, part) for part in (folder, *folder.parents))


def _may_search(account: Account, folder: Path) -> bool:
    status = folder.stat()
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def give(folder: Path, account: Account | None) -> None:
    """Make the account the only one that may look into this folder."""
    folder.chmod(0o700)
    if account is not None:
        os.chown(folder, account.uid, account.gid)
