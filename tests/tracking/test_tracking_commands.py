"""`doorstep tracking …` from a shell: what an operator asks for, and what it answers."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal.intake.service import record_order
from portal.merchants.queries import MerchantFacts
from portal.settings import Settings
from portal.tracking.models import CarrierAccount, TrackingSource
from portal.tracking.rules import ParcelStatus
from portal.tracking.service import HeardScan, record_scans
from tests.factories.merchants import NOW
from tests.factories.records import order_record, parcel_record

NUMBER = "00340434161094042557"
RECENT = datetime.now(UTC) - timedelta(days=1)
"""By the clock that the commands go by."""


@pytest.fixture
def shell(settings: Settings) -> dict[str, str]:
    """The environment of an operator's shell."""
    ours = {
        name: value for name, value in os.environ.items() if not name.startswith(("DOORSTEP_", "DATABASE_", "REDIS_"))
    }
    return {
        **ours,
        "DATABASE_URL": str(settings.database_url),
        "REDIS_URL": str(settings.redis_url),
        "DOORSTEP_ENV": "development",
        "DOORSTEP_SECRET_KEY": settings.secret_key,
        "COLUMNS": "200",
    }


def doorstep(shell: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "portal.cli", "tracking", *arguments]
    return subprocess.run(command, env=shell, capture_output=True, text=True, check=False)


async def test_the_log_answers_why_the_page_says_that(merchant: MerchantFacts, shell: dict[str, str]) -> None:
    record = order_record(parcels=(parcel_record(tracking_number=NUMBER),))
    await record_order(merchant.id, record, NOW)
    at = NOW - timedelta(hours=9)
    scans = [
        HeardScan(
            NUMBER, ParcelStatus.DAMAGED, at, code="Exception_012", reason="carrier_damaged_parcel", city="Leipzig"
        ),
        HeardScan(NUMBER, ParcelStatus.UNKNOWN, at + timedelta(hours=1), code="New_001", extra={"said": "hm\x1b[2J"}),
    ]
    await record_scans(merchant.id, "aftership", scans, NOW)
    told = doorstep(shell, "explain", "--merchant", merchant.slug, record.number)
    assert told.returncode == 0, told.stderr
    assert 'aftership: Exception_012 ("damaged") -> damaged (carrier_damaged_parcel)  Leipzig' in told.stdout
    assert "moved nothing: says no status" in told.stdout
    assert "so the page says: damaged (carrier_damaged_parcel)" in told.stdout
    assert "\x1b" not in told.stdout
    listed = doorstep(shell, "unknown", "--merchant", merchant.slug)
    assert (listed.returncode, listed.stdout.split()[:2]) == (3, ["aftership", "New_001"])


async def test_a_secret_is_shown_once_and_can_be_changed(merchant: MerchantFacts, shell: dict[str, str]) -> None:
    made = doorstep(shell, "source", "add", "--merchant", merchant.slug, "easypost")
    newer = doorstep(shell, "source", "rotate", "--merchant", merchant.slug, "easypost")
    listed = doorstep(shell, "source", "list", "--merchant", merchant.slug)
    row = await TrackingSource.get(merchant_id=merchant.id, name="easypost")
    assert (row.previous_secret, row.secret) == (made.stdout.strip(), newer.stdout.strip())
    assert "POST /hooks/tracking/easypost" in listed.stdout
    assert row.secret not in listed.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("explain", "--merchant", "{slug}", "#NONE"), "has no order '#NONE'"),
        (("explain", "--merchant", "nobody", "#1"), "There is no merchant 'nobody'"),
        (("source", "rotate", "--merchant", "{slug}", "demo"), "There is no source 'demo'"),
        (("source", "add", "--merchant", "{slug}", "Easy Post"), "small letters, digits and dashes"),
        (("source", "add", "--merchant", "{slug}", "shop"), "small letters, digits and dashes"),
    ],
)
async def test_a_mistake_is_one_plain_line(
    merchant: MerchantFacts, shell: dict[str, str], arguments: tuple[str, ...], said: str
) -> None:
    done = doorstep(shell, *(argument.format(slug=merchant.slug) for argument in arguments))
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_number_is_checked_without_any_server() -> None:
    right = doorstep(dict(os.environ), "check", "1Z5R89390357567127")
    wrong = doorstep(dict(os.environ), "check", "008182709980000020033350276A")
    assert (right.returncode, wrong.returncode) == (0, 3)
    assert "the check digit is A and should be C" in wrong.stdout


async def test_a_carriers_account_is_added_shown_and_removed(
    merchant: MerchantFacts, shell: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "dhl.json"
    file.write_text('{"api_key": "k-very-secret-0123"}')
    asked = ("account", "add", "dhl", "--merchant", merchant.slug, "--credentials", str(file), "--daily", "500")
    added = doorstep(shell, *asked)
    listed = doorstep(shell, "account", "list", "--merchant", merchant.slug)
    assert (added.returncode, added.stdout.strip()) == (0, "dhl is asked from now on."), added.stderr
    assert listed.stdout.split("\t")[:4] == ["dhl", "dhl", "active", "0 of 500 calls today"]
    row = await CarrierAccount.get(merchant_id=merchant.id, name="dhl")
    assert "k-very-secret" not in added.stdout + added.stderr + listed.stdout
    assert row.pace_ms == 5000
    removed = doorstep(shell, "account", "remove", "dhl", "--merchant", merchant.slug)
    assert (removed.returncode, await CarrierAccount.filter(merchant_id=merchant.id).count()) == (0, 0)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("dhl", "{}", '"api_key" is missing'),
        ("dhl", "k-very-secret-0123", "not a JSON file"),
        ("nobody", "{}", "A name begins with dhl, ups or karrio"),
    ],
)
async def test_an_account_that_cannot_work_is_said_in_one_line(
    merchant: MerchantFacts, shell: dict[str, str], tmp_path: Path, name: str, text: str, said: str
) -> None:
    file = tmp_path / "credentials.json"
    file.write_text(text)
    told = doorstep(shell, "account", "add", name, "--merchant", merchant.slug, "--credentials", str(file))
    assert (told.returncode, said in told.stderr) == (1, True), told.stderr
    assert "very-secret" not in told.stderr


async def test_numbers_that_cannot_be_right_are_listed_and_explained(
    merchant: MerchantFacts, shell: dict[str, str]
) -> None:
    record = order_record(
        parcels=(parcel_record(tracking_number="1Z5R89390357567128", carrier="UPS", shipped_at=RECENT),)
    )
    await record_order(merchant.id, record, RECENT)
    listed = doorstep(shell, "numbers", "--merchant", merchant.slug)
    told = doorstep(shell, "explain", "--merchant", merchant.slug, record.number)
    assert (listed.returncode, listed.stdout.split("\t")[0]) == (3, record.number)
    fault = "the check digit is 8 and should be 7"
    assert fault in listed.stdout
    assert f"nobody can be asked about this number: {fault}" in told.stdout
