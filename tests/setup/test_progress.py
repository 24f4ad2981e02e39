"""A long step of the set-up shows that it is alive, on a terminal and in a file."""

import io
import threading

import pytest

from portal.doctor.progress import Progress


class Output(io.StringIO):
    """A file, or a terminal, that one can wait on until something has been written."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal
        self.written = threading.Condition()

    def isatty(self) -> bool:
        """Whether it passes for a terminal."""
        return self.terminal

    def write(self, text: str, /) -> int:
        """Keep it and wake whoever waits."""
        with self.written:
            self.written.notify_all()
            return super().write(text)

    def shows(self, text: str) -> bool:
        """Whether this is written within ten seconds."""
        with self.written:
            return self.written.wait_for(lambda: text in self.getvalue(), timeout=10)


def test_in_a_file_each_sign_of_life_is_a_line() -> None:
    out = Output(terminal=False)
    with Progress("Installing", 12, out, every=0.001) as progress:
        progress.count = 3
        assert out.shows("\nInstalling: 3 of 12, ")
    assert "\r" not in out.getvalue()


def test_on_a_screen_one_line_is_written_over_and_empty_at_the_end() -> None:
    out = Output(terminal=True)
    with Progress("Installing", 12, out, every=0.001) as progress:
        progress.count = 40
        assert out.shows("\rInstalling: 12 of 12, ")
        progress.stage = "unpacking"
        assert out.shows("\rInstalling: unpacking, ")
    assert "\n" not in out.getvalue()
    assert out.getvalue().endswith("\r\033[K")


@pytest.mark.parametrize("terminal", [True, False])
def test_it_speaks_at_once_and_shows_time_when_there_is_nothing_to_count(terminal: bool) -> None:
    out = Output(terminal=terminal)
    with Progress("Installing", out=out, every=0.001):
        assert out.shows("Installing …")
        assert out.shows("Installing: ")
