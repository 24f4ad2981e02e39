"""What the doctor finds, and what it advises."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from portal.doctor import checks
from portal.doctor.checks import State
from portal.doctor.report import exit_code, table
from portal.embedded.servers import Servers
from portal.settings import Settings, read_settings

GOOD_KEY = "q8Zr0vJ3xT6mW1bK9fHs4nLc7pYd2gAe5uRi"


def settings_with(**changes: object) -> Settings:
    return read_settings(**{"DOORSTEP_ENV": "development", "DOORSTEP_SECRET_KEY": GOOD_KEY, **changes})


@pytest.mark.parametrize(
    ("key", "state"),
    [("", State.FAIL), ("a" * 64, State.FAIL), ("change-me-" + GOOD_KEY, State.FAIL), (GOOD_KEY, State.OK)],
)
def test_a_key_that_someone_made_up_fails(key: str, state: State) -> None:
    assert checks.check_settings(settings_with(DOORSTEP_SECRET_KEY=key))[0].state is state


def test_storage_that_cannot_be_written_fails_with_advice(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    storage = checks.check_settings(settings_with(DOORSTEP_STORAGE_URL=str(tmp_path / "file" / "inside")))[2]
    assert storage.state is State.FAIL
    assert "DOORSTEP_STORAGE_URL" in storage.advice


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"redis_version": "6.0.16"}, State.FAIL),
        ({"redis_version": "6.2.0"}, State.OK),
        ({"redis_version": "7.2.4", "valkey_version": "9.1.2"}, State.OK),
    ],
)
def test_an_old_redis_fails_and_valkey_is_welcome(facts: dict[str, object], state: State) -> None:
    assert checks.redis_finding(facts).state is state


@pytest.mark.parametrize(("skew", "state"), [(0.0, State.OK), (-1.9, State.OK), (3.0, State.WARN), (-60.0, State.WARN)])
def test_clocks_may_differ_by_two_seconds(skew: float, state: State) -> None:
    assert checks.clock_finding(skew).state is state


async def test_a_server_that_cannot_be_reached_is_a_finding_with_the_variable_to_correct(tmp_path: Path) -> None:
    (database,) = await checks.check_database(f"postgresql://nobody@/none?host={tmp_path}")
    (redis,) = await checks.check_redis(f"unix://{tmp_path}/none")
    assert (database.state, redis.state) == (State.FAIL, State.FAIL)
    assert "DATABASE_URL" in database.advice
    assert "REDIS_URL" in redis.advice


async def test_a_database_of_ours_is_new_enough_up_to_date_and_on_time(servers: Servers, database_url: str) -> None:
    findings = [*await checks.check_database(database_url), *await checks.check_redis(servers.redis_url)]
    assert [finding.name for finding in findings] == ["PostgreSQL", "Tables", "Clock", "Valkey"]
    assert {finding.state for finding in findings} == {State.OK}


async def test_an_empty_database_is_behind_and_a_wrong_clock_is_seen(servers: Servers) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    findings = await checks.check_database(servers.database_url, clock=lambda: yesterday)
    assert {finding.name: finding.state for finding in findings} == {
        "PostgreSQL": State.OK,
        "Tables": State.FAIL,
        "Clock": State.WARN,
    }
    assert exit_code(findings) == 1


def test_the_table_shows_each_finding_with_its_advice() -> None:
    console = Console(width=200, file=io.StringIO())
    with console.capture() as captured:
        console.print(table([checks.clock_finding(60.0)]))
    text = captured.get()
    assert "+60.0 s" in text
    assert "NTP" in text


def test_mail_says_where_it_goes_without_the_password_and_when_it_goes_nowhere() -> None:
    server = {"DOORSTEP_MAIL_URL": "smtp://shop:hunter2@mail.example.com", "DOORSTEP_MAIL_FROM": "post@example.com"}
    sent = checks.check_settings(settings_with(**server))[3]
    nowhere = checks.check_settings(settings_with(DOORSTEP_ENV="production"))[3]
    assert (sent.state, sent.found) == (State.OK, "mail.example.com:587, starttls, from post@example.com")
    assert nowhere.state is State.FAIL
