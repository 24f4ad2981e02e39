"""Child processes that run together: started in order, brought back when they die, stopped in reverse, none left."""

import contextlib
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from portal.embedded.processes import wait_gone

Say = Callable[[str, str], None]
"""Takes the name of a child and a line about it."""

LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0
"""A child that ran this long is forgiven its earlier deaths."""
STOP_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Job:
    """What to run, under a short name."""

    name: str
    command: tuple[str, ...]


@dataclass(slots=True)
class Child:
    """One job's process of the moment. `deaths` in a row lengthen the pause before the next start."""

    job: Job
    process: subprocess.Popen[str] | None = None
    started: float = 0.0
    deaths: int = 0
    next_start: float = 0.0
    readers: list[threading.Thread] = field(default_factory=list)


class Crew:
    """The children of one supervisor. Not thread-safe: one thread starts, tends and stops."""

    def __init__(self, jobs: Sequence[Job], say: Say, record: Path) -> None:
        """`record` is a file that tells the next supervisor what a killed one has left behind."""
        self.children = [Child(job) for job in jobs]
        self.say = say
        self.record = record
        self.hurry = threading.Event()

    def start(self) -> None:
        """Start every child."""
        for child in self.children:
            self._start(child)

    def tend(self) -> None:
        """Look at every child once: bring back the dead when their pause is over."""
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                self._mourn(child, child.process.returncode)
            elif child.process is None and time.monotonic() >= child.next_start:
                self._start(child)

    def stop(self) -> None:
        """Stop in reverse order, each within 15 seconds (at once when `hurry` is set), with everything it started."""
        for child in reversed(self.children):
            if child.process is not None:
                self._stop(child, child.process)
        self.record.unlink(missing_ok=True)

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(
            child.job.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            # Its own group: Ctrl-C reaches us alone, and we end it with everything that it started.
            start_new_session=True,
        )
        child.started = time.monotonic()
        reader = threading.Thread(target=self._read, args=(child.job.name, child.process), daemon=True)
        reader.start()
        child.readers.append(reader)
        self._write_record()

    def _read(self, name: str, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                self.say(name, line.rstrip("\n"))

    def _mourn(self, child: Child, code: int) -> None:
        _signal_group(child.process, signal.SIGKILL)
        child.process = None
        steady = time.monotonic() - child.started > STEADY_SECONDS
        child.deaths = 1 if steady else child.deaths + 1
        pause = min(0.5 * 2 ** (child.deaths - 1), LONGEST_PAUSE)
        child.next_start = time.monotonic() + pause
        why = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        self.say(child.job.name, f"{why}; starting again in {pause:g} s")

    def _stop(self, child: Child, process: subprocess.Popen[str]) -> None:
        _signal_group(process, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while process.poll() is None and time.monotonic() < deadline and not self.hurry.is_set():
            time.sleep(0.02)
        if process.poll() is None:
            self.say(child.job.name, "does not stop; ending it")
        # Even when it has ended well: nothing that it started may stay.
        _signal_group(process, signal.SIGKILL)
        process.wait()
        child.process = None
        for reader in child.readers:
            reader.join(timeout=1)

    def _write_record(self) -> None:
        running = [child.process.pid for child in self.children if child.process is not None]
        born = {str(pid): psutil.Process(pid).create_time() for pid in running if psutil.pid_exists(pid)}
        self.record.write_text(json.dumps(born))


def end_leftovers(record: Path) -> list[int]:
    """End the processes that a killed supervisor wrote down, unless their number has gone to someone else."""
    try:
        born = json.loads(record.read_text())
    except (OSError, ValueError):
        return []
    ended = []
    for pid, created in born.items():
        with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError, PermissionError):
            leader = psutil.Process(int(pid))
            if leader.create_time() == created:
                group = [leader, *leader.children(recursive=True)]
                os.killpg(leader.pid, signal.SIGKILL)
                # Until they are gone they hold the port that we are about to ask for.
                ended += [process.pid for process in group if wait_gone(process, STOP_SECONDS)]
    record.unlink(missing_ok=True)
    return ended


def _signal_group(process: subprocess.Popen[str] | None, number: signal.Signals) -> None:
    """Tell a child and everything it started; it may all be gone already."""
    if process is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
