"""Finding a server of ours that runs already, and telling it from a stranger that got the same process id."""

import time
from pathlib import Path

import psutil


def running(pid_file: Path, program: str, home: Path) -> psutil.Process | None:
    """The process named in the pid file, if it is this program working in this folder; None if that is stale."""
    try:
        process = psutil.Process(int(pid_file.read_text().split()[0]))
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return None
        return process if _is_ours(process, program, home) else None
    except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
        return None


def _is_ours(process: psutil.Process, program: str, home: Path) -> bool:
    if not process.name().startswith(program):
        return False
    try:
        return Path(process.cwd()) == home.resolve()
    except psutil.AccessDenied:
        # Another account's process: the name has to do.
        return True


def stop(process: psutil.Process, seconds: float) -> None:
    """Ask it to end, and end it the hard way if it has not within that many seconds."""
    try:
        process.terminate()
        if not wait_gone(process, seconds):
            process.kill()
            wait_gone(process, seconds)
    except psutil.NoSuchProcess:
        return


def wait_gone(process: psutil.Process, seconds: float) -> bool:
    """Whether the process ends within that time. A zombie counts as gone."""
    deadline = time.monotonic() + seconds
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
