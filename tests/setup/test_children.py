"""Child processes of the demo: brought back when they die, stopped in order, with everything that they started."""

import json
import os
import queue
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from portal.demo.children import Crew, Job, end_leftovers
from portal.embedded.processes import wait_gone

READY = "print('ready', flush=True); import signal; signal.pause()"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + READY.replace("import signal; ", "")
WITH_CHILD = (
    f"import subprocess, sys; c = subprocess.Popen([sys.executable, '-c', {READY!r}], stdout=subprocess.DEVNULL); "
    "print('child', c.pid, flush=True); c.wait()"
)

SUPERVISOR = """
import sys
from pathlib import Path
from portal.demo.children import Crew, Job
from portal.demo.supervisor import Signals
signals = Signals()
crew = Crew([Job(n, (sys.executable, "-c", sys.argv[2])) for n in ("first", "second")],
            lambda name, line: print(name, line, flush=True), Path(sys.argv[1]))
with signals.caught():
    try:
        signals.unwind()
        crew.start()
        while True:
            crew.tend()
            __import__("time").sleep(0.01)
    except KeyboardInterrupt:
        print("stopping", flush=True)
    finally:
        crew.stop()
print("stopped", flush=True)
"""


def job(name: str, program: str) -> Job:
    return Job(name, (sys.executable, "-c", program))


class Heard:
    """What children said, to wait for."""

    def __init__(self) -> None:
        self.lines: queue.Queue[tuple[str, str]] = queue.Queue()

    def say(self, name: str, line: str) -> None:
        self.lines.put((name, line))

    def until(self, word: str) -> tuple[str, str]:
        while True:
            name, line = self.lines.get(timeout=30)
            if word in line:
                return name, line


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return tmp_path / "children.json"


@pytest.fixture
def crew(heard: Heard, record: Path) -> Iterator[Crew]:
    made = Crew([job("steady", READY)], heard.say, record)
    yield made
    made.hurry.set()
    made.stop()


def test_what_a_child_prints_comes_with_its_name(crew: Crew, heard: Heard) -> None:
    crew.start()
    assert heard.until("ready") == ("steady", "ready")


def test_a_child_that_dies_is_announced_and_started_again_after_a_pause(crew: Crew, heard: Heard) -> None:
    crew.start()
    heard.until("ready")
    (child,) = crew.children
    assert child.process is not None
    child.process.kill()
    child.process.wait()
    crew.tend()
    assert "SIGKILL" in heard.until("starting again")[1]
    crew.tend()
    assert child.process is None, "not before its pause is over"
    child.next_start = 0
    crew.tend()
    heard.until("ready")
    assert child.process is not None


def test_a_child_that_keeps_dying_waits_longer_each_time(heard: Heard, record: Path) -> None:
    crew = Crew([job("broken", "import sys; sys.exit(7)")], heard.say, record)
    (child,) = crew.children
    crew.start()
    pauses = []
    for _ in range(3):
        assert child.process is not None
        child.process.wait()
        crew.tend()
        pauses.append(heard.until("exit code 7")[1].split("again in ")[1])
        child.next_start = 0
        crew.tend()
    crew.stop()
    assert pauses == ["0.5 s", "1 s", "2 s"]


def test_stopping_leaves_no_grandchild(heard: Heard, record: Path) -> None:
    crew = Crew([job("web", WITH_CHILD)], heard.say, record)
    crew.start()
    grandchild = psutil.Process(int(heard.until("child")[1].split()[1]))
    crew.stop()
    assert wait_gone(grandchild, 10)
    assert not record.exists()


def test_in_a_hurry_a_child_that_ignores_the_signal_is_ended_at_once(heard: Heard, record: Path) -> None:
    crew = Crew([job("stubborn", STUBBORN)], heard.say, record)
    crew.start()
    heard.until("ready")
    (child,) = crew.children
    process = child.process
    assert process is not None
    crew.hurry.set()
    crew.stop()
    assert process.returncode == -signal.SIGKILL
    heard.until("does not stop")


def test_the_next_supervisor_ends_what_a_killed_one_left(heard: Heard, record: Path) -> None:
    killed = Crew([job("orphan", WITH_CHILD)], heard.say, record)
    killed.start()
    grandchild = int(heard.until("child")[1].split()[1])
    (child,) = killed.children
    assert child.process is not None
    assert end_leftovers(record) == [child.process.pid, grandchild]
    assert child.process.wait(10) == -signal.SIGKILL
    assert not record.exists()


def test_a_number_that_went_to_another_process_is_let_be(record: Path) -> None:
    record.write_text(json.dumps({str(os.getpid()): 1.0, "999999999": 1.0}))
    assert end_leftovers(record) == []
    record.write_text("not json")
    assert end_leftovers(record) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_to_the_supervisor_stops_every_child_in_order(tmp_path: Path, number: signal.Signals) -> None:
    record = tmp_path / "children.json"
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(record), READY], stdout=subprocess.PIPE, text=True
    )
    assert supervisor.stdout is not None
    assert sorted(supervisor.stdout.readline() for _ in range(2)) == ["first ready\n", "second ready\n"]
    children = [psutil.Process(int(pid)) for pid in json.loads(record.read_text())]
    supervisor.send_signal(number)
    rest, _ = supervisor.communicate(timeout=30)
    assert supervisor.returncode == 0
    assert rest.endswith("stopping\nstopped\n")
    assert all(wait_gone(child, 10) for child in children)
