"""Which account runs PostgreSQL and where its files go."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.embedded import places
from portal.embedded.accounts import Account, as_account, may_enter
from portal.embedded.faults import EmbeddedError

STRANGER = Account("stranger", uid=54_321, gid=54_321)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="doorstep-test-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


def test_a_folder_that_lets_others_pass_can_be_entered(open_folder: Path) -> None:
    assert may_enter(STRANGER, open_folder)
    open_folder.chmod(0o700)
    assert not may_enter(STRANGER, open_folder)


def test_a_closed_folder_above_closes_what_is_below(open_folder: Path) -> None:
    inner = open_folder / "closed" / "inner"
    inner.mkdir(parents=True)
    (open_folder / "closed").chmod(0o700)
    assert not may_enter(STRANGER, inner)
    assert may_enter(None, inner), "our own account needs no permission of others"


def test_nobody_is_asked_for_only_when_we_are_root() -> None:
    assert as_account(None) == {}
    assert as_account(STRANGER)["user"] == 54_321


def test_data_goes_elsewhere_when_its_folder_is_closed_and_a_link_leads_there(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "ELSEWHERE", open_folder / "elsewhere")
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    home = places.data_home(closed / "postgres", STRANGER)
    assert home.is_relative_to(open_folder / "elsewhere")
    assert places.data_home(closed / "postgres", STRANGER) == home, "the second start finds the same data"


def test_a_link_that_leads_nowhere_is_replaced(open_folder: Path) -> None:
    (open_folder / "postgres").symlink_to(open_folder / "gone")
    assert places.data_home(open_folder / "postgres", STRANGER) == open_folder.resolve() / "postgres"


def test_a_socket_folder_that_someone_else_made_is_not_trusted(open_folder: Path) -> None:
    home = open_folder / ("x" * 100)
    short = places.socket_folder(home, None)
    try:
        assert short.stat().st_mode & 0o777 == 0o700
        short.chmod(0o777)
        with pytest.raises(EmbeddedError, match="belongs to someone else"):
            places.socket_folder(home, None)
    finally:
        os.rmdir(short)
