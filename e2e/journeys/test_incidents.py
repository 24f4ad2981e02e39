"""Whatever goes wrong on the way, the page says what happened, what we do and what helps: in four languages, without
JavaScript, in no carrier's words.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from e2e.axe import violations
from e2e.conftest import Visit
from e2e.product import ROOT, Product, environment
from e2e.screens.lookup import look_up
from e2e.screens.order import OrderScreen
from e2e.shopper import Way
from e2e.stock import Order, tell
from portal.tracking.rules import TROUBLE
from portal.tracking.rules import ParcelStatus as S
from portal.tracking.wording import BY_REASON, doing, happened, you_can
from portal.web.locale import Speech

SHOP_OF = {"en": "jewels", "de": "fashion", "es": "jewels", "ar": "fashion"}
EMAIL, POSTAL_CODE = "toni@example.com", "10119"
STATUS_OF = {
    "carrier_damaged_parcel": S.DAMAGED,
    "carrier_parcel_lost": S.LOST,
    "disposed": S.LOST,
    "not_collected": S.RETURNING,
    "payment_due": S.ON_HOLD,
    "regulatory_hold": S.ON_HOLD,
    "security_issue": S.ON_HOLD,
    "parcel_being_researched": S.EXCEPTION,
    "consignee_incorrect_address": S.EXCEPTION,
    "weather_delay": S.DELAYED,
    "natural_disaster": S.DELAYED,
    "force_majeure": S.DELAYED,
    "carrier_refused": S.EXCEPTION,
}
BY_KIND = {"carrier": S.DELAYED, "retailer": S.ON_HOLD, "consignee": S.ATTEMPT_FAILED, "customs": S.ON_HOLD}
INCIDENTS: list[tuple[S, str | None]] = [
    *((STATUS_OF.get(reason) or BY_KIND[reason.partition("_")[0]], reason) for reason in sorted(BY_REASON)),
    *((status, None) for status in sorted(TROUBLE)),
]
ONE_OF_EACH_TONE: list[tuple[S, str | None]] = [(S.DELAYED, "weather_delay"), (S.LOST, None)]
ARABIC = re.compile(r"[\u0600-\u06ff]")
SECONDS = 30


@pytest.fixture(scope="module")
def troubled(product: Product) -> dict[str, Order]:
    """In each shop an order with a parcel in every incident there is."""
    return {slug: bring(product, slug, "90001", INCIDENTS) for slug in ("fashion", "jewels")}


@pytest.fixture(scope="module")
def toned(product: Product) -> Order:
    """An order with a parcel for each tone of trouble."""
    return bring(product, "fashion", "90002", ONE_OF_EACH_TONE)


def bring(product: Product, slug: str, number: str, incidents: list[tuple[S, str | None]]) -> Order:
    """Import an order with one parcel for each incident, and let the carrier tell of them."""
    parcels = [f"DS{number}{place:04d}" for place in range(len(incidents))]
    now = datetime.now(UTC)
    file = product.folder / f"{slug}-{number}-{os.getpid()}.jsonl"
    file.write_text(json.dumps(order_json(number, parcels, now)))
    subprocess.run(
        [sys.executable, "-m", "portal.cli", "import", "orders", "--source", "doorstep", "--merchant", slug, str(file)],
        cwd=ROOT,
        env=environment(product.folder, product.port),
        check=True,
        capture_output=True,
    )
    scans = [
        {
            "id": f"{parcel}-trouble",
            "tracking_number": parcel,
            "status": status,
            **({"reason": reason} if reason else {}),
            "occurred_at": (now - timedelta(hours=1)).isoformat(),
        }
        for parcel, (status, reason) in zip(parcels, incidents, strict=True)
    ]
    tell(slug, product.port, product.secrets[slug], scans)
    return Order(slug, number, EMAIL, POSTAL_CODE, "", tuple(("DHL", parcel) for parcel in parcels))


def order_json(number: str, parcels: list[str], now: datetime) -> dict[str, object]:
    """An order of as many mugs as parcels, one in each."""
    shipped = (now - timedelta(days=2)).isoformat()
    return {
        "number": number,
        "placed_at": (now - timedelta(days=3)).isoformat(),
        "currency": "EUR",
        "customer": {"email": EMAIL, "name": "Toni Beispiel"},
        "shipping_address": {"name": "Toni Beispiel", "city": "Berlin", "postal_code": POSTAL_CODE, "country": "DE"},
        "lines": [{"id": "1", "title": "Tarn mug", "quantity": len(parcels), "unit_price": "10.00"}],
        "parcels": [
            {
                "id": parcel,
                "carrier": "DHL",
                "tracking_number": parcel,
                "shipped_at": shipped,
                "lines": [{"line": "1", "quantity": 1}],
            }
            for parcel in parcels
        ],
    }


async def told(screen: OrderScreen, incidents: int) -> list[str]:
    """The lines of so many incidents, once every parcel's news has arrived."""
    async with asyncio.timeout(SECONDS):
        while await screen.notes.count() < incidents:
            await screen.shopper.page.reload()
    return [text.strip() for text in await screen.shopper.page.locator(".note dd").all_inner_texts()]


@pytest.mark.parametrize(("language", "slug"), SHOP_OF.items())
async def test_every_incident_is_told_in_three_lines(
    visit: Visit, troubled: dict[str, Order], language: str, slug: str
) -> None:
    speech, english = Speech(language, "DE", "Europe/Berlin"), Speech("en", "DE", "Europe/Berlin")
    async with visit(Way(slug, language, width=360, script=False)) as shopper:
        screen = await look_up(shopper, troubled[slug].number, POSTAL_CODE)
        lines = await told(screen, len(INCIDENTS))
        await shopper.look()
    meant = [
        words
        for status, reason in INCIDENTS
        for words in (happened(status, reason), doing(status, reason, dated=False), you_can(status, reason))
        if words is not None
    ]
    assert len(lines) == len(meant) == 3 * len(INCIDENTS)
    assert lines == [speech.say(words) for words in meant]
    assert not [line for line in lines if "_" in line or not line.endswith((".", "!"))]
    if language != "en":
        assert not set(lines) & {english.say(words) for words in meant}
    assert all(bool(ARABIC.search(line)) is (language == "ar") for line in lines)


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_trouble_of_every_tone_can_be_read_by_everybody(visit: Visit, toned: Order, language: str) -> None:
    async with visit(Way(toned.slug, language)) as shopper:
        screen = await look_up(shopper, toned.number, toned.email)
        await told(screen, len(ONE_OF_EACH_TONE))
        assert [await shopper.page.locator(f".note.{tone}").count() for tone in ("warn", "bad")] == [1, 1]
        assert await violations(shopper.page) == []
