"""Which commands bring what a machine lacks, and what is said where we may not run them."""

import pytest

from portal.doctor.machine import MANAGERS, Need, Rights
from portal.doctor.packages import INSTALL, PACKAGES, plan

EVERYTHING = set(Need)


def test_nothing_missing_means_nothing_to_run_or_to_say() -> None:
    found = plan(set(), "apt-get", Rights.NONE)
    assert (found.commands, found.message) == ((), "")


def test_root_on_debian_refreshes_the_lists_and_installs_without_questions() -> None:
    update, install = plan({Need.PANGO, Need.CHROMIUM}, "apt-get", Rights.ROOT).commands
    assert update == ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "update")
    assert install[2:6] == ("apt-get", "install", "-y", "--no-install-recommends")
    assert install[6:] == ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "chromium")


def test_sudo_is_never_asked_for_a_password() -> None:
    commands = plan({Need.FONTS}, "apt-get", Rights.SUDO).commands
    assert all(command[:3] == ("sudo", "-n", "env") for command in commands)


def test_without_rights_nothing_runs_and_the_message_holds_the_exact_command() -> None:
    found = plan({Need.VENV, Need.CJK_FONTS}, "apt-get", Rights.NONE)
    assert found.commands == ()
    line = "sudo apt-get update && sudo apt-get install -y --no-install-recommends python3-venv fonts-noto-cjk"
    assert line in found.message


def test_what_is_missing_is_named_in_plain_words() -> None:
    message = plan({Need.PANGO}, "dnf", Rights.NONE).message
    assert "Pango, which sets the text of labels" in message
    assert "Chromium" not in message


def test_an_unknown_package_manager_gets_names_to_look_for() -> None:
    found = plan({Need.PANGO}, None, Rights.ROOT)
    assert found.commands == ()
    assert "libpango-1.0-0" in found.message


def test_brew_runs_as_the_reader_and_takes_applications_apart_from_libraries() -> None:
    commands = plan({Need.PANGO, Need.CHROMIUM}, "brew", Rights.NONE).commands
    assert commands == (("brew", "install", "pango"), ("brew", "install", "--cask", "chromium"))


@pytest.mark.parametrize("manager", MANAGERS)
def test_every_package_manager_knows_every_need(manager: str) -> None:
    assert set(PACKAGES[manager]) == EVERYTHING
    assert manager in INSTALL


@pytest.mark.parametrize("manager", [name for name in MANAGERS if name != "brew"])
def test_no_command_of_root_waits_for_an_answer(manager: str) -> None:
    last = " ".join(plan(EVERYTHING, manager, Rights.ROOT).commands[-1])
    assert "-y" in last or "--non-interactive" in last or "--noconfirm" in last or "apk add" in last
