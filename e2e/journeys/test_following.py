"""The order page tells every story that a parcel can have, and moves while one looks at it."""

from datetime import UTC, datetime

import pytest
from playwright.async_api import expect

from e2e.conftest import Take
from e2e.product import Product
from e2e.screens.lookup import look_up
from e2e.shopper import Shopper, Way
from e2e.stock import Order, demo_order, tell

SLUGS = ("fashion", "jewels")
WITH_AND_WITHOUT = [
    Way("fashion", width=360),
    Way("fashion", script=False),
    Way("jewels"),
    Way("jewels", width=360, script=False),
]
STORIES = {
    "split_three": (3, ["good", "info", "info"]),
    "split_two_one_delayed": (2, None),
    "delivered_today": (1, None),
    "cancelled": (0, None),
    "not_shipped": (0, None),
    "partly_shipped": (1, None),
    "gift": (1, None),
    "twenty_lines": (2, None),
    "pickup_point": (1, None),
    "searched": (1, None),
    "customs_duties": (1, None),
    "returned_to_sender": (1, None),
    "long_names": (1, None),
    "large_quantity": (2, None),
    "unknown_code": (1, None),
    "only_gift_card": (0, None),
    "lost": (1, None),
}
