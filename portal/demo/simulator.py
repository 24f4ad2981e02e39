"""The demo's carrier, a process of its own: reports parcels' scans through the same signed door as a carrier would.

First everything that has happened, in batches, then each scan when the demo's clock reaches it.
"""

import asyncio
import hashlib
import hmac
import json
import signal
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import structlog

from portal.db.setup import database
from portal.demo.bigcommerce_orders import bigcommerce_parcels
from portal.demo.brands import brands
from portal.demo.clock import Progress, read_progress, read_start, write_progress
from portal.demo.journeys import Scan, Shipment, scans, scans_until
from portal.demo.magento_orders import magento_parcels
from portal.demo.seed import MERCHANTS, SOURCE
from portal.demo.shipments import shipments
from portal.merchants.queries import find_merchant_by_slug
from portal.settings import Settings
from portal.tracking.models import Parcel
from portal.tracking.service import ensure_source

log = structlog.get_logger()

BATCH = 100
TICK_SECONDS = 1.0
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
SAVE_EVERY_TICKS = 10
JOIN_SECONDS = 5.0
UNSAID = frozenset({"info_received"})
"""That a label was made is the shop's own news; a carrier that repeats it would only fill the page."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where one merchant's events go, and what they are signed with."""

    url: str
    host: str
    secret: str


async def run_simulator(settings: Settings) -> None:
    """Report until SIGTERM or Ctrl-C. Needs the database (for the secrets) and a web server, and waits for both."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    start = await _wait_for_start(settings.data_dir / "orders", stop)
    if start is None:
        return
    doors = await find_doors(settings)
    state = settings.data_dir / "simulator.json"
    progress = read_progress(state, start)
    parcels = [parcel for brand in brands() for parcel in shipments(brand, start)]
    elsewhere = [*magento_parcels(start), *bigcommerce_parcels(start)]
    # trust_env off: a proxy of the machine's owner has no business between us and our own loopback.
    async with httpx2.AsyncClient(timeout=30, trust_env=False) as client, asyncio.TaskGroup() as tasks:
        tasks.create_task(_join(settings, elsewhere, parcels, stop))
        with suppress(asyncio.CancelledError):
            await _report(client, doors, parcels, progress, state, stop)
    write_progress(state, progress)
    log.info("simulator stopped", taken=len(progress.taken))


async def find_doors(settings: Settings) -> dict[str, Door]:
    """The doors of both demo shops, by slug."""
    address = "127.0.0.1" if settings.host in {"0.0.0.0", "::", ""} else settings.host
    found = {}
    async with database(settings):
        for wanted in MERCHANTS:
            merchant = await find_merchant_by_slug(wanted.slug)
            if merchant is None:
                raise RuntimeError(f"there is no merchant {wanted.slug!r}: run `doorstep demo`, it sets the shops up")
            secret = await ensure_source(merchant.id, SOURCE, datetime.now(UTC))
            url = f"http://{address}:{settings.port}/hooks/tracking/{SOURCE}"
            found[wanted.slug] = Door(url, f"{wanted.hosts[0]}:{settings.port}", secret)
    return found


def due(parcels: Iterable[Shipment], progress: Progress, now: datetime) -> dict[str, list[dict[str, Any]]]:
    """Events by merchant that the demo's clock has reached and no door has taken. Live ones happen `now`."""
    found: dict[str, list[dict[str, Any]]] = {}
    for parcel in parcels:
        for scan in scans_until(parcel, progress.now):
            if scan.status in UNSAID or scan.id in progress.taken:
                continue
            moment = scan.occurred_at
            if moment > progress.start:
                moment = datetime.fromisoformat(progress.made.setdefault(scan.id, now.isoformat()))
            found.setdefault(parcel.slug, []).append(event(parcel, scan, moment))
    return found


def event(parcel: Shipment, scan: Scan, moment: datetime) -> dict[str, Any]:
    """A scan as the door reads it."""
    return {
        "id": scan.id,
        "carrier": parcel.carrier,
        "tracking_number": parcel.tracking_number,
        "status": scan.status,
        "reason": scan.reason,
        "code": scan.code,
        "occurred_at": moment.isoformat(),
        "city": scan.place.city,
        "country": scan.place.country,
        "estimated_delivery": scan.estimated.isoformat() if scan.estimated else None,
        "estimated_window": list(scan.window) if scan.window else None,
        "signed_by": scan.signed_by,
    }


def signature(secret: str, body: bytes, now: datetime) -> str:
    """The header that proves a delivery."""
    stamp = int(now.timestamp())
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


async def _wait_for_start(folder: Path, stop: asyncio.Event) -> datetime | None:
    while not stop.is_set():
        start = read_start(folder)
        if start is not None:
            return start
        await _pause(stop, TICK_SECONDS)
    return None


async def _join(settings: Settings, coming: list[Shipment], parcels: list[Shipment], stop: asyncio.Event) -> None:
    """Let parcels move once their order has come in over its shop's API: a scan of a parcel that is none is lost."""
    async with database(settings):
        while coming and not stop.is_set():
            await _pause(stop, JOIN_SECONDS)
            numbers = [parcel.tracking_number for parcel in coming]
            known = {row.tracking_number for row in await Parcel.filter(tracking_number__in=numbers)}
            parcels += [parcel for parcel in coming if parcel.tracking_number in known]
            coming = [parcel for parcel in coming if parcel.tracking_number not in known]


async def _report(
    client: httpx2.AsyncClient,
    doors: dict[str, Door],
    parcels: list[Shipment],
    progress: Progress,
    state: Path,
    stop: asyncio.Event,
) -> None:
    ids = {scan.id for parcel in parcels for scan in scans(parcel) if scan.status not in UNSAID}
    ticks, began = 0, False
    while not stop.is_set():
        waiting = due(parcels, progress, datetime.now(UTC))
        if waiting:
            # Written before it is sent: after a kill the same moment is sent again, and the door knows it.
            write_progress(state, progress)
            for slug, events in waiting.items():
                await deliver(client, doors[slug], events, progress, stop)
            write_progress(state, progress)
        if not began and not stop.is_set():
            began = True
            log.info("simulator has told the past", events=len(progress.taken))
        if ids and ids <= progress.taken:
            log.info("every demo parcel has arrived; start over with: make demo FRESH=1")
            ids = set()
        await _pause(stop, TICK_SECONDS)
        progress.ran += TICK_SECONDS
        ticks += 1
        if ticks % SAVE_EVERY_TICKS == 0:
            write_progress(state, progress)


async def deliver(
    client: httpx2.AsyncClient,
    door: Door,
    events: list[dict[str, Any]],
    progress: Progress,
    stop: asyncio.Event,
    wait: float = FIRST_WAIT_SECONDS,
) -> None:
    """Hand events over in batches and note those taken. Tries again after `wait` seconds, then longer and longer."""
    for first in range(0, len(events), BATCH):
        batch = events[first : first + BATCH]
        if await _post(client, door, batch, stop, wait):
            progress.taken.update(entry["id"] for entry in batch)


async def _post(
    client: httpx2.AsyncClient, door: Door, batch: list[dict[str, Any]], stop: asyncio.Event, wait: float
) -> bool:
    """Send until the door takes it, waiting longer each time. False when we are asked to stop."""
    body = json.dumps({"events": batch}, ensure_ascii=False).encode()
    while not stop.is_set():
        # Signed at every attempt: a signature is only good for minutes.
        headers = {
            "host": door.host,
            "content-type": "application/json",
            "doorstep-signature": signature(door.secret, body, datetime.now(UTC)),
        }
        try:
            answer = await client.post(door.url, content=body, headers=headers)
        except httpx2.TransportError as error:
            log.info("the web server does not answer yet", error=type(error).__name__)
        else:
            if answer.is_success:
                _note(door, answer)
                return True
            log.warning("the door refused a delivery", host=door.host, status=answer.status_code)
        await _pause(stop, wait)
        wait = min(wait * 2, LONGEST_WAIT_SECONDS)
    return False


def _note(door: Door, answer: httpx2.Response) -> None:
    said = answer.json()
    log.info("events delivered", host=door.host, read=said.get("read"))
    if said.get("refused"):
        log.warning("the door could not use some events", refused=said["refused"])


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
