"""Refunds that the shop had made before the demo began: units never shipped, units that came back."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal.demo.brands import Brand
from portal.demo.pricing import Priced
from portal.demo.scenes import Given, Scene
from portal.demo.twins import Twin, both
from portal.kernel.money import Money, total

Json = dict[str, Any]


def gone_units(scene: Scene, index: int) -> int:
    """Units of a line that are no longer in the order."""
    return sum(dict(given.lines).get(index, 0) for given in scene.refunds)


def refunds(
    brand: Brand, scene: Scene, order_id: int, lines: list[Json], priced: Twin[Priced], today: datetime
) -> list[Json]:
    """Every refund of a scene, with its line items and its payment."""
    return [
        _refund(brand, scene, order_id * 10 + 5 + number, given, lines, priced, today)
        for number, given in enumerate(scene.refunds)
    ]


def _refund(
    brand: Brand, scene: Scene, refund_id: int, given: Given, lines: list[Json], priced: Twin[Priced], today: datetime
) -> Json:
    at = (today - timedelta(days=given.days, hours=2)).astimezone(ZoneInfo(brand.zone)).isoformat()
    entries = [_entry(refund_id, index, quantity, given, lines, priced) for index, quantity in given.lines]
    paid = priced.of(lambda side: _paid_back(scene, given, side))
    return {
        "id": refund_id,
        "admin_graphql_api_id": f"gid://shopify/Refund/{refund_id}",
        "order_id": refund_id // 10,
        "created_at": at,
        "processed_at": at,
        "note": given.note or None,
        "restock": True,
        "refund_line_items": entries,
        "order_adjustments": [],
        "duties": [],
        "transactions": [_transaction(brand, refund_id, at, paid)],
    }


def _entry(refund_id: int, index: int, quantity: int, given: Given, lines: list[Json], priced: Twin[Priced]) -> Json:
    shares = priced.of(lambda side: side.lines[index].share_of(quantity))
    return {
        "id": refund_id * 100 + index,
        "line_item_id": lines[index]["id"],
        "quantity": quantity,
        "restock_type": given.kind,
        "location_id": None,
        **both("subtotal", shares.of(lambda pair: pair[0])),
        **both("total_tax", shares.of(lambda pair: pair[1])),
        "line_item": lines[index],
    }


def _paid_back(scene: Scene, given: Given, side: Priced) -> Money:
    """Goods, their tax where it came on top, and the shipping when the whole order was called off."""
    shares = [side.lines[index].share_of(quantity) for index, quantity in given.lines]
    goods = total((net for net, _ in shares), side.currency)
    taxes = total((tax for _, tax in shares), side.currency)
    back = goods if side.included else goods + taxes
    return back + side.shipping.net if scene.cancelled and side.shipping else back


def _transaction(brand: Brand, refund_id: int, at: str, paid: Twin[Money]) -> Json:
    return {
        "id": refund_id * 10 + 1,
        "kind": "refund",
        "status": "success",
        "gateway": brand.gateway,
        "created_at": at,
        "processed_at": at,
        **{key: value for key, value in both("amount", paid).items() if key == "amount_set"},
        "amount": str(paid.shopper.decimal),
        "currency": paid.shopper.currency,
        "parent_id": refund_id // 10 * 100,
        "test": False,
    }
