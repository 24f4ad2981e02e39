"""`doorstep shops` and `doorstep inbox`, as an operator types them, in a process of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal.intake.models import InboxMessage, ShopConnection
from portal.merchants.queries import MerchantFacts
from portal.settings import Settings
from tests.intake.shop_streams import SECRET, SHOP, apply_all, hook, told
from tests.intake.test_applying import keep
from tests.intake.test_privacy import redact


class Operator:
    """Somebody at the keyboard."""

    def __init__(self, settings: Settings, merchant: MerchantFacts) -> None:
        self.merchant = merchant
        self.environment = {
            **os.environ,
            "DOORSTEP_ENV": "production",
            "DATABASE_URL": str(settings.database_url),
            "REDIS_URL": str(settings.redis_url),
            "DOORSTEP_DATA_DIR": str(settings.data_dir),
            "DOORSTEP_SECRET_KEY": "k" * 48,
        }

    def types(self, *words: str, code: int = 0) -> str:
        command = [sys.executable, "-m", "portal.cli", *words, "--merchant", self.merchant.slug]
        found = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, timeout=120)
        assert found.returncode == code, found.stderr
        return found.stdout + found.stderr


@pytest.fixture
def operator(settings: Settings, merchant: MerchantFacts) -> Operator:
    return Operator(settings, merchant)


async def test_a_shop_is_connected_rotated_and_listed_without_showing_its_secret(
    operator: Operator, merchant: MerchantFacts, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"{SECRET}\n")
    told = operator.types("shops", "connect", SHOP, "--secret-file", str(secret))
    secret.write_text("shpss_fedcba9876543210")
    told += operator.types("shops", "rotate", SHOP, "--secret-file", str(secret))
    told += operator.types("shops", "list")
    assert f"shopify\t{SHOP}\tactive\ttwo secrets" in told
    assert "shpss" not in told
    row = await ShopConnection.get(merchant_id=merchant.id)
    assert (row.secret, row.previous_secret) == ("shpss_fedcba9876543210", SECRET)


async def test_a_shop_that_does_not_answer_is_told_and_listed(
    operator: Operator, merchant: MerchantFacts, tmp_path: Path
) -> None:
    secret, credentials = tmp_path / "secret", tmp_path / "credentials.json"
    secret.write_text(SECRET)
    # The discard port: nobody listens there.
    credentials.write_text('{"access_token": "shpat_0123", "api_url": "http://127.0.0.1:9"}')
    told = operator.types(
        "shops", "connect", SHOP, "--secret-file", str(secret), "--credentials", str(credentials), "--since", "7d"
    )
    told += operator.types("shops", "reconcile", SHOP, "--since", "4h", code=1)
    assert f"{SHOP} cannot be read now: unreachable" in told
    told = operator.types("shops", "list")
    assert "being read, at" in told
    assert "unreachable: ConnectError (1 times, next try" in told
    assert "shpat" not in told
    row = await ShopConnection.get(merchant_id=merchant.id)
    assert row.first_from is not None
    assert "not connected" in operator.types("shops", "reconcile", "another.example", code=1)


async def test_a_mistake_is_one_plain_message(operator: Operator, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("short")
    assert "shorter than 16" in operator.types("shops", "connect", SHOP, "--secret-file", str(secret), code=1)
    assert "Not an id" in operator.types("inbox", "show", "x", code=1)


async def test_the_inbox_is_listed_shown_replayed_and_its_privacy_told(
    operator: Operator, merchant: MerchantFacts
) -> None:
    await keep(merchant, hook("orders/create", {**told("2026-11-10T10:00:00+01:00"), "total_price_set": None,
                                                "total_price": "1.00"}))  # fmt: skip
    await keep(merchant, hook("shop/redact", redact()))
    await apply_all(merchant.id)
    refused = operator.types("inbox", "list", "--state", "refused")
    assert "(total_price)" in refused
    message = refused.split("\t")[0]
    assert '"FW-77001"' in operator.types("inbox", "show", message).replace("#", "")
    operator.types("inbox", "replay", message)
    assert (await InboxMessage.get(id=message)).state == "waiting"
    assert "shop_redact\tdue 2026-12-20" in operator.types("inbox", "privacy")


async def test_a_table_comes_in_and_goes_out(operator: Operator, tmp_path: Path) -> None:
    table, out = tmp_path / "orders.csv", tmp_path / "out.csv"
    table.write_text("no,when,what,n,each\nA1,2026-11-10,Hat,1,10.00\nA1,,Scarf,2,five\nA2,2026-11-10,Hat,1,10.00\n")
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        '[columns]\nnumber="no"\nplaced_at="when"\ntitle="what"\nquantity="n"\nunit_price="each"\n'
        '[reading]\ncurrency="EUR"\ntime_zone="Europe/Berlin"\n'
    )
    report = tmp_path / "refused.jsonl"
    words = ("import", "orders", str(table), "--source", "csv", "--mapping", str(mapping), "--report", str(report))
    assert "1 new, 0 changed, 0 skipped as they were, 1 refused" in operator.types(*words, code=3)
    assert "lines[1].unit_price" in report.read_text()
    assert "out.csv: 1 orders" in operator.types("export", "orders", str(out), "--format", "csv")
    assert "A2" in out.read_text()
