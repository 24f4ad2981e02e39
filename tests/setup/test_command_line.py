"""The `doorstep` command: an operator's mistake gets one plain message and an exit code, never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

GOOD_KEY = "q8Zr0vJ3xT6mW1bK9fHs4nLc7pYd2gAe5uRi"


HELP_AND_WHAT_IT_LOADED = """
import sys
from portal.cli import main
sys.argv = ["doorstep", "--help"]
try:
    main()
except SystemExit:
    print("loaded" if {"tortoise", "granian", "weasyprint"} & set(sys.modules) else "light")
"""


def doorstep(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("DOORSTEP_", "DATABASE_", "REDIS_"))
    }
    return subprocess.run(
        [sys.executable, "-m", "portal.cli", *arguments],
        env={**clean, "COLUMNS": "200", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_setting_that_cannot_be_used_stops_the_start_with_its_name_and_what_was_expected() -> None:
    done = doorstep("web", DOORSTEP_PORT="http", DOORSTEP_ENV="staging", DOORSTEP_SECRET_KEY=GOOD_KEY)
    assert done.returncode == 2
    assert "DOORSTEP_PORT" in done.stderr
    assert "1 to 65535" in done.stderr
    assert "DOORSTEP_ENV" in done.stderr
    assert "Traceback" not in done.stderr


def test_production_needs_addresses_and_says_how_they_look(tmp_path: Path) -> None:
    done = doorstep("worker", DOORSTEP_SECRET_KEY=GOOD_KEY, DOORSTEP_DATA_DIR=str(tmp_path))
    assert done.returncode == 2
    assert "DATABASE_URL: missing (expected postgresql://" in done.stderr
    assert "REDIS_URL: missing (expected redis://" in done.stderr
    assert list(tmp_path.iterdir()) == [], "production starts no embedded server"


def test_a_database_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    done = doorstep(
        "migrate",
        DOORSTEP_SECRET_KEY=GOOD_KEY,
        DATABASE_URL=f"postgresql://nobody@/none?host={tmp_path}",
        REDIS_URL="redis://127.0.0.1:1/0",
    )
    assert done.returncode == 1
    assert done.stderr.startswith("The database that DATABASE_URL names cannot be reached")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (
            {"DATABASE_URL": "postgresql://u:s3cret@127.0.0.1:1/x"},
            "The database that DATABASE_URL names cannot be reached: nothing answers at 127.0.0.1:1.",
        ),
        (
            {"REDIS_URL": "redis://:s3cret@127.0.0.1:1/0"},
            "The Redis server that REDIS_URL names cannot be reached: nothing answers at 127.0.0.1:1.",
        ),
    ],
)
def test_a_demo_with_a_server_that_does_not_answer_says_so_before_it_starts_anything(
    tmp_path: Path, address: dict[str, str], sentence: str
) -> None:
    done = doorstep("demo", DOORSTEP_DATA_DIR=str(tmp_path), DOORSTEP_PORT="58231", **address)
    assert done.returncode == 1
    assert done.stderr.startswith(sentence)
    assert "Traceback" not in done.stderr
    assert "s3cret" not in done.stderr
    assert not (tmp_path / "postgres").exists()


def test_a_short_key_is_refused_beside_a_demo_too(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text("{}")
    done = doorstep("web", DOORSTEP_DATA_DIR=str(tmp_path), DOORSTEP_SECRET_KEY="short")
    assert done.returncode == 2
    assert f"(using the demo in {tmp_path})" in done.stderr
    assert "DOORSTEP_SECRET_KEY: shorter than 32 characters" in done.stderr


def test_a_database_of_its_own_is_not_the_demo_beside_it(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text('{"database": "postgresql://demo@/demo"}')
    done = doorstep("migrate", DOORSTEP_DATA_DIR=str(tmp_path), DATABASE_URL="postgresql://u@127.0.0.1:1/x")
    assert (done.returncode, "using the demo" in done.stderr) == (2, False)
    assert "DOORSTEP_SECRET_KEY: missing" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("imprt",), "No such command"),
        (("import", "orders", "/no/such/file", "--merchant", "x"), "does not exist"),
        (("keys", "create"), "--merchant"),
    ],
)
def test_wrong_arguments_say_which(arguments: tuple[str, ...], said: str) -> None:
    done = doorstep(*arguments)
    assert done.returncode == 2
    assert said in done.stderr


def test_an_unknown_source_names_those_there_are(tmp_path: Path) -> None:
    (tmp_path / "orders.json").write_text("[]")
    done = doorstep("import", "orders", str(tmp_path / "orders.json"), "--merchant", "x", "--source", "no_such_shop")
    assert done.returncode == 1
    assert done.stderr.startswith("Unknown source 'no_such_shop'. Known: ")
    assert "shopify" in done.stderr


def test_help_is_there_without_any_setting_and_loads_no_database() -> None:
    done = subprocess.run([sys.executable, "-c", HELP_AND_WHAT_IT_LOADED], capture_output=True, text=True, check=True)
    assert "demo" in done.stdout
    assert done.stdout.endswith("light\n")
