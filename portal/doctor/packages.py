"""Which system packages bring what is missing, by package manager: a plan of commands, or the words to say instead."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.doctor.machine import Need, Rights

PACKAGES: dict[str, dict[Need, tuple[str, ...]]] = {
    "apt-get": {
        Need.VENV: ("python3-venv",),
        Need.PANGO: ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"),
        Need.FONTS: ("fontconfig", "fonts-noto-core"),
        Need.CJK_FONTS: ("fonts-noto-cjk",),
        Need.CHROMIUM: ("chromium",),
    },
    "dnf": {
        Need.VENV: ("python3-pip",),
        Need.PANGO: ("pango", "harfbuzz"),
        Need.FONTS: ("fontconfig", "google-noto-sans-fonts", "google-noto-sans-arabic-fonts"),
        Need.CJK_FONTS: ("google-noto-sans-cjk-fonts",),
        Need.CHROMIUM: ("chromium",),
    },
    "zypper": {
        Need.VENV: ("python3-pip",),
        Need.PANGO: ("libpango-1_0-0", "libharfbuzz-subset0"),
        Need.FONTS: ("fontconfig", "google-noto-sans-fonts", "google-noto-sans-arabic-fonts"),
        Need.CJK_FONTS: ("google-noto-sans-cjk-fonts",),
        Need.CHROMIUM: ("chromium",),
    },
    "pacman": {
        Need.VENV: ("python",),
        Need.PANGO: ("pango", "harfbuzz"),
        Need.FONTS: ("fontconfig", "noto-fonts"),
        Need.CJK_FONTS: ("noto-fonts-cjk",),
        Need.CHROMIUM: ("chromium",),
    },
    "apk": {
        Need.VENV: ("python3", "py3-pip"),
        Need.PANGO: ("pango", "harfbuzz-subset"),
        Need.FONTS: ("fontconfig", "font-noto", "font-noto-arabic"),
        Need.CJK_FONTS: ("font-noto-cjk",),
        Need.CHROMIUM: ("chromium",),
    },
    "brew": {
        Need.VENV: ("python",),
        Need.PANGO: ("pango",),
        Need.FONTS: (),
        Need.CJK_FONTS: (),
        Need.CHROMIUM: ("--cask", "chromium"),
    },
}
"""What to ask each package manager for."""

INSTALL: dict[str, tuple[tuple[str, ...], ...]] = {
    "apt-get": (("apt-get", "update"), ("apt-get", "install", "-y", "--no-install-recommends")),
    "dnf": (("dnf", "install", "-y"),),
    "zypper": (("zypper", "--non-interactive", "install"),),
    "pacman": (("pacman", "-Sy", "--noconfirm", "--needed"),),
    "apk": (("apk", "add"),),
    "brew": (("brew", "install"),),
}
"""How each installs without asking questions; the packages follow the last command."""

QUIET = {"apt-get": ("env", "DEBIAN_FRONTEND=noninteractive")}


@dataclass(frozen=True, slots=True)
class Plan:
    """Commands to run, in this order; or none, and a message that says what the reader has to run."""

    commands: tuple[tuple[str, ...], ...] = ()
    message: str = ""


def plan(needs: Iterable[Need], manager: str | None, rights: Rights) -> Plan:
    """How to get what is missing, on this system, with these rights."""
    wanted = sorted(set(needs), key=list(Need).index)
    if not wanted:
        return Plan()
    if manager is None:
        return Plan(message=_unknown(wanted))
    commands = _commands(wanted, manager)
    if manager == "brew":
        # It installs into the reader's own folders and refuses to run as root.
        return Plan(commands)
    if rights is Rights.NONE:
        return Plan(message=_by_hand(wanted, commands))
    sudo = ("sudo", "-n") if rights is Rights.SUDO else ()
    return Plan(tuple((*sudo, *QUIET.get(manager, ()), *command) for command in commands))


def _commands(wanted: list[Need], manager: str) -> tuple[tuple[str, ...], ...]:
    *before, install = INSTALL[manager]
    casks = [need for need in wanted if "--cask" in PACKAGES[manager][need]]
    plain = tuple(name for need in wanted if need not in casks for name in PACKAGES[manager][need])
    installs = [(*install, *plain)] if plain else []
    installs += [(*install, *PACKAGES[manager][need]) for need in casks]
    return (*before, *installs)


def _list(wanted: list[Need]) -> str:
    return "Doorstep needs some things from this system:\n" + "".join(f"  - {need}\n" for need in wanted)


def _by_hand(wanted: list[Need], commands: tuple[tuple[str, ...], ...]) -> str:
    line = " && ".join("sudo " + " ".join(command) for command in commands)
    return f"{_list(wanted)}Install them with this command, then start again:\n\n  {line}\n"


def _unknown(wanted: list[Need]) -> str:
    names = " ".join(name for need in wanted for name in PACKAGES["apt-get"][need])
    return (
        f"{_list(wanted)}This system's package manager is not one we know. Install them by hand, then start again.\n"
        f"On Debian the packages are called: {names}\n"
    )
