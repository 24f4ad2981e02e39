"""The demo's orders as files, in the shape of Shopify's Admin REST API, dated relative to the day they are written."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from portal.demo.brands import brand, brands
from portal.demo.clock import write_start
from portal.demo.people import PEOPLE
from portal.demo.shopify_order import order_json


@dataclass(frozen=True, slots=True)
class Featured:
    """An order worth opening first: `number` and `email` or `postal_code` find it; `why` says what it shows."""

    merchant_slug: str
    number: str
    email: str
    postal_code: str
    why: str


SHOWN = {
    "fashion": (10482, 10490, 10455, 10446, 10398),
    "jewels": (20177, 20190, 20155, 20146, 20164),
}


def write_order_files(folder: Path, today: datetime) -> dict[str, Path]:
    """Write `<slug>-orders.jsonl` for both brands into `folder` and say where. The same `today`, the same bytes.

    The simulator reads `today` from beside the files. Raises ValueError when it has no time zone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    for one in brands():
        path = folder / f"{one.slug}-orders.jsonl"
        lines = (json.dumps(order, ensure_ascii=False) for order in orders(one.slug, today))
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        written[one.slug] = path
    write_start(folder, today.replace(microsecond=0))
    return written


def orders(slug: str, today: datetime) -> list[dict[str, Any]]:
    """A brand's orders as payloads, oldest first. Raises ValueError when `today` has no time zone."""
    if today.tzinfo is None:
        raise ValueError("today must be aware")
    today = today.replace(microsecond=0)
    one = brand(slug)
    return sorted(
        (order_json(one, scene, today) for scene in one.scenes),
        key=lambda order: datetime.fromisoformat(order["created_at"]),
    )


def _featured() -> tuple[Featured, ...]:
    found = []
    for one in brands():
        scenes = {scene.number: scene for scene in one.scenes}
        for number in SHOWN[one.slug]:
            scene, person = scenes[number], PEOPLE[scenes[number].who]
            found.append(Featured(one.slug, f"{one.prefix}{number}", person.email, person.postal_code, scene.shows))
    return tuple(found)


FEATURED: tuple[Featured, ...] = _featured()
