"""`doorstep import …` from a shell: what it says of a file, in lines that nothing wraps, and its exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal.merchants.queries import MerchantFacts
from portal.settings import Settings
from tests.factories.shopify import order

DOT = b'<svg xmlns="http://www.w3.org/2000/svg"/>'


@pytest.fixture
def shell(settings: Settings) -> dict[str, str]:
    """The environment of a shell on a narrow screen."""
    ours = {
        name: value for name, value in os.environ.items() if not name.startswith(("DOORSTEP_", "DATABASE_", "REDIS_"))
    }
    return {
        **ours,
        "DATABASE_URL": str(settings.database_url),
        "REDIS_URL": str(settings.redis_url),
        "DOORSTEP_SECRET_KEY": "q8Zr0vJ3xT6mW1bK9fHs4nLc7pYd2gAe5uRi",
        "DOORSTEP_DATA_DIR": str(settings.data_dir),
        "COLUMNS": "40",
    }


def imported(shell: dict[str, str], kind: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "portal.cli", "import", kind, *arguments]
    return subprocess.run(command, env=shell, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "There is nothing in this file."),
        (b" \n\n\t\n" * 50_000, "There is nothing in this file."),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "This is not a text file."),
    ],
    ids=["empty", "blank", "binary"],
)
def test_a_file_without_text_is_said_to_be_so_without_asking_a_database(
    tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "orders.json"
    file.write_bytes(content)
    done = imported({"COLUMNS": "40"}, "orders", str(file), "--merchant", "anyone")
    assert (done.returncode, done.stderr) == (2, f"{file}: {said}\n")


async def test_a_list_of_nothing_is_nothing(merchant: MerchantFacts, shell: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "orders.json").write_text("[]")
    done = imported(shell, "orders", str(tmp_path / "orders.json"), "--merchant", merchant.slug)
    assert (done.returncode, done.stderr) == (2, f"{tmp_path / 'orders.json'}: There is nothing in this file.\n")


async def test_some_refused_is_three_and_all_refused_is_two(
    merchant: MerchantFacts, shell: dict[str, str], tmp_path: Path
) -> None:
    good, bad = json.dumps(order(), default=str), json.dumps(order(id=2, currency="EUX"), default=str)
    (tmp_path / "some.jsonl").write_text(f"{good}\n{bad}\n")
    (tmp_path / "none.jsonl").write_text(f"{bad}\n")
    some = imported(shell, "orders", str(tmp_path / "some.jsonl"), "--merchant", merchant.slug)
    none = imported(shell, "orders", str(tmp_path / "none.jsonl"), "--merchant", merchant.slug)
    assert (some.returncode, none.returncode) == (3, 2)
    assert some.stdout.startswith("some.jsonl: 1 new, 0 changed, 0 skipped as they were, 1 refused\n  line 2, order ")


async def test_two_orders_with_one_number_are_taken_and_named(
    merchant: MerchantFacts, shell: dict[str, str], tmp_path: Path
) -> None:
    lines = (json.dumps(order(id=number, name="#77"), default=str) for number in (1, 2))
    (tmp_path / "orders.jsonl").write_text("\n".join(lines))
    done = imported(shell, "orders", str(tmp_path / "orders.jsonl"), "--merchant", merchant.slug)
    assert done.returncode == 0
    assert "  notice: 2 orders have the number 77; the email or postal code tells them apart\n" in done.stdout


async def test_files_that_are_no_pictures_are_one_line(
    merchant: MerchantFacts, shell: dict[str, str], tmp_path: Path
) -> None:
    for name, content in {"A-1.svg": DOT, "A-2.PNG": b"no", "notes.txt": b"x", ".DS_Store": b"x"}.items():
        (tmp_path / name).write_bytes(content)
    done = imported(shell, "images", str(tmp_path), "--merchant", merchant.slug)
    assert done.returncode == 3
    assert done.stdout.splitlines() == [
        f"{tmp_path}: 1 picture taken, 1 refused",
        "  A-2.PNG: not a picture that we show (SVG, PNG, JPEG, WebP), or larger than 1 MB",
        "  2 other files left alone: not named like a picture",
    ]
