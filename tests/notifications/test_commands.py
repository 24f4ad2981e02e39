"""`doorstep messages …` from a shell."""

import asyncio
import os
import subprocess
import sys
from uuid import uuid4

import pytest

from portal.intake.service import record_order
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.settings import Settings
from portal.tracking.rules import ParcelStatus
from portal.tracking.service import HeardScan, record_scans
from tests.factories.merchants import NOW
from tests.factories.records import order_record, parcel_record
from tests.integrations.smtp.server import Script, mail_server
from tests.notifications.post import Post, deliver

NUMBER = "JD014600006281230711"


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
        "DOORSTEP_SECRET_KEY": "q8Zr0vJ3xT6mW1bK9fHs4nLc7pYd2gAe5uRi",
    }


def doorstep(shell: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "portal.cli", "messages", *arguments]
    return subprocess.run(command, env=shell, capture_output=True, text=True, check=False)


async def test_every_message_can_be_explained(merchant: MerchantFacts, shell: dict[str, str]) -> None:
    record = order_record(parcels=(parcel_record(tracking_number=NUMBER),))
    await record_order(merchant.id, record, NOW)
    order = await Order.get(merchant_id=merchant.id, source_id=record.source_id)
    await record_scans(merchant.id, "demo", [HeardScan(NUMBER, ParcelStatus.ATTEMPT_FAILED, NOW)], NOW)
    await deliver(merchant.id, Post(), NOW)
    listed = doorstep(shell, "list", "--merchant", merchant.slug, "--order", order.number).stdout.split("\t")
    said = doorstep(shell, "explain", listed[0], "--merchant", merchant.slug).stdout
    assert listed[2:] == ["sent", "missed", "email", "j•••@example.com", "required\n"]
    assert "attempt_failed" in said
    assert "The shopper has to act" in said
    assert "jonas" not in said


async def test_a_sample_shows_whether_a_mail_server_takes_letters(
    merchant: MerchantFacts, shell: dict[str, str]
) -> None:
    script = Script()
    async with mail_server(script) as port:
        server = {"DOORSTEP_MAIL_URL": f"smtp://127.0.0.1:{port}", "DOORSTEP_MAIL_FROM": "post@fernweh.example"}
        arguments = ("try", "nora@example.org", "--merchant", merchant.slug, "--language", "de")
        sent = await asyncio.to_thread(doorstep, {**shell, **server}, *arguments)
    refused = await asyncio.to_thread(doorstep, {**shell, **server}, *arguments)
    assert (sent.returncode, sent.stdout.startswith(f"Handed in: smtp://127.0.0.1:{port}")) == (0, True)
    assert [envelope.rcpt_tos for envelope in script.taken] == [["nora@example.org"]]
    assert (refused.returncode, "unreachable" in refused.stderr) == (1, True)


async def test_what_is_not_there_is_said_in_one_line(merchant: MerchantFacts, shell: dict[str, str]) -> None:
    refused = [doorstep(shell, "explain", wrong, "--merchant", merchant.slug) for wrong in ("x", str(uuid4()))]
    assert [one.returncode for one in refused] == [1, 1]
    assert all(len(one.stderr.strip().splitlines()) == 1 for one in refused)
