"""The walls around the renderer's child: memory, files, network. Each stands alone should another have a hole.

The first wall is `fetcher.py`, which opens nothing. These are for the day when something goes around it.
"""

import ctypes
import os
import resource
import sys
import sysconfig
import tempfile
from typing import Any

CLONE_NEWUSER = 0x1000_0000
CLONE_NEWNET = 0x4000_0000
LARGEST_FILE = 32 << 20
"""Bytes; fonts are unpacked into the child's own temporary folder."""

_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "pty.",
    "urllib.",
)
_NAMES_ONLY = frozenset({"socket.__new__"})


def limit_resources(memory: int) -> None:
    """Cap the process at `memory` bytes of address space, small files, no core dump."""
    for limit, value in (
        # macOS counts shared libraries of the system in and lets no program start below many gigabytes.
        (resource.RLIMIT_AS, memory if sys.platform != "darwin" else resource.RLIM_INFINITY),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(limit)[1]
        if hard != resource.RLIM_INFINITY:
            value = hard if value == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (value, value))


def without_network() -> bool:
    """Move into an empty network namespace. False where the system does not let us (then the other walls stand)."""
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    # Root keeps its own user: in a new one it could no longer read a program that belongs to somebody else.
    return libc.unshare(CLONE_NEWNET if os.geteuid() == 0 else CLONE_NEWUSER | CLONE_NEWNET) == 0


def close_the_doors() -> None:
    """From here on no socket, no program, and no file but Python's own modules, fonts and the temporary folder."""
    readable = _program_folders()
    writable = (os.path.realpath(tempfile.gettempdir()) + os.sep,)

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(_FORBIDDEN) and event not in _NAMES_ONLY:
            raise PermissionError(f"{event} is not allowed while documents are made")
        if event == "open" and isinstance(arguments[0], (str, bytes, os.PathLike)):
            path = os.path.realpath(os.fsdecode(arguments[0])) + os.sep
            if path != os.devnull + os.sep and not path.startswith(
                writable if _writes(arguments) else readable + writable
            ):
                raise PermissionError(f"{path} is not allowed while documents are made")

    sys.addaudithook(watch)


def _writes(arguments: tuple[Any, ...]) -> bool:
    mode, flags = arguments[1], arguments[2]
    return any(sign in mode for sign in "wax+") if isinstance(mode, str) else bool(flags & (os.O_WRONLY | os.O_RDWR))


def _program_folders() -> tuple[str, ...]:
    ours = os.path.dirname(os.path.dirname(__file__))
    found = {*sysconfig.get_paths().values(), ours}
    return tuple(sorted(os.path.realpath(folder) + os.sep for folder in found))
