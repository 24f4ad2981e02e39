"""What the system has: libraries, fonts, a browser, a package manager. Looks only; changes nothing."""

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from enum import StrEnum
from pathlib import Path

OLDEST_PYTHON = (3, 11)


class Need(StrEnum):
    """Something that comes from the system's package manager."""

    VENV = "Python's venv module"
    PANGO = "Pango, which sets the text of labels"
    FONTS = "fonts for Latin and Arabic text"
    CJK_FONTS = "fonts for Chinese, Japanese and Korean text"
    CHROMIUM = "Chromium, for the tests in a browser"


class Rights(StrEnum):
    """Whether we may install system packages, and how."""

    ROOT = "root"
    SUDO = "sudo"
    NONE = "none"


LIBRARIES = ("pango-1.0:0", "pangoft2-1.0:0", "harfbuzz:0", "harfbuzz-subset:0")
"""What WeasyPrint loads: name and version of each shared library."""

MANAGERS = ("apt-get", "dnf", "zypper", "pacman", "apk", "brew")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_BROWSERS = ("/Applications/Chromium.app/Contents/MacOS/Chromium",)
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")


def missing(*, dev: bool) -> set[Need]:
    """What has to be installed; with `dev`, also what the tests need."""
    found = {
        Need.VENV: has_venv(),
        Need.PANGO: not missing_libraries(),
        Need.FONTS: has_font("en") and has_font("ar"),
    }
    if dev:
        found |= {Need.CJK_FONTS: has_font("zh-cn"), Need.CHROMIUM: chromium() is not None}
    return {need for need, there in found.items() if not there}


def has_venv() -> bool:
    """Debian packs these two modules apart from Python."""
    return all(importlib.util.find_spec(name) is not None for name in ("venv", "ensurepip"))


def missing_libraries() -> list[str]:
    """Names of shared libraries that cannot be loaded."""
    return [library for library in LIBRARIES if not _loads(library)]


def _loads(library: str) -> bool:
    name, version = library.split(":")
    if sys.platform == "darwin":
        names = [f"{folder}lib{name}.{version}.dylib" for folder in ("", "/opt/homebrew/lib/", "/usr/local/lib/")]
    else:
        names = [f"lib{name}.so.{version}"]
    return any(_opens(candidate) for candidate in names)


def _opens(file: str) -> bool:
    try:
        ctypes.CDLL(file)
    except OSError:
        return False
    return True


def has_font(language: str) -> bool:
    """Whether some installed font covers this language (a code of fontconfig's: en, ar, zh-cn)."""
    if sys.platform == "darwin":
        # Every Mac has them.
        return True
    if shutil.which("fc-list"):
        command = ["fc-list", f":lang={language}", "family"]
        return bool(subprocess.run(command, capture_output=True, check=False).stdout.strip())
    mark = {"ar": "arabic", "zh-cn": "cjk"}.get(language, "")
    files = (file for folder in FONT_FOLDERS for file in Path(folder).expanduser().glob("**/*.[ot]t[fc]"))
    return any(mark in file.name.lower() for file in files)


def chromium() -> str | None:
    """The path of a Chromium or Chrome that the browser tests may drive."""
    found = (shutil.which(name) for name in BROWSERS)
    return next((path for path in found if path), None) or next(filter(os.path.exists, MAC_BROWSERS), None)


def package_manager() -> str | None:
    """The system's package manager, by the name of its command."""
    return next((name for name in MANAGERS if shutil.which(name)), None)


def rights() -> Rights:
    """Whether we are root, or may become root without being asked for a password."""
    if os.geteuid() == 0:
        return Rights.ROOT
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return Rights.SUDO
    return Rights.NONE
