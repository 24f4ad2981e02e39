"""What happens in the demo's shops while it runs: somebody orders, a parcel leaves. Pure, so that a restart can tell it
again: a sale is its number and its two times.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from portal.demo.brands import Brand, brand, brands
from portal.demo.catalogue import articles
from portal.demo.numbers import tracking_number, tracking_page
from portal.demo.scenes import Scene
from portal.demo.shopify_order import order_json

Json = dict[str, Any]
MOST = 40
"""So many orders come in while a demo runs, over all its starts."""
FIRST_NUMBER = {"fashion": 10701, "jewels": 20701}


@dataclass(frozen=True, slots=True)
class Sale:
    """One order of a Shopify shop: the `number`-th that came in meanwhile, and when its parcel left."""

    number: int
    placed_at: datetime
    sent_at: datetime | None = None

    @property
    def slug(self) -> str:
        """The brands take turns."""
        found = brands()
        return found[self.number % len(found)].slug

    def order(self) -> Json:
        """The order as its shop has it now."""
        one = brand(self.slug)
        scenes = _ordinary(self.slug)
        place = self.number // len(brands())
        scene = replace(scenes[place % len(scenes)], number=FIRST_NUMBER[self.slug] + place)
        payload = order_json(one, scene, self.placed_at)
        return payload if self.sent_at is None else _sent(one, payload, self.sent_at)


def next_sale(sales: Sequence[Sale], now: datetime) -> Sale | None:
    """What happens next: the oldest order that waits is sent, or somebody orders; None when all is sold and sent."""
    waiting = [sale for sale in sales if sale.sent_at is None]
    if len(waiting) > len(brands()) or (waiting and len(sales) >= MOST):
        return replace(waiting[0], sent_at=now)
    return Sale(len(sales), now) if len(sales) < MOST else None


@cache
def _ordinary(slug: str) -> tuple[Scene, ...]:
    """Who orders what: as in the demo's stories, without what became of it. Each person once."""
    plain: dict[str, Scene] = {}
    for scene in brand(slug).scenes:
        goods = not any(articles(slug)[item.sku].product.gift_card for item in scene.items)
        if goods and scene.boxes and not scene.in_store and not scene.cancelled:
            kept = Scene(scene.number, "new", "has just been ordered", scene.who, scene.items, cuts=scene.cuts,
                         shipping=scene.shipping, currency=scene.currency, placed=0.0)  # fmt: skip
            plain.setdefault(scene.who, kept)
    return tuple(plain.values())


def _sent(one: Brand, order: Json, now: datetime) -> Json:
    """The order once all of it left in one parcel."""
    number = tracking_number(one.carrier, order["order_number"] * 100 + 90)
    moment = now.astimezone(datetime.fromisoformat(order["created_at"]).tzinfo).replace(microsecond=0).isoformat()
    url = tracking_page(one.carrier, number)
    parcel = {
        "id": order["id"] * 10 + 9,
        "order_id": order["id"],
        "status": "success",
        "shipment_status": "label_printed",
        "created_at": moment,
        "updated_at": moment,
        "tracking_company": one.carrier,
        "tracking_number": number,
        "tracking_numbers": [number],
        "tracking_url": url,
        "tracking_urls": [url],
        "line_items": [dict(line) for line in order["line_items"]],
    }
    return {**order, "fulfillments": [parcel], "fulfillment_status": "fulfilled", "updated_at": moment}
