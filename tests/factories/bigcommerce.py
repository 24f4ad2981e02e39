"""Orders as a BigCommerce store keeps them, and the API client that asks its twin."""

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import httpx2
from starlette.applications import Starlette

from portal.integrations.twins import Shelf

TOKEN = "f1s8c3zq0lk2"
CREDENTIALS = {"access_token": TOKEN, "api_url": "http://twin.test"}
STORE = "abc123def4"


def at(minute: int, second: int = 0) -> datetime:
    """A moment of the tests' day: `minute` minutes after ten."""
    return datetime(2026, 11, 20, 10 + minute // 60, minute % 60, second, tzinfo=UTC)


def bigcommerce_order(number: int, changed: datetime, **more: Any) -> dict[str, Any]:
    """An order of two units for 50.00 each."""
    address = {"first_name": "Jane", "last_name": "Doe", "street_1": "555 East Street", "city": "Austin",
               "state": "Texas", "zip": "78108", "country": "United States", "country_iso2": "US"}  # fmt: skip
    product = {
        "id": number * 10, "order_id": number, "product_id": 188, "name": "Ring", "sku": "RING", "type": "physical",
        "quantity": 2, "price_inc_tax": "50.0000", "total_inc_tax": "100.0000", "total_tax": "0.0000",
        "quantity_refunded": 0, "refund_amount": "0.0000", "quantity_shipped": 0, "applied_discounts": [],
        "product_options": [],
    }  # fmt: skip
    return {
        "id": number, "customer_id": 0, "date_created": "Tue, 10 Nov 2026 09:30:00 +0000",
        "date_modified": format_datetime(changed), "status_id": 11, "status": "Awaiting Fulfillment",
        "total_inc_tax": "100.0000", "total_tax": "0.0000", "shipping_cost_inc_tax": "0.0000",
        "discount_amount": "0.0000", "coupon_discount": "0.0000", "refunded_amount": "0.0000", "currency_code": "USD",
        "default_currency_code": "USD", "payment_method": "Credit Card", "order_source": "www", "channel_id": 1,
        "billing_address": {**address, "email": "jane@example.com"}, "products": [product],
        "shipping_addresses": [{"id": 1, **address}], "shipments": [], "coupons": [], "refunds": [], **more,
    }  # fmt: skip


def refund(number: int, order: int, created: datetime, units: int = 1, amount: float = 50.0) -> dict[str, Any]:
    """A V3 refund of units of the order's only product."""
    return {
        "id": number, "order_id": order, "user_id": 0, "created": created.isoformat(), "reason": "",
        "total_amount": amount, "total_tax": 0, "uses_merchant_override_values": False,
        "items": [{"item_type": "PRODUCT", "item_id": order * 10, "quantity": units, "requested_amount": None}],
        "payments": [{"id": number, "provider_id": "stripe", "amount": amount, "offline": False,
                      "is_declined": False, "declined_message": ""}],
    }  # fmt: skip


def shelf_of(*orders: dict[str, Any]) -> Shelf:
    """A twin's shelf with these orders."""
    return Shelf(TOKEN, {str(order["id"]): order for order in orders})


def client_of(app: Starlette) -> httpx2.AsyncClient:
    """A client whose every call goes to the twin."""
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), timeout=5)
