"""The platforms whose webhooks we take: the name in the address finds the vendor's modules."""

from functools import cache
from importlib import import_module
from types import ModuleType
from typing import cast

from portal import integrations
from portal.integrations.shop_api import ShopApi

ANSWERS: dict[str, dict[str, str]] = {"shopify": {}, "bigcommerce": {}, "magento": {"op": "success"}}
"""What each platform wants to read when a delivery was taken; the keys are the platforms there are."""


def webhooks_of(platform: str) -> ModuleType:
    """The module that reads and proves deliveries. Raises KeyError for a platform that is none."""
    return _module(platform, "webhooks")


def mapping_of(platform: str) -> ModuleType:
    """The module that turns payloads into records. Raises KeyError for a platform that is none."""
    return _module(platform, "mapping")


def api_of(platform: str) -> ShopApi:
    """The module that asks the platform's API. Raises KeyError for a platform that is none."""
    return cast(ShopApi, _module(platform, "shop_api"))


@cache
def _module(platform: str, name: str) -> ModuleType:
    if platform not in ANSWERS:
        raise KeyError(platform)
    return import_module(f"{integrations.__name__}.{platform}.{name}")
