"""What belongs to a demo order of BigCommerce beside its products: shipments of V2, refunds of V3."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from portal.demo.pricing import Priced
from portal.demo.scenes import Scene
from portal.kernel.money import total

Json = dict[str, Any]
Packed = tuple[int, str, str, datetime, list[Json]]
"""Place in the order, carrier, tracking number, when, and what is inside."""


def written(at: datetime) -> str:
    """A moment as V2 writes it."""
    return format_datetime(at.astimezone(UTC))


def shipments_of(order: int, packed: Sequence[Packed]) -> list[Json]:
    """The shipments of an order."""
    return [
        {
            "id": order * 10 + place,
            "order_id": order,
            "order_address_id": order,
            "date_created": written(at),
            "tracking_number": number,
            "shipping_provider": carrier.lower(),
            "tracking_carrier": carrier.lower(),
            "tracking_link": "",
            "shipping_provider_display_name": carrier,
            "items": inside,
        }
        for place, carrier, number, at, inside in packed
    ]


def refunds(scene: Scene, priced: Priced, today: datetime) -> list[Json]:
    """The refunds of an order: units that came back, or all of it when it was called off."""
    made = []
    for place, given in enumerate(scene.refunds):
        shares = [priced.lines[index].share_of(units) for index, units in given.lines]
        tax = total((taxed for _, taxed in shares), priced.currency)
        back = total((net for net, _ in shares), priced.currency) + tax
        back += priced.shipping.net if scene.cancelled and priced.shipping else back * 0
        number = scene.number * 10 + place
        items = [{"item_type": "PRODUCT", "item_id": scene.number * 10 + index, "quantity": units,
                  "requested_amount": None, "reason": given.note} for index, units in given.lines]  # fmt: skip
        made.append(
            {
                "id": number,
                "order_id": scene.number,
                "user_id": 0,
                "created": (today - timedelta(days=given.days, hours=3)).astimezone(UTC).isoformat(),
                "reason": given.note,
                "total_amount": back.decimal,
                "total_tax": tax.decimal,
                "uses_merchant_override_values": False,
                "items": items,
                "payments": [{"id": number, "provider_id": "stripev3", "amount": back.decimal, "offline": False,
                              "is_declined": False, "declined_message": ""}],
            }
        )  # fmt: skip
    return made
