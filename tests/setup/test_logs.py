"""Logs: JSON for machines, lines for people, and in neither what a variable held."""

import json
import subprocess
import sys

PROGRAM = """
import sys, logging, structlog
from portal.logs import configure_logs
configure_logs("info", as_json=sys.argv[1] == "json")
password = "hunter" + "2"
try:
    raise ValueError("it broke")
except ValueError:
    structlog.get_logger("ours").exception("our event", order="R-1042")
logging.getLogger("theirs").info("their line")
logging.getLogger("httpx2").info("a step")
"""


def logged(form: str) -> str:
    done = subprocess.run([sys.executable, "-c", PROGRAM, form], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    return done.stderr


def test_production_writes_one_object_a_line_for_our_events_and_those_of_libraries() -> None:
    ours, theirs = (json.loads(line) for line in logged("json").splitlines())
    assert (ours["event"], ours["level"], ours["logger"], ours["order"]) == ("our event", "error", "ours", "R-1042")
    assert "ValueError: it broke" in ours["exception"]
    assert (theirs["event"], theirs["level"]) == ("their line", "info")
    assert ours["timestamp"].endswith("Z")


def test_people_get_lines_without_the_values_of_variables() -> None:
    text = logged("lines")
    assert "our event" in text
    assert "ValueError: it broke" in text
    assert "hunter2" not in text
    assert "a step" not in text
