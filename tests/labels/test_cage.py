"""The walls that stand when the fetcher has a hole, each tried from inside a process of its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from portal.labels.renderer import Renderer
from portal.labels.wire import request

ROOT = Path(__file__).parents[2]
INSIDE = "import os, socket, subprocess, tempfile\nfrom portal.labels.cage import close_the_doors\nclose_the_doors()\n"


def inside(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run code in a process that has closed its doors."""
    return subprocess.run(
        [sys.executable, "-c", INSIDE + code],
        cwd=ROOT,
        env={"TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "code",
    [
        "open('/etc/hostname')",
        "open('/etc/../etc/hostname', 'rb')",
        "os.open('/proc/self/environ', os.O_RDONLY)",
        "open('pyproject.toml')",
        "open(os.__file__, 'a')",
        "socket.create_connection(('127.0.0.1', 9))",
        "socket.getaddrinfo('localhost', 80)",
        "subprocess.run(['true'])",
        "os.system('true')",
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "__import__('urllib.request').request.urlopen('http://127.0.0.1:9/')",
    ],
)
def test_files_sockets_and_programs_are_out_of_reach(tmp_path: Path, code: str) -> None:
    ended = inside(code, tmp_path)
    assert ended.returncode == 1
    assert "PermissionError" in ended.stderr
    assert "while documents are made" in ended.stderr


def test_modules_and_the_own_temporary_folder_stay_usable(tmp_path: Path) -> None:
    ended = inside("import wave\nwith tempfile.TemporaryFile() as f: f.write(b'x')\nprint('fine')", tmp_path)
    assert (ended.stdout.strip(), ended.returncode) == ("fine", 0)


def test_a_link_in_the_temporary_folder_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "way-out").symlink_to("/etc/hostname")
    assert "PermissionError" in inside(f"open({str(tmp_path / 'way-out')!r})", tmp_path).stderr


async def test_the_child_has_a_network_of_its_own_where_the_system_allows_it(renderer: Renderer) -> None:
    if not await renderer.isolated():
        pytest.skip("this system lets no process leave its network")
    child = os.readlink(f"/proc/{await renderer.pid()}/ns/net")
    assert child != os.readlink("/proc/self/ns/net")


def child() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "portal.labels.child", str(1 << 30)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )


def test_a_child_whose_parent_is_gone_goes_too() -> None:
    with child() as process:
        process.communicate(timeout=60)
        assert process.returncode == 0


def test_a_child_whose_parent_died_during_an_endless_document_stops_by_itself() -> None:
    limits = {"seconds": 0.1, "pages": 1, "bytes": 1000, "variant": None}
    message, _ = request(b"<div style='display:flex'>" * 40, b"", (), set(), limits)
    with child() as process:
        process.communicate(message, timeout=60)
        assert process.returncode == -signal.SIGALRM
