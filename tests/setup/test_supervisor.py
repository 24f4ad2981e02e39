"""The demo's supervisor: alone on its folder, on a free port, deaf to a second Ctrl-C while it cleans up."""

import os
import signal
import socket
import threading
from pathlib import Path

import pytest

from portal.commands.installation import Mistake
from portal.demo.supervisor import Signals, is_running, jobs, require_port, the_only_one
from portal.settings import Settings, read_settings


def settings_on(port: int) -> Settings:
    return read_settings(DOORSTEP_ENV="demo", DOORSTEP_PORT=port)


def test_a_second_demo_on_the_same_folder_is_told_which_process_holds_it(tmp_path: Path) -> None:
    with the_only_one(tmp_path / "data"):
        assert is_running(tmp_path / "data")
        with pytest.raises(Mistake, match=f"process {os.getpid()}"), the_only_one(tmp_path / "data"):
            pass
    assert not is_running(tmp_path / "data")


def test_a_port_in_use_names_the_variable_that_chooses_another() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Mistake, match="DOORSTEP_PORT") as caught:
            require_port(settings_on(port))
    assert f"127.0.0.1:{port}" in str(caught.value)


def test_only_the_web_server_reloads() -> None:
    assert [job.name for job in jobs(reload=True) if "--reload" in job.command] == ["web"]
    assert [job.name for job in jobs(reload=False)] == ["worker", "relay", "web", "simulate", "shops"]


def test_a_signal_before_there_is_anything_to_stop_is_kept_until_there_is() -> None:
    signals = Signals()
    with signals.caught():
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            signals.unwind()


def test_the_first_signal_unwinds_and_the_next_only_hurry() -> None:
    signals = Signals()
    signals.hurry = threading.Event()
    with signals.caught():
        signals.unwind()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        assert not signals.hurry.is_set()
        signal.raise_signal(signal.SIGINT)
        assert signals.hurry.is_set()


def test_signals_are_as_they_were_afterwards() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with Signals().caught():
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before
