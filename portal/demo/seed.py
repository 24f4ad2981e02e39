"""Sets both demo shops up, as often as wanted: merchant, hosts, policy, pictures, and the demo carrier's secret."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from portal.demo.catalogue import art_path, articles
from portal.integrations.records import AddressRecord
from portal.kernel.money import Money
from portal.merchants.service import MerchantInput, save_merchant
from portal.orders.images import store_images
from portal.policies.documents import write_document
from portal.policies.ready import ready_document
from portal.policies.service import publish_policy
from portal.products.feed import FeedItem
from portal.products.service import replace_feed
from portal.storage.objects import ObjectStore
from portal.tracking.service import ensure_source

SOURCE = "demo"
"""The name of the demo carrier's door: /hooks/tracking/demo."""

FERNWEH = MerchantInput(
    slug="fashion",
    name="Fernweh",
    theme="fernweh",
    hosts=("fashion.localhost",),
    locale="de",
    locales=("de", "en", "ar"),
    currency="EUR",
    country="DE",
    time_zone="Europe/Berlin",
    support_email="hallo@fernweh.example",
    return_address=AddressRecord(
        name="Fernweh Retouren",
        line1="Gutenbergstraße 12",
        city="Erfurt",
        postal_code="99084",
        country="DE",
    ),
    return_carrier="DHL",
    processing_days=1,
    transit_days=(1, 3),
    cutoff_hour=14,
)
AURELLE = MerchantInput(
    slug="jewels",
    name="Aurelle",
    theme="aurelle",
    hosts=("jewels.localhost",),
    locale="en",
    locales=("en", "es", "ar"),
    currency="USD",
    country="US",
    time_zone="America/New_York",
    support_email="concierge@aurelle.example",
    return_address=AddressRecord(
        name="Aurelle Returns",
        line1="48 West 47th Street",
        line2="Floor 6",
        city="New York",
        postal_code="10036",
        region="NY",
        country="US",
    ),
    return_carrier="UPS",
    processing_days=2,
    transit_days=(1, 4),
    cutoff_hour=12,
)
MERCHANTS = (FERNWEH, AURELLE)


async def seed_shops(store: ObjectStore, now: datetime) -> dict[str, UUID]:
    """Bring both shops to where the demo wants them; changes nothing that is right. Returns their ids by slug.

    Needs an open database.
    """
    ids = {}
    for wanted in MERCHANTS:
        merchant_id = ids[wanted.slug] = await save_merchant(wanted, now)
        # Live before the oldest order, so that every order finds the policy it was placed under.
        await publish_policy(merchant_id, policy_of(wanted.slug), now, live_from=now - timedelta(days=400))
        await ensure_source(merchant_id, SOURCE, now)
        await _store_pictures(store, merchant_id, wanted.slug)
        await replace_feed(merchant_id, "", feed_of(wanted), now)
    return ids


POLICIES = {"fashion": "fashion", "jewels": "jewellery"}


def policy_of(slug: str) -> Mapping[str, Any]:
    """The first policy: 30 days from delivery, nothing on final sale, nothing made for one person, no gift cards."""
    return write_document(ready_document(POLICIES[slug]))


def write_pictures(slug: str, folder: Path) -> int:
    """Copy a brand's drawings into `folder`, one file per SKU as the image door expects. Returns how many."""
    shown = [article for article in articles(slug).values() if article.art]
    for article in shown:
        shutil.copyfile(art_path(slug, article.art), folder / f"{article.sku}.svg")
    return len(shown)


def feed_of(shop: MerchantInput) -> Iterator[FeedItem]:
    """The shop's product feed: every article that has a drawing, the variants of a product joined."""
    for article in articles(shop.slug).values():
        if article.art and not article.product.gift_card:
            yield FeedItem(
                sku=article.sku,
                group=str(article.product.id),
                title=article.product.title,
                link=f"https://{shop.name.lower()}.example/products/{article.product.id}",
                picture="",
                product_type=article.product.product_type,
                price=Money.parse(article.price, shop.currency),
                sale_price=None,
                available=True,
            )


async def _store_pictures(store: ObjectStore, merchant_id: UUID, slug: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_pictures(slug, Path(folder))
        await store_images(store, merchant_id, Path(folder))
