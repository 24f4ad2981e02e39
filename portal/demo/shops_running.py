"""The demo's shops, a process of their own: the twins of their platforms' APIs, and what happens in them meanwhile.

Each change is announced by a signed webhook at our own door, except every third, which is lost: that one comes in when
the worker next reads the shop's API.
"""

import asyncio
import json
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import structlog
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server
from starlette.applications import Starlette
from starlette.routing import Mount

from portal.demo import bigcommerce_orders, magento_orders
from portal.demo.clock import read_start
from portal.demo.shops import SHOPS, DemoShop, Keys, read_keys
from portal.demo.shops_selling import Sale, next_sale
from portal.integrations.twins import Shelf
from portal.settings import Settings

log = structlog.get_logger()

FIRST_SECONDS, STEP_SECONDS, TICK_SECONDS = 20.0, 60.0, 1.0
LOST = 3
"""Every so manieth webhook goes astray."""
STATE = "shops-state.json"
SENDING = {"magento": (magento_orders.NEW, magento_orders.sent),
           "bigcommerce": (bigcommerce_orders.NEW, bigcommerce_orders.sent)}  # fmt: skip
"""The order of each platform that waits to be sent, and what becomes of it."""


@dataclass(slots=True)
class Happened:
    """What has happened in the shops so far, over all starts of this demo."""

    start: datetime
    sales: list[Sale] = field(default_factory=list)
    sent: dict[str, datetime] = field(default_factory=dict)
    changes: int = 0


async def run_shops(settings: Settings) -> None:
    """Serve the twins and let things happen until SIGTERM or Ctrl-C."""
    stop = asyncio.Event()
    keys, start = await _wait_for_demo(settings.data_dir, stop)
    if keys is None or start is None:
        return
    happened = read_happened(settings.data_dir / STATE, start)
    shelves = {one.path: Shelf(keys.token, one.sells(start)) for one in SHOPS}
    _tell_again(happened, shelves)
    app = Starlette(routes=[Mount(one.path, one.serve(shelves[one.path])) for one in SHOPS])
    # It says of itself that it is experimental, and where it listens: for twins on loopback nobody needs to know.
    server = Server(
        app,
        address="127.0.0.1",
        port=keys.port,
        interface=Interfaces.ASGI,
        websockets=False,
        log_level=LogLevels.error,
    )
    serving = asyncio.create_task(server.serve())
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with httpx2.AsyncClient(timeout=10, trust_env=False) as client:
        await _live(settings, keys, happened, shelves, client, stop)
    server.stop()
    await serving


async def _wait_for_demo(folder: Path, stop: asyncio.Event) -> tuple[Keys | None, datetime | None]:
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    while not stop.is_set():
        keys, start = read_keys(folder), read_start(folder / "orders")
        if keys and start:
            return keys, start
        await _pause(stop, TICK_SECONDS)
    return None, None


async def _live(
    settings: Settings,
    keys: Keys,
    happened: Happened,
    shelves: Mapping[str, Shelf],
    client: httpx2.AsyncClient,
    stop: asyncio.Event,
) -> None:
    await _pause(stop, FIRST_SECONDS)
    while not stop.is_set():
        now = datetime.now(UTC).replace(microsecond=0)
        for one, order in step(happened, shelves, now):
            happened.changes += 1
            write_happened(settings.data_dir / STATE, happened)
            if happened.changes % LOST == 0:
                log.info("a webhook is lost", shop=one.shop, order=order["id" if "id" in order else "entity_id"])
            else:
                await _announce(settings, keys, one, order, client)
        await _pause(stop, STEP_SECONDS)


def step(happened: Happened, shelves: Mapping[str, Shelf], now: datetime) -> list[tuple[DemoShop, dict[str, Any]]]:
    """One thing happens, noted and on the shelf; which shop's order changed. None of it when all has happened."""
    waiting = [one for one in SHOPS if one.platform in SENDING and one.platform not in happened.sent]
    if waiting and happened.changes % 4 == LOST:
        happened.sent[waiting[0].platform] = now
    else:
        sale = next_sale(happened.sales, now)
        if sale is None:
            return []
        happened.sales[sale.number : sale.number + 1] = [sale]
    return _put(happened, shelves, now)


def _put(happened: Happened, shelves: Mapping[str, Shelf], now: datetime) -> list[tuple[DemoShop, dict[str, Any]]]:
    """Bring the shelves to what has happened. Returns what changed at `now`."""
    changed = []
    by_slug = {one.slug: one for one in SHOPS if one.platform == "shopify"}
    for sale in happened.sales:
        order = sale.order()
        shelves[by_slug[sale.slug].path].put(str(order["id"]), order)
        if now in (sale.placed_at, sale.sent_at):
            changed.append((by_slug[sale.slug], order))
    for one in SHOPS:
        at = happened.sent.get(one.platform)
        if at is None:
            continue
        number, sent = SENDING[one.platform]
        shelf = shelves[one.path]
        if at == now:
            shelf.put(number, sent(shelf.orders[number], at))
            changed.append((one, shelf.orders[number]))
    return changed


def _tell_again(happened: Happened, shelves: Mapping[str, Shelf]) -> None:
    """After a restart: what was sold and sent before."""
    for moment in happened.sent.values():
        _put(happened, shelves, moment)
    _put(happened, shelves, datetime.min.replace(tzinfo=UTC))


async def _announce(
    settings: Settings, keys: Keys, one: DemoShop, order: Mapping[str, Any], client: httpx2.AsyncClient
) -> None:
    """One webhook at our own door. One that is not taken is not sent again: reading the API brings it."""
    address = "127.0.0.1" if settings.host in {"0.0.0.0", "::", ""} else settings.host
    headers, body = one.announce(one.shop, order, keys.secret, datetime.now(UTC))
    url = f"http://{address}:{settings.port}/hooks/shops/{one.platform}"
    try:
        answer = await client.post(url, content=body, headers={**headers, "host": f"{one.slug}.localhost"})
    except httpx2.TransportError as error:
        log.info("the web server does not answer yet", error=type(error).__name__)
    else:
        log.info("order announced", shop=one.shop, status=answer.status_code)


def read_happened(path: Path, start: datetime) -> Happened:
    """What has happened, if it belongs to this start of the demo."""
    if not path.exists():
        return Happened(start)
    kept = json.loads(path.read_text())
    if kept["start"] != start.isoformat():
        return Happened(start)
    sales = [Sale(number, _moment(placed), _moment(sent) if sent else None) for number, placed, sent in kept["sales"]]
    return Happened(start, sales, {key: _moment(at) for key, at in kept["sent"].items()}, kept["changes"])


def write_happened(path: Path, happened: Happened) -> None:
    """Replace the file whole."""
    sales = [
        (sale.number, sale.placed_at.isoformat(), sale.sent_at.isoformat() if sale.sent_at else "")
        for sale in happened.sales
    ]
    sent = {key: at.isoformat() for key, at in happened.sent.items()}
    content = {"start": happened.start.isoformat(), "sales": sales, "sent": sent, "changes": happened.changes}
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(content))
    os.replace(draft, path)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
