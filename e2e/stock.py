"""Orders that journeys use up: copies of demo orders under numbers of their own, brought in through the real doors.

The command imports them from a file, and what had happened to their parcels is told at the carrier's door.
A journey claims its order; no other journey of the run gets the same.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import httpx2

from portal.demo.brands import Brand, brands
from portal.demo.journeys import scans_until
from portal.demo.people import PEOPLE
from portal.demo.scenes import Scene
from portal.demo.seed import SOURCE
from portal.demo.shipments import shipment
from portal.demo.shopify_order import order_json
from portal.demo.simulator import UNSAID, event, signature

ROOT = Path(__file__).parents[1]
COPIES = {
    "line_and_order_discount": 24,
    "odd_cent_discount": 8,
    "moves_now": 20,
    "not_shipped": 4,
    "not_home": 4,
    "one_line": 4,
}
FIRST_NUMBER = {"fashion": 11_001, "jewels": 21_001}
BATCH = 100


@dataclass(frozen=True, slots=True)
class Order:
    """An order as its shopper knows it, and the tracking numbers of its parcels."""

    slug: str
    number: str
    email: str
    postal_code: str
    shows: str
    parcels: tuple[tuple[str, str], ...]
    """Carrier and tracking number of each."""


def demo_order(slug: str, scenario: str) -> Order:
    """One of the demo's own orders, for looking at only. Raises StopIteration when the shop has none of the kind."""
    brand = next(one for one in brands() if one.slug == slug)
    return _order(brand, next(scene for scene in brand.scenes if scene.name == scenario))


def claim(folder: Path, slug: str, scenario: str) -> Order:
    """A copy of a demo order that nobody else in this run has or gets. Raises LookupError when they are used up."""
    brand = next(one for one in brands() if one.slug == slug)
    taken = folder / "claims"
    taken.mkdir(exist_ok=True)
    for scene in copies(brand):
        if scene.name == scenario:
            try:
                os.close(os.open(taken / f"{slug}-{scene.number}", os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                continue
            return _order(brand, scene)
    raise LookupError(f"every copy of {scenario!r} is taken: give e2e.stock.COPIES a larger number")


def copies(brand: Brand) -> list[Scene]:
    """The copies of a brand's scenes, each under a number of its own."""
    wanted = [scene for scene in brand.scenes if scene.name in COPIES for _ in range(COPIES[scene.name])]
    return [replace(scene, number=FIRST_NUMBER[brand.slug] + place) for place, scene in enumerate(wanted)]


def fill(folder: Path, port: int, environment: dict[str, str]) -> dict[str, str]:
    """Import the copies and tell what happened to them. Returns the secrets of the carrier's door, by shop."""
    now = datetime.now(UTC).replace(microsecond=0)
    running = [_importing(folder, brand, now, environment) for brand in brands()]
    doors = subprocess.run(
        [sys.executable, "-m", "e2e.doors"], cwd=ROOT, env=environment, capture_output=True, check=True
    )
    secrets: dict[str, str] = json.loads(doors.stdout)
    for command in running:
        said, _ = command.communicate()
        if command.returncode:
            raise RuntimeError(f"the copies were not imported: {said.decode()}")
    for brand in brands():
        told = [
            event(parcel, scan, scan.occurred_at)
            for scene in copies(brand)
            if scene.boxes
            for parcel in [shipment(brand, scene, 0, now)]
            for scan in scans_until(parcel, now)
            if scan.status not in UNSAID
        ]
        for first in range(0, len(told), BATCH):
            tell(brand.slug, port, secrets[brand.slug], told[first : first + BATCH])
    return secrets


def tell(slug: str, port: int, secret: str, events: Sequence[Mapping[str, object]]) -> None:
    """Deliver scans as the demo's carrier does: signed, over HTTP. Raises HTTPStatusError when the door refuses."""
    body = json.dumps({"events": list(events)}).encode()
    headers = {
        "host": f"{slug}.localhost:{port}",
        "content-type": "application/json",
        "doorstep-signature": signature(secret, body, datetime.now(UTC)),
    }
    url = f"http://127.0.0.1:{port}/hooks/tracking/{SOURCE}"
    httpx2.post(url, content=body, headers=headers, timeout=30, trust_env=False).raise_for_status()


def _importing(folder: Path, brand: Brand, now: datetime, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    file = folder / f"{brand.slug}-copies.jsonl"
    file.write_text("".join(f"{json.dumps(order_json(brand, scene, now))}\n" for scene in copies(brand)))
    doorstep = (sys.executable, "-m", "portal.cli", "import", "orders", "--source", "shopify")
    return subprocess.Popen(
        [*doorstep, "--merchant", brand.slug, str(file)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def _order(brand: Brand, scene: Scene) -> Order:
    person, today = PEOPLE[scene.who], datetime.now(UTC)
    parcels = [shipment(brand, scene, position, today) for position in range(len(scene.boxes))]
    return Order(
        brand.slug,
        f"{brand.prefix}{scene.number}",
        person.email,
        person.postal_code,
        scene.shows,
        tuple((parcel.carrier, parcel.tracking_number) for parcel in parcels),
    )
