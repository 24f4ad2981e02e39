"""Orders as a Magento shop keeps them, and the API client that asks its twin."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx2
from starlette.applications import Starlette

from portal.integrations.twins import Shelf

TOKEN = "k3ybq1x0v9z7n2m4"
CREDENTIALS = {"access_token": TOKEN, "api_url": "http://twin.test"}
SHOP = "shop.example"


def at(minute: int, second: int = 0) -> datetime:
    """A moment of the tests' day: `minute` minutes after ten."""
    return datetime(2026, 11, 20, 10 + minute // 60, minute % 60, second, tzinfo=UTC)


def written(moment: datetime) -> str:
    """As Magento writes it."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def magento_order(number: int, changed: datetime, **more: Any) -> dict[str, Any]:
    """An order of two units for 50.00 each."""
    address = {"firstname": "Jonas", "lastname": "Winter", "street": ["Lange Reihe 4"], "city": "Hamburg",
               "postcode": "20099", "country_id": "DE", "telephone": "040"}  # fmt: skip
    item = {
        "item_id": number * 10, "name": "Hat", "sku": "HAT", "product_id": 7, "product_type": "simple",
        "qty_ordered": 2, "qty_canceled": 0, "qty_refunded": 0, "qty_shipped": 0, "price": Decimal("50.00"),
        "row_total": Decimal("100.00"), "row_total_incl_tax": Decimal("100.00"), "tax_amount": 0, "discount_amount": 0,
    }  # fmt: skip
    return {
        "entity_id": number, "increment_id": f"{number:09d}", "state": "processing", "status": "processing",
        "created_at": "2026-11-10 09:30:00", "updated_at": written(changed), "store_id": 1,
        "base_currency_code": "EUR", "order_currency_code": "EUR", "grand_total": Decimal("100.00"),
        "customer_email": "jonas@example.net", "items": [item], "billing_address": address,
        "payment": {"method": "braintree"}, "total_paid": Decimal("100.00"),
        "extension_attributes": {"shipping_assignments": [{"shipping": {"address": address}}]},
        "shipments": [], "creditmemos": [], **more,
    }  # fmt: skip


def shipment(number: int, order: int, changed: datetime, *tracks: str, units: int = 1) -> dict[str, Any]:
    """A shipment of some units of the order's only line."""
    return {
        "entity_id": number, "order_id": order, "created_at": written(changed), "updated_at": written(changed),
        "items": [{"order_item_id": order * 10, "qty": units}],
        "tracks": [{"entity_id": number * 10 + place, "track_number": track, "title": "DHL", "carrier_code": "dhl",
                    "created_at": written(changed)} for place, track in enumerate(tracks)],
    }  # fmt: skip


def shelf_of(*orders: dict[str, Any]) -> Shelf:
    """A twin's shelf with these orders."""
    return Shelf(TOKEN, {str(order["entity_id"]): order for order in orders})


def client_of(app: Starlette) -> httpx2.AsyncClient:
    """A client whose every call goes to the twin."""
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), timeout=5)
