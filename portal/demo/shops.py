"""The shops behind the demo's two brands: which platforms they run on, what is sold there, and how they are connected.

Their APIs are the platforms' twins, on loopback, in a process of their own (`shops_running`).
"""

import json
import os
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from starlette.applications import Starlette

from portal.db.setup import database
from portal.demo import bigcommerce_orders, magento_orders
from portal.demo.clock import read_start
from portal.demo.orders import Featured, orders
from portal.demo.seed import seed_shops
from portal.intake.connections import connect_shop
from portal.integrations.bigcommerce import twin as bigcommerce
from portal.integrations.magento import twin as magento
from portal.integrations.shopify import twin as shopify
from portal.integrations.shopify.twin_cost import Bucket
from portal.integrations.twins import Shelf
from portal.settings import Settings
from portal.storage.objects import open_store

Json = dict[str, Any]
KEYS = "shops.json"
LONG_AGO = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Keys:
    """Where the twins listen, what opens their APIs, and what they sign with; made once for a demo."""

    port: int
    token: str
    secret: str


@dataclass(frozen=True, slots=True)
class DemoShop:
    """One shop of a brand. `announce` makes headers and body of the webhook that tells of an order as it is now."""

    platform: str
    slug: str
    shop: str
    sells: Callable[[datetime], dict[str, Json]]
    serve: Callable[[Shelf], Starlette]
    announce: Callable[[str, Mapping[str, Any], str, datetime], tuple[dict[str, str], bytes]]
    imported: bool = False
    """Its orders came in as a file, so only what changes later is news."""

    @property
    def path(self) -> str:
        """Where the process of the twins has it."""
        return f"/{self.platform}/{self.slug}"

    def credentials(self, keys: Keys) -> dict[str, str]:
        """For its API."""
        return {"api_url": f"http://127.0.0.1:{keys.port}{self.path}", "access_token": keys.token}


def _from_shopify(slug: str) -> DemoShop:
    def sells(today: datetime) -> dict[str, Json]:
        return {str(order["id"]): order for order in orders(slug, today)}

    def serve(shelf: Shelf) -> Starlette:
        return shopify.create_app(shelf, bucket=Bucket(restore_rate=1000.0))

    name = {"fashion": "fernweh", "jewels": "aurelle"}[slug]
    return DemoShop("shopify", slug, f"{name}.myshopify.com", sells, serve, shopify.announcement, imported=True)


def _by_id(shop: str, order: Mapping[str, Any], secret: str, now: datetime) -> tuple[dict[str, str], bytes]:
    return bigcommerce.announcement(shop, order["id"], secret, now)


SHOPS = (
    _from_shopify("fashion"),
    _from_shopify("jewels"),
    DemoShop("magento", "fashion", magento_orders.SHOP, magento_orders.magento_orders, magento.create_app,
             magento.announcement),
    DemoShop("bigcommerce", "jewels", bigcommerce_orders.STORE, bigcommerce_orders.bigcommerce_orders,
             bigcommerce.create_app, _by_id),
)  # fmt: skip


def shown() -> tuple[Featured, ...]:
    """One order of each platform that no file brought in."""
    return magento_orders.magento_featured()[:1] + bigcommerce_orders.bigcommerce_featured()[:1]


def keep_keys(folder: Path) -> Keys:
    """The keys of this demo; its port is another one when somebody else has taken it meanwhile."""
    path = folder / KEYS
    keys = read_keys(folder)
    if keys is None or not _is_free(keys.port):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        keys = Keys(port, keys.token, keys.secret) if keys else Keys(port, secrets.token_hex(16), secrets.token_hex(16))
        draft = path.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(asdict(keys)))
        os.replace(draft, path)
    return keys


def read_keys(folder: Path) -> Keys | None:
    """The keys, once they are made."""
    path = folder / KEYS
    return Keys(**json.loads(path.read_text())) if path.exists() else None


async def set_up(settings: Settings) -> None:
    """Bring both brands and their shops to where the demo wants them; changes nothing that is right."""
    now = datetime.now(UTC)
    async with database(settings):
        await connect_shops(settings.data_dir, await seed_shops(open_store(settings.storage), now), now)


async def connect_shops(folder: Path, merchants: Mapping[str, UUID], now: datetime) -> None:
    """Connect every shop to its brand, with the twins as their APIs. Needs an open database."""
    keys = keep_keys(folder)
    start = read_start(folder / "orders") or now
    for one in SHOPS:
        since = start if one.imported else start - LONG_AGO
        await connect_shop(
            merchants[one.slug], one.platform, one.shop, keys.secret, one.credentials(keys), now, first_from=since
        )


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
