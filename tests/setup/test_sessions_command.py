"""`doorstep sessions`, as an operator types it, in a process of its own."""

import os
import subprocess
import sys

from portal.intake.service import record_order
from portal.merchants.queries import MerchantFacts
from portal.orders.models import Order
from portal.settings import Settings
from portal.web.models import ShopperSession
from portal.web.sessions import open_session
from tests.factories.merchants import NOW
from tests.factories.records import order_record


def types(settings: Settings, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "DOORSTEP_ENV": "production",
        "DATABASE_URL": str(settings.database_url),
        "REDIS_URL": str(settings.redis_url),
        "DOORSTEP_DATA_DIR": str(settings.data_dir),
        "DOORSTEP_SECRET_KEY": "k" * 48,
    }
    command = [sys.executable, "-m", "portal.cli", "sessions", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


async def test_every_browser_that_sees_an_order_is_logged_out(settings: Settings, merchant: MerchantFacts) -> None:
    record = order_record()
    await record_order(merchant.id, record, NOW)
    order = await Order.get(merchant_id=merchant.id, source_id=record.source_id)
    for _ in range(2):
        await open_session(merchant.id, None, order.id, order.number, NOW)
    told = types(settings, "revoke", "--merchant", merchant.slug, "--order", order.number.lower())
    assert told.stdout == "2 browsers have to look the order up again.\n"
    assert await ShopperSession.filter(merchant_id=merchant.id).count() == 0


async def test_an_order_that_is_not_there_is_one_plain_message(settings: Settings, merchant: MerchantFacts) -> None:
    told = types(settings, "revoke", "--merchant", merchant.slug, "--order", "#NO-1")
    assert (told.returncode, told.stderr) == (1, f"{merchant.slug} has no order #NO-1.\n")
