"""Embedded servers: they start, keep what they were told, are shared, and come back after a kill."""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import psutil
import pytest
import redis

from portal.embedded import postgres, valkey
from portal.embedded.faults import EmbeddedError
from portal.embedded.processes import wait_gone
from portal.embedded.servers import EVERYTHING, Servers, Wanted, embedded_servers, is_alive, remove_data, revive

USE_FROM_ANOTHER_PROCESS = """
import sys
from pathlib import Path
from portal.embedded.servers import embedded_servers
with embedded_servers(Path(sys.argv[1])) as servers:
    print(servers.database_url, servers.redis_url, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    # Not pytest's own folder: that is for our eyes only, and the account that PostgreSQL runs as has to pass through.
    with tempfile.TemporaryDirectory(prefix="doorstep-test-") as outer:
        Path(outer).chmod(0o711)
        yield Path(outer) / "data"
        remove_data(Path(outer) / "data")


def query(servers: Servers, statement: str) -> Any:
    async def ask() -> Any:
        connection = await asyncpg.connect(servers.database_url)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(ask())


def pid_of(folder: Path, server: str) -> int:
    return int((folder / server).read_text().split()[0])


def kill(pid: int) -> None:
    process = psutil.Process(pid)
    process.kill()
    assert wait_gone(process, 10)


def test_data_survives_a_stop_and_a_start(folder: Path) -> None:
    with embedded_servers(folder) as servers:
        query(servers, "CREATE TABLE kept AS SELECT 7 AS number")
        redis.Redis.from_url(servers.redis_url).set("kept", "seven")
    with embedded_servers(folder) as again:
        assert query(again, "SELECT number FROM kept") == 7
        assert redis.Redis.from_url(again.redis_url).get("kept") == b"seven"
    assert not is_alive(folder, Wanted(redis=False))
    assert not is_alive(folder, Wanted(database=False))


def test_a_second_process_shares_the_servers_and_the_last_to_leave_stops_them(folder: Path) -> None:
    with embedded_servers(folder) as servers:
        other = subprocess.Popen(
            [sys.executable, "-c", USE_FROM_ANOTHER_PROCESS, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert other.stdout is not None
        assert other.stdout.readline().split() == [servers.database_url, servers.redis_url]
        first = pid_of(folder, "postgres/postmaster.pid")
    assert is_alive(folder), "the other process still uses them"
    assert pid_of(folder, "postgres/postmaster.pid") == first
    other.communicate("leave\n", timeout=30)
    assert not is_alive(folder, Wanted(redis=False))


def test_a_killed_server_comes_back_at_the_same_address_with_its_data(folder: Path) -> None:
    with embedded_servers(folder) as servers:
        query(servers, "CREATE TABLE kept AS SELECT 7 AS number")
        kill(pid_of(folder, "postgres/postmaster.pid"))
        kill(pid_of(folder, "valkey/pid"))
        assert not is_alive(folder)
        revive(folder)
        assert query(servers, "SELECT number FROM kept") == 7
        assert redis.Redis.from_url(servers.redis_url).ping()


def test_a_killed_user_leaves_servers_that_the_next_one_takes_over(folder: Path) -> None:
    user = subprocess.Popen(
        [sys.executable, "-c", USE_FROM_ANOTHER_PROCESS, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert user.stdout is not None
    addresses = user.stdout.readline().split()
    user.kill()
    user.communicate()
    assert is_alive(folder)
    with embedded_servers(folder) as servers:
        assert [servers.database_url, servers.redis_url] == addresses
    assert not is_alive(folder, Wanted(redis=False))


@pytest.mark.parametrize("pid", ["999999999", "our own", "not a number", ""])
def test_a_pid_file_of_a_stranger_is_not_a_running_server(folder: Path, pid: str) -> None:
    pid = pid.replace("our own", str(os.getpid()))
    with embedded_servers(folder, Wanted(redis=False)):
        pass
    (folder / "postgres" / "postmaster.pid").write_text(pid + "\n")
    assert not postgres.is_running(folder / "postgres")
    with embedded_servers(folder, Wanted(redis=False)) as servers:
        assert query(servers, "SELECT 1") == 1


def test_a_first_start_that_was_interrupted_is_begun_again(folder: Path) -> None:
    (folder / "postgres.unfinished" / "base").mkdir(parents=True)
    (folder / "postgres.unfinished" / "PG_VERSION").write_text("18\n")
    folder.chmod(0o711)
    with embedded_servers(folder, Wanted(redis=False)) as servers:
        assert query(servers, "SELECT 1") == 1


def test_a_path_too_long_for_a_socket_gets_a_short_one(folder: Path) -> None:
    deep = folder / ("long" * 25)
    deep.mkdir(parents=True)
    folder.chmod(0o711)
    with embedded_servers(deep, Wanted(redis=False)) as servers:
        assert "host=/tmp/doorstep-" in servers.database_url
        assert query(servers, "SELECT 1") == 1


def test_data_in_use_is_not_removed(folder: Path) -> None:
    with embedded_servers(folder, Wanted(database=False)) as servers:
        with pytest.raises(EmbeddedError, match="in use"):
            remove_data(folder)
        assert redis.Redis.from_url(servers.redis_url).ping()


def test_without_a_password_nobody_is_served(folder: Path) -> None:
    with embedded_servers(folder, Wanted(database=False)) as servers:
        address = servers.redis_url.split("@")[1]
        with pytest.raises(redis.AuthenticationError):
            redis.Redis.from_url(f"redis://{address}").ping()
        assert (folder / "valkey" / "password").stat().st_mode & 0o077 == 0


def test_what_cannot_start_says_why(folder: Path) -> None:
    with embedded_servers(folder, EVERYTHING):
        pass
    (folder / "postgres" / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(EmbeddedError, match="no_such_setting"):
        postgres.start(folder / "postgres")
    (folder / "valkey" / "password").write_text("two words")
    with pytest.raises(EmbeddedError, match="did not start"):
        valkey.start(folder / "valkey")
